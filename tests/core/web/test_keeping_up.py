"""What an administrator chooses in one serving process is soon in force in every other of the same house."""

import pytest

from repository.app import create_app
from repository.house import build_services
from repository.models import StoredSetting
from repository.web.keeping_up import KeepingUp
from repository.work import now


@pytest.fixture
def other(services):
    """Another serving process of the same house."""
    beside = build_services(services.instance, overrides={"database_url": services.settings["database_url"]})
    yield create_app(services=beside)
    beside.close()


def test_a_setting_chosen_elsewhere_is_in_force_the_next_time_it_is_read(app, client, services, other):
    keeping = KeepingUp(other)
    keeping.read()
    with services.sessions.writing() as session:
        session.add(StoredSetting(name="centre_name", value="Centro do Vale", changed_at=now()))
        session.add(StoredSetting(name="session_days", value="3", changed_at=now()))
    keeping.read()
    assert "Centro do Vale" in other.test_client().get("/").text
    assert other.config["PERMANENT_SESSION_LIFETIME"].days == 3


def test_what_is_stored_is_not_read_again_while_nothing_changes(other):
    keeping = KeepingUp(other)
    keeping.read()
    before = other.extensions["repository"].vocabularies
    keeping.read()
    assert other.extensions["repository"].vocabularies is before


def test_a_database_that_does_not_answer_ends_nothing(other, monkeypatch, caplog):
    keeping = KeepingUp(other)
    asked = iter([False, True])
    monkeypatch.setattr(keeping._stopping, "wait", lambda _seconds: next(asked))
    monkeypatch.setattr(keeping, "read", None)
    keeping._run()
    assert "tried again" in caplog.text


def test_a_page_kept_before_a_setting_was_read_is_made_anew(services, admin, other):
    keeping, visitor = KeepingUp(other), other.test_client(use_cookies=False)
    visitor.get("/")  # the first request writes down that it came
    keeping.read()
    with services.sessions.writing() as session:
        session.add(StoredSetting(name="centre_name", value="Centro do Vale", changed_at=now()))
    assert "Centro do Vale" not in visitor.get("/").text  # it is stored, and not yet in force here
    keeping.read()
    assert "Centro do Vale" in visitor.get("/").text

"""The centre's own terms, its chosen settings, and the first run."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from repository import first_run, terms
from repository.chosen import choose
from repository.errors import Conflict, Invalid, NotAllowed, NotFound
from repository.house import build_services, load_stored
from repository.models import AuditEntry, Organisation, StoredSetting, StoredTerm, User
from repository.work import SYSTEM, open_work


def test_a_term_of_the_centre_takes_force_at_once_and_is_found_by_its_words(services, work_as):
    with work_as() as work:
        terms.add_term(work, services.vocabularies.groups, "M23", {"pt": "Harpa", "en": "Harp"})
    load_stored(services)
    assert services.vocabularies.groups.find("harpa") == "M23"
    assert services.vocabularies.groups.label("M23", "en") == "Harp"


@pytest.mark.parametrize(
    ("vocabulary", "code", "labels", "wrong"),
    [
        ("groups", "23", {"pt": "Harpa"}, "code"),
        ("groups", "M2 3", {"pt": "Harpa"}, "code"),
        ("groups", "500", {"pt": "Harpa"}, "code"),
        ("groups", "M23", {"en": "Harp"}, "label_pt"),
        ("groups", "M23", {"pt": "x" * 121}, "label_pt"),
        ("disciplines", "HAR", {"pt": "Matemática"}, "label_pt"),
        ("levels", "lua", {"pt": "Lua"}, "code"),
        ("roles", "god", {"pt": "Tudo"}, "code"),
        ("licences", "MINE", {"pt": "Minha"}, "code"),
    ],
)
def test_a_term_that_cannot_be_is_refused_beside_its_field(services, work_as, vocabulary, code, labels, wrong):
    with work_as() as work, pytest.raises((Invalid, Conflict)) as refusal:
        terms.add_term(work, services.vocabularies[vocabulary], code, labels)
    assert refusal.value.field == wrong


def test_a_closed_term_keeps_its_words_and_its_data_and_can_be_opened_again(services, work_as):
    before = services.vocabularies.groups.get("500")
    today = date(2999, 1, 1)
    with work_as() as work:
        terms.close_term(work, services.vocabularies.groups, "500")
        today = work.now.date()
    load_stored(services)
    closed = services.vocabularies.groups.get("500")
    assert not closed.is_valid(today)
    assert closed.is_valid(today - timedelta(days=1))
    assert (closed.labels, closed.data, closed.order) == (before.labels, before.data, before.order)
    with work_as() as work:
        terms.reopen_term(work, services.vocabularies.groups, "500")
    load_stored(services)
    assert services.vocabularies.groups.get("500").is_valid(today)


def test_closing_twice_writes_one_row_into_the_trail(services, work_as):
    with work_as() as work:
        terms.close_term(work, services.vocabularies.groups, "500")
    load_stored(services)
    with work_as() as work:
        terms.close_term(work, services.vocabularies.groups, "500")
    with work_as() as work:
        assert len(work.session.scalars(select(AuditEntry).filter_by(action="term.closed")).all()) == 1
        assert len(work.session.scalars(select(StoredTerm)).all()) == 1


def test_a_teacher_adds_no_terms_and_changes_no_settings(services, work_as, ana):
    with work_as(ana) as work:
        with pytest.raises(NotAllowed):
            terms.add_term(work, services.vocabularies.groups, "M23", {"pt": "Harpa"})
        with pytest.raises(NotAllowed):
            choose(work, services.settings, services.vocabularies, "centre_name", "Meu")


def test_a_setting_is_stored_in_its_type_and_audited_once(services, work_as):
    with work_as() as work:
        assert choose(work, services.settings, services.vocabularies, "quota_mb", "500") == 500
    load_stored(services)
    assert services.settings["quota_mb"] == 500
    with work_as() as work:
        choose(work, services.settings, services.vocabularies, "quota_mb", "500")
        assert work.session.get(StoredSetting, "quota_mb").value == 500
        entry = work.session.scalars(select(AuditEntry).filter_by(action="setting.changed")).one()
    assert (entry.before["value"], entry.after["value"]) == (20480, 500)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quota_mb", "-1"),
        ("quota_mb", "muito"),
        ("session_days", "0"),
        ("max_file_mb", "0"),
        ("default_licence", "X"),
        ("centre_name", "x" * 301),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(services, work_as, name, value):
    with work_as() as work, pytest.raises(Invalid) as refusal:
        choose(work, services.settings, services.vocabularies, name, value)
    assert refusal.value.field == name


@pytest.mark.parametrize("name", ["secret_key", "smtp_url", "plugins", "port", "nothing"])
def test_what_is_no_choice_for_the_browser_is_refused(services, work_as, name):
    with work_as() as work, pytest.raises(NotFound):
        choose(work, services.settings, services.vocabularies, name, "x")


def test_what_the_environment_or_a_file_says_stands_over_a_choice(make_services, monkeypatch, tmp_path):
    services = make_services()
    with open_work(services, SYSTEM) as work:
        work.session.add(StoredSetting(name="centre_name", value="Escolhido", changed_at=work.now))
    monkeypatch.setenv("REPOSITORY_CENTRE_NAME", "Do ambiente")
    again = build_services(services.instance, plugins=[])
    load_stored(again)
    assert again.settings["centre_name"] == "Do ambiente"
    assert again.settings.source("centre_name") == "environment"
    with open_work(again, SYSTEM) as work, pytest.raises(Conflict):
        choose(work, again.settings, again.vocabularies, "centre_name", "Outro")
    monkeypatch.delenv("REPOSITORY_CENTRE_NAME")
    with (services.instance / "settings.toml").open("a") as file:
        file.write('centre_name = "Do ficheiro"')
    third = build_services(services.instance, plugins=[])
    load_stored(third)
    assert (third.settings["centre_name"], third.settings.source("centre_name")) == ("Do ficheiro", "file")
    for made in (again, third):
        made.examiner.close()
        made.search.engine.close()
        made.sessions.engine.dispose()


def test_the_first_run_makes_the_centre_and_its_administrator_once(services, work_as, actor_for):
    with services.sessions.reading() as session:
        assert not first_run.has_administrator(session)
    with work_as() as work:
        user = first_run.set_up(work, " Centro  do Mar ", "Dora", "dora@teste.invalid", "correct horse battery")
    with services.sessions.reading() as session:
        assert first_run.has_administrator(session)
        assert session.scalars(select(Organisation.name)).all() == ["Centro do Mar"]
    assert actor_for(user).may("settings.manage")
    with work_as() as work, pytest.raises(NotFound):
        first_run.set_up(work, "Outro", "Eva", "eva@teste.invalid", "correct horse battery")


def test_the_first_run_takes_over_a_centre_that_an_import_has_brought(work_as, centre):
    with work_as() as work:
        user = first_run.set_up(work, "Centro do Mar", "Dora", "dora@teste.invalid", "correct horse battery")
        assert [m.organisation_id for m in user.memberships] == [centre.id]


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"centre_name": ""}, "centre_name"),
        ({"name": ""}, "name"),
        ({"email": "x"}, "email"),
        ({"password": ""}, "password"),
        ({"password": "curta"}, "password"),
    ],
)
def test_the_first_run_refuses_what_is_missing_and_keeps_nothing(services, work_as, values, wrong):
    said = {
        "centre_name": "C",
        "name": "Dora",
        "email": "d@teste.invalid",
        "password": "correct horse battery",
    } | values
    with pytest.raises(Invalid) as refusal, work_as() as work:
        first_run.set_up(work, **said)
    assert refusal.value.field == wrong
    with services.sessions.reading() as session:
        assert session.scalars(select(User)).all() == []
        assert session.scalars(select(Organisation)).all() == []


def test_the_setup_code_is_made_once_and_read_by_its_owner_only(tmp_path):
    code = first_run.setup_code(tmp_path)
    assert first_run.setup_code(tmp_path) == code
    assert (tmp_path / "setup-code").stat().st_mode & 0o777 == 0o600
    assert first_run.is_setup_code(tmp_path, f" {code.upper()} ")
    assert not first_run.is_setup_code(tmp_path, code[:-1])
    assert not first_run.is_setup_code(tmp_path, "")

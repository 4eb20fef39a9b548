"""Mail of a kind that can be stopped: how it goes out, and how somebody stops it and has it again."""

import re

import pytest
from sqlalchemy import select

from repository import housekeeping, mail
from repository.hookspecs import Contact, MailKind
from repository.models import AuditEntry, Mail, MailStop, User
from repository.registry import PluginError
from tests.example_plugin.mailing import plugin

KIND = "mailing.reminder"
PLUGIN = "tests.example_plugin.mailing"


@pytest.fixture
def services(make_services, post_office):
    return make_services(
        plugins=["materials", PLUGIN], smtp_url=post_office.url, public_url="https://partilha.teste.invalid"
    )


@pytest.fixture
def post_to(work_as):
    def posted(to, kind=KIND, subject="Falta um material", body="Olá.\n\nhttps://partilha.teste.invalid/x"):
        with work_as() as work:
            person = work.session.get_one(User, to.id) if isinstance(to, User) else to
            mail.post(work, person, subject, body, kind)

    return posted


def twice():
    return [kind_twice, kind_twice]  # noqa: F821


def waiting(services):
    with services.sessions.reading() as session:
        return session.scalars(select(Mail).where(Mail.sent_at.is_(None))).all()


def path_of(letter):
    return re.fullmatch(r"<https://partilha\.teste\.invalid(/mail/stop/\S+)>", letter["List-Unsubscribe"])[1]


def test_a_message_leaves_with_both_bodies_and_can_be_stopped(post_office, post_to, run_jobs, ana):
    post_to(ana)
    run_jobs()
    (letter,) = post_office.letters
    assert letter["To"] == "ana@teste.invalid"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "«Lembretes»" in plain
    assert '<a href="https://partilha.teste.invalid/x">' in html
    assert path_of(letter) in plain
    assert path_of(letter) in html


def test_a_contact_without_an_account_is_written_to_in_its_language(post_office, post_to, run_jobs):
    post_to(Contact("Eva", "eva@teste.invalid", "en"), kind="")
    run_jobs()
    (letter,) = post_office.letters
    assert letter["To"] == "eva@teste.invalid"
    assert letter["List-Unsubscribe"] is None
    assert "You receive this message because" in letter.get_body(("plain",)).get_content()


def test_nobody_is_written_to_without_an_address(services, post_to):
    post_to(Contact("Eva", ""))
    assert waiting(services) == []


def test_a_kind_that_no_plugin_declares_is_refused(post_to, ana):
    with pytest.raises(KeyError):
        post_to(ana, kind="mailing.reminders")


def test_two_kinds_of_one_name_stop_the_start(make_services, monkeypatch):
    kind = MailKind("mailing.reminder", "Outra vez")
    monkeypatch.setattr(plugin.register_mail_kinds, "__code__", twice.__code__)
    monkeypatch.setattr(plugin, "kind_twice", kind, raising=False)
    with pytest.raises(PluginError, match=r"mailing\.reminder"):
        make_services(plugins=[PLUGIN])


def test_the_page_stops_a_kind_without_an_account_and_undoes_it(client, services, post_office, post_to, run_jobs, ana):
    post_to(ana)
    run_jobs()
    path = path_of(post_office.letters[0])
    assert "Lembretes" in client.get(path).text
    assert waiting(services) == []
    answer = client.post(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert "Já não recebe" in client.get(path).text
    post_to(ana)
    post_to(ana, kind="mailing.digest")
    assert [message.kind for message in waiting(services)] == ["mailing.digest"]
    assert client.post(path.replace("/stop/", "/resume/")).status_code == 303
    post_to(ana)
    assert len(waiting(services)) == 2


def test_mail_programs_stop_it_with_one_request_and_no_token_of_a_form(
    app, services, post_office, post_to, run_jobs, ana
):
    post_to(ana)
    run_jobs()
    app.config["WTF_CSRF_ENABLED"] = True
    path = path_of(post_office.letters[0])
    answer = app.test_client().post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 204
    assert app.test_client().post(path.replace("/stop/", "/resume/")).status_code == 400, (
        "that one needs the form's token"
    )
    with services.sessions.reading() as session:
        row = session.scalars(select(MailStop)).one()
        assert (row.kind, row.address_digest) == (KIND, mail.digest_of("ANA@teste.invalid "))


def test_a_wish_that_comes_while_mail_waits_is_heeded(
    services, client, post_office, post_to, run_jobs, ana, monkeypatch
):
    post_to(ana)
    client.post(f"/mail/stop/{mail.stop_token(services, ana.email, KIND)}")
    run_jobs()
    assert post_office.letters == []
    with services.sessions.reading() as session:
        assert session.scalars(select(Mail)).all() == []


def test_a_link_that_was_not_made_here_stops_nothing(client, services, ana, rui):
    made = mail.stop_token(services, ana.email, KIND)
    other = made.replace(mail.digest_of(ana.email), mail.digest_of(rui.email))
    renamed = made.replace(KIND, "mailing.digest")
    for token in (other, renamed, made[:-1], "x", "á.b.c", made.replace(KIND, "nothing")):
        assert client.post(f"/mail/stop/{token}").status_code == 404
        assert client.get(f"/mail/stop/{token}").status_code == 404
    with services.sessions.reading() as session:
        assert session.scalars(select(MailStop)).all() == []


def test_the_link_gives_no_address_away_and_the_trail_names_nobody(client, services, ana):
    token = mail.stop_token(services, ana.email, KIND)
    assert "ana" not in token
    client.post(f"/mail/stop/{token}")
    with services.sessions.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "mail.stopped")).one()
        assert (entry.actor_id, entry.after) == (None, {"kind": KIND})


def test_one_chooses_the_kinds_in_the_settings_of_the_account(sign_in, services, post_to, ana):
    browser = sign_in(ana)
    page = browser.get("/me/settings").text
    assert page.count('name="kind"') == 2
    assert page.count("checked") == 2
    assert browser.post("/me/mail", data={"kind": ["mailing.digest", "other.kind"]}).status_code == 302
    assert browser.get("/me/settings").text.count("checked") == 1
    post_to(ana)
    assert waiting(services) == []
    browser.post("/me/mail", data={"kind": ["mailing.digest", KIND]})
    post_to(ana)
    assert len(waiting(services)) == 1


def test_a_server_that_is_down_loses_nothing(services, post_office, post_to, run_jobs, ana, monkeypatch):
    monkeypatch.setitem(services.settings._values, "smtp_url", "smtp://127.0.0.1:1")
    post_to(ana)
    run_jobs()
    assert len(waiting(services)) == 1
    monkeypatch.setitem(services.settings._values, "smtp_url", post_office.url)
    housekeeping.keep(services, [])
    with services.sessions.reading() as session:
        message = session.scalars(select(Mail)).one()
    mail.send(services, [{"mail_id": message.id}])
    mail.send(services, [{"mail_id": message.id}])
    assert len(post_office.letters) == 1

"""Signing in and out, joining, passwords: what strangers may try, and what they learn from it."""

import re
from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
from sqlalchemy import delete, func, select, update

from repository import accounts, signin
from repository.app import create_app
from repository.forgetting import forget
from repository.http import safe_target
from repository.models import Job, LoginSession, LoginThrottle, Mail, Membership, OneTimeLink, Organisation, User
from repository.work import now
from tests.conftest import PASSWORD


def cookie(browser):
    return browser.get_cookie("partilha")


def count(services, table):
    with services.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def put_back_clock(services):
    """Let the time of every lock pass."""
    with services.sessions.writing() as session:
        session.execute(update(LoginThrottle).values(locked_until=now() - timedelta(seconds=1)))


def test_who_signs_in_goes_where_they_wanted(app, ana):
    browser = app.test_client()
    page = browser.get("/me/tokens")
    assert page.headers["Location"] == "/login?next=/me/tokens"
    answer = browser.post("/login", data={"email": ana.email.upper(), "password": PASSWORD, "next": "/me/tokens"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/me/tokens")
    assert browser.get("/me").status_code == 200
    assert browser.get("/login").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//x.pt",
        "/\\x.pt",
        "https:x.pt",
        "http:///x.pt",
        "https://x.pt/",
        "/\tx",
        "\\\\x",
        "/ok\r\nSet-Cookie: a=b",
        "x",
        "",
    ],
)
def test_t08_signing_in_never_leads_to_another_site(app, ana, target):
    assert safe_target(target, "/me") == "/me"
    answer = app.test_client().post("/login", data={"email": ana.email, "password": PASSWORD, "next": target})
    assert answer.headers["Location"] == "/me"


def test_t02_an_unknown_address_and_a_wrong_password_are_answered_alike(client, ana):
    known = client.post("/login", data={"email": ana.email, "password": "errada errada"})
    unknown = client.post("/login", data={"email": "nada@teste.invalid", "password": "errada errada"})
    plain = [re.sub(r"csrf_token.*?>|nonce-[^']+|ana@|nada@", "", page.text) for page in (known, unknown)]
    assert known.status_code == unknown.status_code == 422
    assert plain[0] == plain[1]


def test_t02_a_closed_account_is_answered_like_a_wrong_password(client, services, work_as, ana):
    with work_as() as work:
        accounts.disable(work, accounts.get_user(work, ana.id), True)
    assert client.post("/login", data={"email": ana.email, "password": PASSWORD}).status_code == 422


def test_t02_asking_for_an_account_or_a_password_answers_the_same_for_everybody(app, ana, centre):
    for path, more in (("/password/forgot", {}), ("/register", {"name": "Zé", "organisation": centre.id})):
        answers = []
        for email in (ana.email, "nova@teste.invalid"):
            browser = app.test_client()
            answer = browser.post(path, data=more | {"email": email})
            page = browser.get(answer.headers["Location"]).text
            answers.append(
                (answer.status_code, answer.headers["Location"], re.sub(r"nonce-[^']+|csrf_token.*?>", "", page))
            )
        assert answers[0] == answers[1]


def test_t02_asking_does_the_same_work_for_everybody(client, ana, count_queries, centre):
    client.get("/login")  # the first page of all asks once more whether there is an administrator
    asked = []
    for email in ("nova@teste.invalid", ana.email):
        with count_queries() as queries:
            client.post("/password/forgot", data={"email": email})
        with count_queries() as more:
            client.post("/register", data={"email": email, "name": "Zé", "organisation": centre.id})
        asked.append((len(queries), len(more)))
    assert asked[0] == asked[1]


def test_t02_a_wrong_password_takes_as_long_as_an_unknown_address(services, ana):
    spent = {"known": [], "unknown": []}
    for n in range(8):
        for kind, email in (("known", ana.email), ("unknown", "nada@teste.invalid")):
            start = perf_counter()
            assert signin.sign_in(services, email, "errada errada", f"10.0.{n}.{len(kind)}") in (None,)
            spent[kind].append(perf_counter() - start)
            with services.sessions.writing() as session:
                session.execute(update(LoginThrottle).values(failures=0))
    assert 0.4 < median(spent["known"]) / median(spent["unknown"]) < 2.5


def test_t01_five_failures_close_an_account_for_a_while_and_a_restart_forgets_nothing(services, client, ana):
    for _ in range(5):
        assert client.post("/login", data={"email": ana.email, "password": "errada errada"}).status_code == 422
    answer = client.post("/login", data={"email": ana.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 31
    assert "tentativas" in answer.text
    assert isinstance(signin.sign_in(services, ana.email, PASSWORD, "10.9.9.9"), signin.Locked)
    put_back_clock(services)
    assert client.post("/login", data={"email": ana.email, "password": PASSWORD}).status_code == 302


def test_t01_many_accounts_tried_from_one_address_close_that_address(services, ana):
    for n in range(20):
        assert signin.sign_in(services, f"n{n}@teste.invalid", "errada errada", "10.1.1.1") is None
    assert isinstance(signin.sign_in(services, ana.email, PASSWORD, "10.1.1.1"), signin.Locked)
    assert isinstance(signin.sign_in(services, ana.email, PASSWORD, "10.1.1.2"), str)


def test_t01_nobody_is_locked_out_for_ever(services, ana):
    for _ in range(40):
        put_back_clock(services)
        signin.sign_in(services, ana.email, "errada errada", "10.1.1.1")
    with services.sessions.reading() as session:
        longest = max(row.locked_until for row in session.scalars(select(LoginThrottle)) if row.locked_until)
    assert longest - now() <= timedelta(minutes=15)


def test_t01_failures_elsewhere_never_close_the_browser_a_person_has_used(services, app, sign_in, ana, rui):
    browser = sign_in(ana)
    browser.post("/logout")
    for n in range(30):
        put_back_clock(services)
        signin.sign_in(services, ana.email, "errada errada", "127.0.0.1")
        signin.sign_in(services, f"n{n}@teste.invalid", "errada errada", "127.0.0.1")
    right = {"email": ana.email, "password": PASSWORD}
    assert app.test_client().post("/login", data=right).status_code == 429
    assert browser.post("/login", data=right).status_code == 302
    browser.post("/logout")
    assert browser.post("/login", data=right | {"email": rui.email}).status_code == 429  # it is known for Ana alone


def test_t01_a_known_browser_that_fails_is_closed_too_and_its_cookie_cannot_be_made(services, app, sign_in, ana):
    browser = sign_in(ana)
    browser.post("/logout")
    wrong = {"email": ana.email, "password": "errada errada"}
    assert [browser.post("/login", data=wrong).status_code for _ in range(6)] == [422] * 5 + [429]
    for forged in ("", "x", f"[{ana.id}, 'x']", browser.get_cookie("partilha-known").value + "x"):
        stranger = app.test_client()
        stranger.set_cookie("partilha-known", forged)
        assert [stranger.post("/login", data=wrong).status_code for _ in range(5)] == [422] * 5
        assert stranger.post("/login", data=wrong).status_code == 429
        with services.sessions.writing() as session:
            session.execute(delete(LoginThrottle))


def test_t03_the_session_before_signing_in_is_not_the_one_after(app, services, ana, rui):
    browser = app.test_client()
    browser.get("/login")
    before = cookie(browser)
    browser.post("/login", data={"email": ana.email, "password": PASSWORD})
    first = cookie(browser).value
    assert before is None or before.value != first
    browser.post("/login", data={"email": rui.email, "password": PASSWORD})
    assert count(services, LoginSession) == 1
    thief = app.test_client()
    thief.set_cookie("partilha", first)
    assert thief.get("/me").status_code == 302


def test_t03_a_planted_session_is_never_adopted(app, services, ana):
    browser = app.test_client()
    with browser.session_transaction() as planted:
        planted["_user_id"] = "planted by somebody else"
    browser.post("/login", data={"email": ana.email, "password": PASSWORD})
    with services.sessions.reading() as session:
        assert session.get(LoginSession, accounts.digest_of("planted by somebody else")) is None
        assert session.scalar(select(func.count()).select_from(LoginSession)) == 1


def test_a_copied_cookie_is_dead_after_signing_out(app, sign_in, services, ana):
    browser = sign_in(ana)
    copied = cookie(browser).value
    assert browser.post("/logout").status_code == 302
    thief = app.test_client()
    thief.set_cookie("partilha", copied)
    assert thief.get("/me").status_code == 302
    assert count(services, LoginSession) == 0


def test_signing_out_takes_a_post(sign_in, ana):
    browser = sign_in(ana)
    assert browser.get("/logout").status_code == 405
    assert browser.get("/me").status_code == 200


@pytest.mark.parametrize("how", ["disable", "revoke", "forget"])
def test_t14_a_browser_is_signed_out_the_moment_access_ends(sign_in, work_as, ana, how):

    browser = sign_in(ana)
    with work_as() as work:
        user = accounts.get_user(work, ana.id)
        if how == "disable":
            accounts.disable(work, user, True)
        elif how == "revoke":
            accounts.revoke(work, user.memberships[0])
        else:
            forget(work, user, keep_name_on_materials=True)
    assert browser.get("/me").status_code == 302


def test_t06_pages_of_a_person_are_kept_by_no_cache_and_their_cookie_by_no_script(app, ana):
    browser = app.test_client()
    answer = browser.post("/login", data={"email": ana.email, "password": PASSWORD})
    said = answer.headers["Set-Cookie"]
    assert "HttpOnly" in said
    assert "SameSite=Lax" in said
    page = browser.get("/me")
    assert "no-store" in page.headers["Cache-Control"]
    assert "Cookie" in page.headers["Vary"]


def link_of(services):
    with services.sessions.reading() as session:
        return re.search(r"https?://\S+", session.scalar(select(Mail.body).order_by(Mail.id.desc()))).group()


def ask(client, run_jobs, path, **data):
    answer = client.post(path, data=data)
    assert answer.status_code == 302, answer.text
    run_jobs()


def test_a_teacher_joins_chooses_a_password_by_mail_and_is_signed_in(app, client, services, centre, run_jobs):
    form = {"name": "Zélia Couto", "email": "Zelia@teste.invalid", "organisation": centre.id, "group_code": "230"}
    ask(client, run_jobs, "/register", **form)
    path = link_of(services).removeprefix(services.settings.public_url)
    assert client.get(path).status_code == 200
    weak = client.post(path, data={"password": "curta"})
    assert weak.status_code == 422
    assert "caracteres" in weak.text
    answer = client.post(path, data={"password": "uma frase bem comprida"})
    assert answer.headers["Location"] == "/me"
    assert "Olá, Zélia" in client.get("/me").text
    again = app.test_client().post(path, data={"password": "outra frase bem comprida"})
    assert again.status_code == 422
    assert "já foi usada" in again.text
    with services.sessions.reading() as session:
        user = session.scalar(select(User).filter_by(email="zelia@teste.invalid"))
        assert [(m.role, m.organisation_id) for m in user.memberships] == [("teacher", centre.id)]
        assert (user.group_code, user.verified_at) == ("230", None)


def test_t10_extra_fields_of_a_registration_are_not_read(client, services, centre, run_jobs):
    extra = {
        "role": "administrator",
        "is_admin": "1",
        "id": "1",
        "verified_at": "2020-01-01",
        "password": PASSWORD,
        "locale": "en",
    }
    form = {"name": "Zé", "email": "ze@teste.invalid", "organisation": centre.id, "group_code": "inventado"}
    ask(client, run_jobs, "/register", **(form | extra))
    with services.sessions.reading() as session:
        user = session.scalar(select(User).filter_by(email="ze@teste.invalid"))
        assert [m.role for m in user.memberships] == ["teacher"]
        assert (user.verified_at, user.password_hash, user.group_code) == (None, "", "")


@pytest.mark.parametrize("wrong", ["name", "email", "organisation"])
def test_a_registration_without_what_it_needs_comes_back_as_typed(client, services, centre, wrong):
    form = {"name": "Zélia", "email": "z@teste.invalid", "organisation": str(centre.id)} | {wrong: ""}
    answer = client.post("/register", data=form)
    assert answer.status_code == 422
    assert f'id="f-{wrong}-e"' in answer.text
    assert count(services, Job) == 0


def test_a_closed_school_and_a_council_cannot_be_joined(client, services, work_as, centre):
    with work_as() as work:
        council = Organisation(kind="council", name="Concelho")
        work.session.add(council)
        work.session.get(Organisation, centre.id).closed_at = work.now
    for place in (centre.id, council.id, 999, "x"):
        answer = client.post("/register", data={"name": "Zé", "email": "z@teste.invalid", "organisation": place})
        assert answer.status_code == 422


def test_a_known_address_gets_a_mail_that_says_so_and_no_second_account(client, services, ana, centre, run_jobs):
    ask(client, run_jobs, "/register", name="Outra", email=ana.email, organisation=centre.id)
    with services.sessions.reading() as session:
        assert session.scalar(select(func.count(User.id)).where(User.email == ana.email)) == 1
        assert "já tem uma" in session.scalar(select(Mail.body))
        assert session.get(User, ana.id).name == "Ana"
        assert len(session.scalars(select(Membership).filter_by(user_id=ana.id)).all()) == 1


def test_a_registration_sent_twice_makes_one_account(client, services, centre, run_jobs):
    form = {"name": "Zé", "email": "ze@teste.invalid", "organisation": centre.id}
    client.post("/register", data=form)
    ask(client, run_jobs, "/register", **form)
    with services.sessions.reading() as session:
        assert len(session.scalars(select(User).filter_by(email="ze@teste.invalid")).all()) == 1


def test_registration_can_be_closed(make_services, tmp_path):

    app = create_app(services=make_services(open_registration=False))
    app.extensions["set_up"] = True
    app.config.update(WTF_CSRF_ENABLED=False)
    browser = app.test_client()
    assert browser.get("/register").status_code == 404
    assert browser.post("/register", data={"name": "Zé"}).status_code == 404
    assert "/register" not in browser.get("/login").text


def test_t07_a_forged_host_never_reaches_the_mailed_link(client, services, ana, run_jobs):
    client.post(
        "/password/forgot",
        data={"email": ana.email},
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    run_jobs()
    assert link_of(services).startswith(services.settings.public_url)


def test_a_forgotten_password_is_chosen_anew_and_other_browsers_are_signed_out(
    client, sign_in, services, ana, run_jobs
):
    other = sign_in(ana)
    ask(client, run_jobs, "/password/forgot", email=ana.email)
    path = link_of(services).removeprefix(services.settings.public_url)
    assert client.post(path, data={"password": "outra frase comprida"}).status_code == 302
    assert other.get("/me").status_code == 302
    assert client.get("/me").status_code == 200


def test_nobody_hears_of_an_address_that_is_unknown_and_odd_ones_are_refused(client, services, run_jobs):
    ask(client, run_jobs, "/password/forgot", email="nada@teste.invalid")
    assert count(services, Mail) == 0
    for odd in ("", "x", "a@b", "a b@c.pt", "a@c.pt\nBcc: x@y.pt"):
        assert client.post("/password/forgot", data={"email": odd}).status_code == 422


def test_asking_again_and_again_is_held_back(client, ana):
    for _ in range(5):
        assert client.post("/password/forgot", data={"email": ana.email}).status_code == 302
    answer = client.post("/password/forgot", data={"email": ana.email})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_a_link_that_has_run_out_opens_nothing(client, services, work_as, ana):
    with work_as() as work:
        secret = signin.make_link(work, accounts.get_user(work, ana.id), "password")
    with services.sessions.writing() as session:
        session.execute(update(OneTimeLink).values(expires_at=now()))
    assert client.get(f"/password/{secret}").status_code == 422
    assert client.post(f"/password/{secret}", data={"password": "uma frase bem comprida"}).status_code == 422

"""The other pages of the administration: organisations, words, settings, jobs, the trail, problems told."""

import csv
import io
import re
import threading
from html import unescape

import pytest
from sqlalchemy import func, select

from repository import jobs
from repository.accounts import digest_of
from repository.audit import record
from repository.hookspecs import Panel
from repository.house import load_stored
from repository.models import AuditEntry, Item, Job, JobState, Organisation, Report, StoredSetting, StoredTerm, User
from repository.web.admin import overview
from repository.work import now


@pytest.fixture
def browser(sign_in, admin):
    return sign_in(admin)


def count(services, table):
    with services.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


# Organisations


def test_a_school_is_added_moved_closed_and_opened_again(browser, services, centre):
    assert (
        browser.post(
            "/admin/organisations", data={"kind": "cluster", "name": "Norte", "parent_id": centre.id}
        ).status_code
        == 303
    )
    assert (
        browser.post(
            "/admin/organisations", data={"kind": "council", "name": "Mação", "parent_id": centre.id}
        ).status_code
        == 303
    )
    school = {"kind": "school", "name": "Escola da Ponte", "parent_id": centre.id, "council_id": 3, "code": "123"}
    for status in (303, 409):
        assert browser.post("/admin/organisations", data=school).status_code == status
    assert (
        browser.post(
            "/admin/organisations/4", data=school | {"parent_id": 2, "name": "Escola do Rio", "kind": "centre"}
        ).status_code
        == 303
    )
    page = browser.get("/admin/organisations").text
    assert "Escola do Rio" in page
    assert "Mação" in page
    with services.sessions.reading() as session:
        found = session.get(Organisation, 4)
        assert (found.kind, found.parent_id, found.council_id, found.code) == ("school", 2, 3, "123")
    assert browser.post("/admin/organisations/2/close", data={"on": "1"}).status_code == 409
    assert browser.post("/admin/organisations/4/close", data={"on": "1"}).status_code == 303
    assert browser.post("/admin/organisations/4/close", data={"on": ""}).status_code == 303
    assert browser.get("/admin/organisations/4").status_code == 200
    assert browser.post("/admin/organisations/3", data={"name": "Mação e Sardoal"}).status_code == 303
    assert browser.get("/admin/organisations/3").status_code == 200


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"kind": "x"}, "kind"),
        ({"parent_id": ""}, "parent_id"),
        ({"parent_id": "999"}, "parent_id"),
        ({"council_id": "1"}, "council_id"),
    ],
)
def test_an_organisation_without_what_it_needs_comes_back_as_typed(browser, services, centre, values, wrong):
    form = {"kind": "school", "name": "Escola", "parent_id": str(centre.id), "address": "Rua 1"} | values
    answer = browser.post("/admin/organisations", data=form)
    assert answer.status_code == 422
    assert f'id="f-{wrong}-e"' in answer.text
    assert 'value="Rua 1"' in answer.text
    assert count(services, Organisation) == 1


def sent(text, **more):
    return {"file": (io.BytesIO(text.encode("cp1252")), "escolas.csv")} | more


def test_a_table_is_looked_at_first_and_added_whole_or_not_at_all(browser, services, centre):
    good = "nome;tipo\nAgrupamento do Mação;agrupamento\nEscola da Ponte;escola\n"
    looked = browser.post("/admin/organisations/import", data=sent(good))
    assert looked.status_code == 200
    assert "entram 2 organizações" in looked.text
    wrong = browser.post("/admin/organisations/import", data=sent(good + ";escola\n", do="1"))
    assert wrong.status_code == 422
    assert "Linha 4: Falta o nome." in wrong.text
    assert count(services, Organisation) == 1
    assert browser.post("/admin/organisations/import", data=sent(good, do="1")).status_code == 303
    assert count(services, Organisation) == 3
    again = browser.post("/admin/organisations/import", data=sent(good))
    assert "2 já existem" in again.text


@pytest.mark.parametrize(
    "data", [{}, {"file": (io.BytesIO(b""), "x.csv")}, {"file": (io.BytesIO(b"PK\x03\x04"), "x.xlsx")}]
)
def test_what_is_no_table_is_refused_on_the_page(browser, data):
    answer = browser.post(
        "/admin/organisations/import", data={name: (io.BytesIO(f.getvalue()), n) for name, (f, n) in data.items()}
    )
    assert answer.status_code == 422
    assert "Há uma coisa a corrigir" in answer.text


# Vocabularies


def test_a_term_is_added_closed_and_opened_and_counts_at_once(browser, services, client):
    form = {"code": "M23", "label_pt": "Harpa", "label_en": "Harp"}
    assert browser.post("/admin/vocabularies/groups", data=form).status_code == 303
    assert browser.post("/admin/vocabularies/groups", data=form).status_code == 409
    assert "M23 · Harpa" in client.get("/register").text
    assert browser.post("/admin/vocabularies/groups/M23/close", data={"on": "1"}).status_code == 303
    assert "M23 · Harpa" not in client.get("/register").text
    assert browser.post("/admin/vocabularies/groups/M23/close", data={"on": ""}).status_code == 303
    assert "M23 · Harpa" in client.get("/register").text


@pytest.mark.parametrize(
    "form", [{}, {"code": "1"}, {"code": "M23"}, {"code": "M23", "label_pt": "Harpa", "parent": "lua"}]
)
def test_a_term_without_what_it_needs_comes_back_as_typed(browser, services, form):
    answer = browser.post("/admin/vocabularies/groups", data=form)
    assert answer.status_code == 422
    assert count(services, StoredTerm) == 0


def test_a_fixed_vocabulary_takes_nothing_and_an_unknown_term_is_not_found(browser):
    assert browser.post("/admin/vocabularies/levels", data={"code": "x", "label_pt": "X"}).status_code == 422
    assert browser.post("/admin/vocabularies/years/1/close", data={"on": "1"}).status_code == 422
    assert browser.post("/admin/vocabularies/groups/lua/close", data={"on": "1"}).status_code == 404
    assert browser.post("/admin/vocabularies/lua", data={"code": "x"}).status_code == 404


# Settings


def test_settings_are_chosen_all_or_none_and_take_force_at_once(app, browser, services, client):
    good = {"centre_name": "Centro do Mar", "quota_mb": "500", "max_file_mb": "50", "open_registration-shown": "1"}
    assert browser.post("/admin/settings", data=good).status_code == 303
    assert "Centro do Mar" in client.get("/").text
    assert client.get("/register").status_code == 404
    assert app.config["MAX_CONTENT_LENGTH"] == 58 * 1024 * 1024
    wrong = browser.post("/admin/settings", data={"centre_name": "Outro", "quota_mb": "muito"})
    assert wrong.status_code == 422
    assert 'value="muito"' in wrong.text
    assert services.settings["centre_name"] == "Centro do Mar"
    with services.sessions.reading() as session:
        assert session.get(StoredSetting, "centre_name").value == "Centro do Mar"


def test_fixed_and_secret_settings_are_neither_shown_nor_changed(browser, services, monkeypatch):
    monkeypatch.setitem(services.settings._values, "smtp_url", "smtp://quem:muitosecreto@localhost")
    page = browser.get("/admin/settings").text
    assert "muitosecreto" not in page
    assert "smtp_url" in page
    browser.post("/admin/settings", data={"smtp_url": "smtp://x", "secret_key": "x", "plugins": "x", "port": "1"})
    assert count(services, StoredSetting) == 0


def test_what_is_saved_stays_in_force_while_the_worker_loads_what_was_stored_before(browser, services, monkeypatch):
    """The worker has read the old name when the new one is saved; it must not put the old back."""
    browser.post("/admin/settings", data={"centre_name": "Centro do Rio"})
    saved = threading.Thread(target=lambda: browser.post("/admin/settings", data={"centre_name": "Centro do Mar"}))
    may_be_chosen = services.settings.may_be_chosen

    def slow(name):
        if not saved.ident:
            saved.start()
            saved.join(0.3)  # it is done, unless it waits for the worker
        return may_be_chosen(name)

    monkeypatch.setattr(services.settings, "may_be_chosen", slow)
    load_stored(services)
    saved.join()
    assert services.settings["centre_name"] == "Centro do Mar"


def test_saving_the_same_settings_again_writes_nothing(browser, services):
    browser.post("/admin/settings", data={"quota_mb": "20480", "centre_name": "Partilha"})
    assert count(services, StoredSetting) == 0


# Jobs


@pytest.fixture
def parked(services):
    with services.sessions.writing() as session:
        for n in range(3):
            job = Job(name="mail.send", key=str(n), payload={"mail_id": n}, state=JobState.PARKED, attempts=5)
            job.last_error, job.run_after, job.created_at = f"Unavailable: erro <b>{n}</b>", now(), now()
            session.add(job)
    return [1, 2, 3]


def states(services):
    with services.sessions.reading() as session:
        return list(session.scalars(select(Job.state).order_by(Job.id)))


def test_parked_jobs_are_shown_with_their_error_and_go_back_to_the_queue(browser, services, parked):
    page = browser.get("/admin/jobs").text
    assert "3 trabalhos falhados" in page
    assert "erro &lt;b&gt;1&lt;/b&gt;" in page
    assert browser.post("/admin/jobs/1/retry").status_code == 303
    assert browser.post("/admin/jobs/1/retry").status_code == 409
    assert states(services) == ["queued", "parked", "parked"]
    assert browser.post("/admin/jobs/retry").status_code == 303
    assert states(services) == ["queued"] * 3
    assert browser.post("/admin/jobs/999/retry").status_code == 404


def test_a_job_is_given_up_only_after_its_error_was_shown_and_the_trail_keeps_it(browser, services, parked):
    for shown in ("", digest_of("outro erro")):
        assert browser.post("/admin/jobs/1/drop", data={"shown": shown}).status_code == 409
    shown = digest_of("Unavailable: erro <b>0</b>")
    assert shown in browser.get("/admin/jobs").text
    assert browser.post("/admin/jobs/1/drop", data={"shown": shown}).status_code == 303
    assert browser.post("/admin/jobs/1/drop", data={"shown": shown}).status_code == 404
    assert states(services) == ["parked", "parked"]
    with services.sessions.reading() as session:
        entry = session.scalars(select(AuditEntry).filter_by(action="job.dropped")).one()
    assert entry.before == {"name": "mail.send", "key": "0", "attempts": 5}


def test_a_job_that_is_not_parked_is_never_dropped(services, work_as, parked):
    with work_as() as work:
        job = work.session.get(Job, 1)
        jobs.retry(work, job)
        with pytest.raises(jobs.Conflict):
            jobs.drop(work, job, job.last_error)


# The audit trail


def test_the_trail_is_filtered_by_person_act_subject_and_day(browser, ana, make_item):
    item = make_item(ana)
    today = now().date().isoformat()
    for query, there in {
        "person=ana": True,
        "person=ninguem": False,
        "action=item.publish": True,
        "subject=item": True,
        f"subject=item&id={item.id}": True,
        "subject=item&id=999": False,
        "id=x": False,
        f"since={today}&until={today}": True,
        "until=2001-01-01": False,
        "since=rubbish&until=9999-99-99&page=0": True,
    }.items():
        page = browser.get(f"/admin/audit?{query}")
        assert ('<span title="item.publish">' in page.text) is there, query
        assert ('title="item.publish">publicou um material<' in page.text) is there, query


def test_the_trail_says_states_fields_and_terms_in_the_readers_language(browser, admin, ana, make_item, work_as):
    item = make_item(ana)
    with work_as() as work:
        record(
            work, "item.created", work.session.get_one(Item, item.id), after={"fields": ["title"], "level": ["1ceb"]}
        )
        record(work, "account.described", work.session.get_one(User, ana.id), after={"role": "teacher", "own": "x"})
    for language, said, unsaid in (
        (
            "pt-PT",
            ("Estado: Rascunho", "Estado: Publicado", "O que mudou: Título", "Níveis: 1.º ciclo", "own: x"),
            "draft",
        ),
        ("en", ("State: Draft", "State: Published", "What changed: Title", "Role: Teacher"), "Estado"),
    ):
        with work_as() as work:
            work.session.get_one(User, admin.id).locale = language.replace("-", "_")
        page = unescape(browser.get("/admin/audit").text)
        table = page.partition("<tbody>")[2].partition("</tbody>")[0]
        assert [words for words in said if words not in table] == [], language
        assert not re.search(rf"\b(state|fields|level|role|{unsaid})\b:? ", re.sub("<[^>]*>", " ", table)), language


def test_t34_the_trail_is_exported_without_formulas(browser, services, work_as, ana):
    with work_as() as work:
        work.session.get(type(ana), ana.id).name = '=HYPERLINK("http://x")'
    rows = list(
        csv.reader(
            io.StringIO(browser.get("/admin/audit.csv?action=account.signed_in").text.lstrip("\ufeff")), delimiter=";"
        )
    )
    assert rows[0][0] == "quando"
    assert len(rows) == 2
    everything = list(csv.reader(io.StringIO(browser.get("/admin/audit.csv").text.lstrip("\ufeff")), delimiter=";"))
    assert not [cell for row in everything for cell in row if cell[:1] in ("=", "+", "-", "@")]


def test_the_number_of_queries_of_the_trail_does_not_grow(browser, ana, make_item, count_queries):
    make_item(ana)
    with count_queries() as few:
        browser.get("/admin/audit")
    for n in range(4):
        make_item(ana, f"Mais {n}")
    with count_queries() as many:
        browser.get("/admin/audit")
    assert len(many) <= len(few)


# Problems told, plugins, health


def test_a_problem_told_is_seen_until_somebody_has_dealt_with_it(browser, client, services):
    client.post("/report", data={"reason": "wrong", "text": "O ficheiro não abre <b>"})
    page = browser.get("/admin/reports").text
    assert "O ficheiro não abre &lt;b&gt;" in page
    said = {"decision": "answer", "text": "Já abre."}
    for _ in range(2):
        assert browser.post("/admin/reports/1/decide", data=said).status_code == 303
    assert browser.post("/admin/reports/9/decide", data=said).status_code == 404
    with services.sessions.reading() as session:
        assert session.get(Report, 1).handled_at


def test_what_is_on_is_shown_with_what_it_brings(browser):
    page = browser.get("/admin/plugins").text
    assert "Núcleo" in page
    assert "Mudar definições" in page, "said in words"
    assert "settings.manage" not in page


def test_a_broken_panel_of_a_plugin_leaves_the_page_whole(browser, monkeypatch):
    monkeypatch.setattr(overview, "collect", lambda *_args, **_known: [Panel("bad", "nowhere/missing.html")])
    answer = browser.get("/admin/")
    assert answer.status_code == 200
    assert "Visão geral" in answer.text


def test_the_overview_says_how_much_is_not_well_and_what_first(browser, services, monkeypatch):
    page = browser.get("/admin/").text
    assert "coisas precisam de alguém" in page
    with services.sessions.writing() as session:
        values = {"payload": {}, "run_after": now(), "created_at": now(), "attempts": 5, "last_error": "refused"}
        session.add(Job(name="mail.send", key="x", state=JobState.PARKED, **values))
    page = browser.get("/admin/").text
    assert page.index("1 trabalho falhado") < page.index("Ainda não houve nenhuma cópia de segurança")
    assert page.index("Ainda não houve nenhuma cópia de segurança") < page.index("0 avisos por tratar")
    monkeypatch.setattr(overview.waiting, "for_people", lambda work: ())
    monkeypatch.setattr(overview, "_waits", lambda work: [("good", "circle-check", "Tudo bem", "/")])
    assert "A casa está em ordem" in browser.get("/admin/").text


def fields_of(page: str) -> dict[str, str]:
    """What a browser sends of the form of settings, as it was shown."""
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+-shown)" value="([^"]*)"', page))
    return hidden | {name.removesuffix("-shown"): value for name, value in hidden.items() if value}


def test_of_two_administrators_with_the_settings_open_neither_undoes_the_other(sign_in, admin, services):
    first, second = sign_in(admin), sign_in(admin)
    shown = [fields_of(browser.get("/admin/settings").text) for browser in (first, second)]
    assert len(shown[0]) > 10
    first.post("/admin/settings", data=shown[0] | {"centre_address": "Rua da Escola, 1"})
    second.post("/admin/settings", data=shown[1] | {"quota_mb": "20076"})
    assert services.settings["centre_address"] == "Rua da Escola, 1"
    assert services.settings["quota_mb"] == 20076


def test_a_refused_setting_is_still_a_change_when_it_is_sent_again(sign_in, admin, services):
    browser = sign_in(admin)
    shown = fields_of(browser.get("/admin/settings").text)
    refused = browser.post("/admin/settings", data=shown | {"quota_mb": "muitos", "centre_address": "Rua da Escola, 1"})
    assert refused.status_code == 422
    again = fields_of(refused.text) | {"quota_mb": "300", "centre_address": "Rua da Escola, 1"}
    browser.post("/admin/settings", data=again)
    assert (services.settings["quota_mb"], services.settings["centre_address"]) == (300, "Rua da Escola, 1")

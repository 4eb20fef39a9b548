"""What machines ask: alive, ready, and the figures."""

import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from repository import __version__, mail
from repository.app import create_app
from repository.work import now

ELSEWHERE = {"environ_base": {"REMOTE_ADDR": "10.1.2.3"}}


def figures(client, **known):
    text = client.get("/metrics", **known).text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_process_says_it_lives_without_asking_the_database(client, services, count_queries):
    with count_queries() as queries:
        assert client.get("/healthz").json == {"status": "ok"}
    assert queries == []


def test_a_house_that_can_serve_is_ready(client, services):
    services.search.engine.rebuild([])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["failing"]) == (200, [])
    assert set(answer.json["checks"]) == {"database", "index", "blobs"}


def test_what_does_not_answer_is_named_and_the_rest_is_still_asked(client, services, monkeypatch):
    services.search.engine.rebuild([])

    def broken():
        raise RuntimeError("secret path /srv/x")

    monkeypatch.setattr(services.search.engine, "count", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["failing"] == ["index"]
    assert "/srv/x" not in answer.text


def test_a_blob_store_that_cannot_be_written_is_named(client, services):
    services.search.engine.rebuild([])
    folder = services.instance / "partial"
    if folder.exists():
        folder.rename(services.instance / "elsewhere")
    folder.write_text("a file in its place")
    assert client.get("/readyz").json["failing"] == ["blobs"]


def test_requests_jobs_and_items_are_counted_by_route_and_state(client, ana, make_item):
    make_item(ana)
    client.get("/items/1"), client.get("/items/999"), client.get("/nothing/here")
    found = figures(client)
    item = "/items/<int:item_id>"
    assert found["partilha_requests_total", (("method", "GET"), ("route", item), ("status", "200"))] == 1
    assert found["partilha_requests_total", (("method", "GET"), ("route", item), ("status", "404"))] == 1
    assert found["partilha_requests_total", (("method", "any"), ("route", "none"), ("status", "404"))] == 1
    assert found["partilha_items", (("state", "published"),)] == 1
    assert found["partilha_jobs", (("state", "queued"),)] >= 1
    assert not [name for name, _ in found if name == "partilha_check_age_seconds"]


def test_the_age_of_the_last_good_check_is_told(client, services):
    (services.instance / "check.json").write_text(json.dumps({"ok": True, "at": now().isoformat()}))
    assert 0 <= figures(client)["partilha_check_age_seconds", ()] < 60
    (services.instance / "check.json").write_text(json.dumps({"ok": False, "at": now().isoformat()}))
    assert ("partilha_check_age_seconds", ()) not in figures(client)
    (services.instance / "check.json").write_text("{half")
    assert ("partilha_check_age_seconds", ()) not in figures(client)


@pytest.mark.parametrize(
    "known",
    [ELSEWHERE, {"headers": {"X-Forwarded-For": "1.2.3.4"}}, ELSEWHERE | {"headers": {"Authorization": "Bearer "}}],
)
def test_figures_are_for_this_machine_alone(client, known):
    assert client.get("/metrics", **known).status_code == 404


def test_figures_are_given_elsewhere_to_who_brings_the_token(make_services):
    app = create_app(services=make_services(metrics_token="abre-te"))
    client = app.test_client()
    for given, status in (("Bearer abre-te", 200), ("Bearer x", 404), ("", 404), ("Bearer é", 404)):
        answer = client.get("/metrics", headers={"Authorization": given.encode().decode("latin-1")}, **ELSEWHERE)
        assert answer.status_code == status, given


def test_mail_that_waits_for_a_server_is_told_to_the_administrator(
    services, sign_in, admin, ana, work_as, make_item, run_jobs
):
    make_item(ana)
    run_jobs()
    with work_as() as work:
        mail.post(work, ana, "Bem-vinda", "Olá.")
    browser = sign_in(admin)
    page = browser.get("/admin/health").text
    assert "Tudo responde, mas o correio não sai" in page
    assert "lembretes de prazos e devoluções" in page
    assert "falta indicar o servidor; 1 mensagem espera" in browser.get("/admin/health").text
    assert "Falta indicar o servidor de correio: 1 mensagem espera" in browser.get("/admin/").text


def test_with_a_mail_server_the_health_page_says_that_all_is_well(
    monkeypatch, services, sign_in, admin, ana, make_item, run_jobs
):
    make_item(ana)
    run_jobs()
    monkeypatch.setitem(services.settings._values, "smtp_url", "smtp://127.0.0.1:1")
    page = sign_in(admin).get("/admin/health").text
    assert '<h1 class="second">Tudo responde</h1>' in page
    assert "Não está indicado nenhum servidor" not in page


def test_the_health_page_names_the_version(sign_in, admin):
    assert f"<dt>Partilha</dt><dd>{__version__}</dd>" in sign_in(admin).get("/admin/health").text


def test_a_visitor_who_finds_nothing_may_sign_in_and_come_back(client, sign_in, ana):
    assert 'href="/login?next=/items/999"' in client.get("/items/999").text.replace("%2F", "/")
    assert "/login?next" not in sign_in(ana).get("/items/999").text

"""A visitor's page is handed over from memory until anything changes, and only to those who see what all visitors see."""

import gzip
import sqlite3
from datetime import timedelta
from functools import partial

import pytest
from flask import abort, request, session

from repository import items, remembered
from repository.house import load_stored
from repository.models import Item, ItemCount, StoredSetting
from repository.remembered import Kept, Pages
from repository.search.whoosh_engine import WhooshEngine
from repository.web import from_memory
from repository.web.security import nonce
from repository.work import Actor, now

PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
MOMENT = now()


@pytest.fixture
def item(ana, make_item, run_jobs):
    made = make_item(ana, "Bingo da tabuada")
    run_jobs()
    return made


class ForwardedHook:
    """The hooks of a house, with another answer to some."""

    def __init__(self, hook, **others):
        self.__dict__.update(others)
        self._hook = hook

    def __getattr__(self, name):
        return getattr(self._hook, name)


def kept(size=10, state=1, made_at=MOMENT):
    return Kept(state, made_at, (), b"x" * size)


def one():
    return 1


@pytest.mark.sqlite  # a server of databases tells of changes in all of them
@pytest.mark.parametrize("path", ["/", "/search?q=bingo", "/items/{id}", "/suggest?q=bin"])
def test_the_second_visitor_gets_the_same_page_and_the_database_is_not_asked(app, item, count_queries, path):
    address = path.format(id=item.id)
    first = app.test_client().get(address)
    with count_queries(made=False) as asked:
        second = app.test_client().get(address)
    assert asked == []
    assert second.get_data() == first.get_data()
    assert second.content_type == first.content_type
    assert second.headers["Cache-Control"] == "private, no-store"
    assert "Content-Security-Policy" in second.headers


def test_what_was_withdrawn_is_gone_at_once(app, ana, item, work_as, run_jobs):
    paths = ("/", "/search?q=bingo", f"/items/{item.id}")
    assert all("Bingo da tabuada" in app.test_client().get(path).text for path in paths)
    with work_as(ana) as work:
        items.withdraw(work, work.session.get_one(Item, item.id))
    run_jobs()
    for path in paths[:2]:
        assert "Bingo da tabuada" not in app.test_client().get(path).text
    assert app.test_client().get(paths[2]).status_code in (404, 410)


@pytest.mark.sqlite
def test_another_process_that_commits_makes_the_page_another(app, services, item):
    app.test_client().get("/")
    other = sqlite3.connect(services.sessions.engine.url.database)
    other.execute("UPDATE item SET title = 'Loto da tabuada'")
    other.commit()
    other.close()
    assert "Loto da tabuada" in app.test_client().get("/").text


@pytest.mark.sqlite
def test_the_mark_is_another_after_a_commit_and_the_same_after_looking(services):
    before = services.sessions.state()
    with services.sessions.reading() as session_:
        session_.get(StoredSetting, "centre_name")
    assert services.sessions.state() == before
    with services.sessions.writing() as session_:
        session_.add(StoredSetting(name="centre_name", value="Centro", changed_at=now()))
    assert services.sessions.state() != before


@pytest.mark.sqlite
def test_a_database_that_is_let_go_and_opened_again_gives_another_mark(services):
    before = services.sessions.state()
    services.sessions.engine.dispose()
    assert services.sessions.state() != before


def test_who_is_signed_in_or_has_a_chosen_language_gets_a_page_of_their_own(app, rui, item, sign_in):
    address = f"/items/{item.id}"
    signed_in, english = sign_in(rui), app.test_client()
    english.get("/language/en")
    for _twice in range(2):
        page = app.test_client().get(address).text
        assert "Iniciar sessão" in page
        assert 'lang="pt-PT"' in page
        assert "Iniciar sessão" not in signed_in.get(address).text
        assert 'lang="en"' in english.get(address).text


@pytest.mark.sqlite
def test_who_brings_a_token_gets_a_page_of_their_own(app, item, count_queries):
    for headers, from_memory_ in (({}, False), ({}, True), ({"Authorization": "Bearer pt_x"}, False)):
        with count_queries(made=False) as asked:
            app.test_client().get("/", headers=headers)
        assert (asked == []) is from_memory_


@pytest.mark.sqlite
def test_whom_a_plugin_recognises_gets_a_page_of_their_own(app, services, item, count_queries, monkeypatch):
    def known(services, request):
        return Actor(acting="guest:1") if "X-Guest" in request.headers else None

    app.test_client().get("/")
    monkeypatch.setattr(services, "hook", ForwardedHook(services.hook, actor_of_request=known))
    with count_queries(made=False) as asked:
        app.test_client().get("/")
    assert not asked
    with count_queries(made=False) as asked:
        app.test_client().get("/", headers={"X-Guest": "1"})
    assert asked


@pytest.mark.sqlite  # a server of databases tells of changes in all of them
def test_writing_down_visits_lets_go_of_no_page_and_the_next_change_does(app, services, item, count_queries):
    address = f"/items/{item.id}"
    app.test_client().get(address, headers=PERSON)
    services.counts.write(services)
    with count_queries(made=False) as asked:
        app.test_client().get(address)
    assert asked == []
    with services.sessions.writing() as session_:
        assert session_.query(ItemCount.count).filter_by(item_id=item.id, what="seen").scalar() == 1
        session_.get_one(Item, item.id).title = "Loto da tabuada"
    assert "Loto da tabuada" in app.test_client().get(address).text


@pytest.mark.sqlite
def test_what_another_process_commits_between_two_writings_of_visits_is_seen(app, services, item):
    address = f"/items/{item.id}"
    app.test_client().get(address, headers=PERSON)
    other = sqlite3.connect(services.sessions.engine.url.database)
    other.execute("UPDATE item SET title = 'Loto da tabuada'")
    other.commit()
    other.close()
    services.counts.write(services)
    assert "Loto da tabuada" in app.test_client().get(address).text


@pytest.mark.sqlite
def test_reading_again_what_is_stored_unchanged_lets_go_of_no_page(app, services, item, count_queries):
    app.test_client().get("/")
    load_stored(services)
    with count_queries(made=False) as asked:
        app.test_client().get("/")
    assert asked == []


def test_an_answer_from_memory_has_the_very_headers_of_the_first(app, item):
    headers = {"Accept-Encoding": "gzip", "Accept-Language": "de"}
    first, second = (app.test_client().get(f"/items/{item.id}", headers=headers) for _twice in range(2))
    assert list(second.headers) == list(first.headers)
    assert second.headers["Content-Length"] == str(len(second.get_data()))


def test_over_https_the_page_of_plain_http_is_not_handed_over(app, item):
    said = [app.test_client().get("/", base_url=f"{scheme}://localhost").headers for scheme in ("http", "https") * 2]
    assert ["Strict-Transport-Security" in headers for headers in said] == [False, True] * 2


def test_who_asks_for_the_head_alone_gets_no_page_from_memory(app, item):
    address = f"/items/{item.id}"
    page = app.test_client().get(address)
    head = app.test_client().head(address)
    assert (head.status_code, head.get_data()) == (200, b"")
    assert head.headers["Content-Length"] == page.headers["Content-Length"]
    assert app.test_client().get(address).get_data() == page.get_data()


def test_an_answer_from_memory_is_counted_among_the_requests(app, item):
    def answered():
        text = app.test_client().get("/metrics").text
        line = 'partilha_requests_total{method="GET",route="/items/<int:item_id>",status="200"} '
        return float(text.partition(line)[2].partition("\n")[0] or 0)

    before = answered()
    for _three in range(3):
        app.test_client().get(f"/items/{item.id}")
    assert answered() == before + 3


def test_a_page_with_a_script_of_its_own_is_kept_for_nobody_and_others_allow_none(app, item):
    app.add_url_rule("/script", "script", remembered.remembered(lambda: f"<script nonce={nonce()}></script>"))
    pages = [app.test_client().get("/script") for _twice in range(2)]
    assert pages[0].text != pages[1].text
    for page in pages:
        assert page.text.partition("nonce=")[2].partition(">")[0] in page.headers["Content-Security-Policy"]
    for _twice in range(2):
        assert "nonce" not in app.test_client().get("/").headers["Content-Security-Policy"]


def test_where_a_plugin_is_asked_before_each_page_it_is_asked_before_each(app, item):
    def by_hour():
        if "X-Night" in request.headers:
            abort(403)

    app._got_first_request = False  # as while it was made
    app.before_request(by_hour)
    for _twice in range(2):
        assert app.test_client().get("/").status_code == 200
    assert app.test_client().get("/", headers={"X-Night": "1"}).status_code == 403


def test_a_plugin_is_shown_the_address_of_a_page_that_comes_from_memory(app, services, item, monkeypatch):
    asked = []

    def known(services, request):
        asked.append((request.path, request.endpoint, request.view_args))

    monkeypatch.setattr(services, "hook", ForwardedHook(services.hook, actor_of_request=known))
    for _twice in range(2):
        app.test_client().get(f"/items/{item.id}")
    assert asked == [(f"/items/{item.id}", "pages.item", {"item_id": item.id})] * 2


def test_where_the_memory_fails_the_page_is_made_and_the_log_says_why(app, item, monkeypatch, caplog):
    app.test_client().get("/")
    monkeypatch.setattr(Pages, "get", None)
    assert app.test_client().get("/").status_code == 200
    assert "could not be handed over from memory" in caplog.text


def test_each_language_that_a_browser_asks_for_is_kept_on_its_own(app, item):
    for _twice in range(2):
        for tag in ("pt-PT", "en"):
            page = app.test_client().get("/", headers={"Accept-Language": tag}).text
            assert f'lang="{tag}"' in page


def test_a_visit_counts_although_the_page_is_remembered(app, services, item):
    for number in range(3):
        app.test_client().get(
            f"/items/{item.id}", headers=PERSON | {"X-Forwarded-For": "", "User-Agent": f"M/{number}"}
        )
    app.test_client().get(f"/items/{item.id}", headers={"User-Agent": "somebot/1.0"})
    services.counts.write(services)
    with services.sessions.reading() as session_:
        assert session_.query(ItemCount.count).filter_by(item_id=item.id, what="seen").scalar() == 3


def test_a_page_is_handed_over_compressed_to_those_who_take_it_and_plain_to_others(app, item):
    plain = app.test_client().get("/").get_data()
    packed = app.test_client().get("/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == plain
    assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize("address", ["/", "/info/pesquisa", "/static/css/house.css"])
@pytest.mark.parametrize("said", ["gzip;q=0", "identity, gzip;q=0", "br"])
def test_who_takes_nothing_compressed_gets_plain_answers(app, address, said):
    answer = app.test_client().get(address, headers={"Accept-Encoding": said}, buffered=True)
    assert "Content-Encoding" not in answer.headers


def test_after_half_a_minute_a_page_is_made_anew(app, item, count_queries, monkeypatch):
    app.test_client().get("/")
    monkeypatch.setattr(from_memory, "now", lambda: now() + remembered.LIFE)
    with count_queries(made=False) as asked:
        app.test_client().get("/")
    assert asked


def test_a_page_that_says_something_to_one_visitor_is_kept_for_nobody(app, item):
    greeted = []

    def greet():
        greeted.append(session.setdefault("number", len(greeted)))
        return "olá"

    app.add_url_rule("/greeting", "greeting", remembered.remembered(greet))
    for _twice in range(2):
        assert "Set-Cookie" in app.test_client().get("/greeting").headers
    assert greeted == [0, 1]


def test_a_refusal_is_not_kept(app, ana, make_item, run_jobs):
    assert app.test_client().get("/items/1").status_code == 404
    item = make_item(ana)
    assert app.test_client().get(f"/items/{item.id}").status_code == 200


def test_a_database_that_cannot_tell_lets_pages_be_made_each_time(app, services, item, monkeypatch, count_queries):
    def broken():
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(services.sessions._changes, "_of_sqlite", broken)
    monkeypatch.setattr(services.sessions._changes, "_of_server", broken)
    app.test_client().get("/")
    with count_queries(made=False) as asked:
        assert app.test_client().get("/").status_code == 200
    assert asked


def test_addresses_without_number_fill_no_memory(app, item):
    pages = app.extensions["remembered_pages"] = Pages(most_bytes=40_000)
    for number in range(200):
        app.test_client().get(f"/suggest?q=zz&n={number}")
        app.test_client().get(f"/suggest?q=zz&n={number}{'x' * 1_000}")
    held = sum(len(key[3]) + kept.size for key, kept in pages._kept.items())
    assert 0 < len(pages._kept) < 40
    assert held < 50_000


def test_when_room_is_short_the_page_longest_unasked_goes_first():
    pages = Pages(most_bytes=2 * kept().size + 5)
    pages.keep("a", kept())
    pages.keep("b", kept())
    assert pages.get("a", one, MOMENT)
    pages.keep("c", kept())
    assert [bool(pages.get(key, one, MOMENT)) for key in "abc"] == [True, False, True]


def test_a_page_larger_than_all_room_is_not_kept_and_disturbs_nothing():
    pages = Pages(most_bytes=5)
    pages.keep("a", kept(10))
    assert pages.get("a", one, MOMENT) is None


def test_a_page_of_another_state_or_from_the_future_is_let_go():
    pages = Pages()
    for state, moment in ((2, MOMENT), (1, MOMENT - timedelta(seconds=1)), (1, MOMENT + remembered.LIFE)):
        pages.keep("a", kept())
        assert pages.get("a", partial(int, state), moment) is None


def test_a_page_made_while_the_newest_index_is_being_opened_goes_when_it_is_open(app, services, item):
    engine = services.search.engine
    assert "Bingo" in app.test_client().get("/suggest?q=bin").text
    another = WhooshEngine(services.instance / "index", engine._fields)  # as in another process
    another.update((), deleted=[item.id])
    another.close()
    with engine._opening:  # as another thread has it meanwhile
        assert "Bingo" in app.test_client().get("/suggest?q=bing").text
    engine.count()
    assert "Bingo" not in app.test_client().get("/suggest?q=bing").text


def test_a_page_made_until_what_was_written_is_open_goes_when_it_is(app, services, item, monkeypatch):
    engine, update = services.search.engine, services.search.engine._update
    assert "Bingo" in app.test_client().get("/suggest?q=bin").text
    meanwhile = []

    def write_and_ask(documents, removed):
        update(documents, removed)
        meanwhile.append(app.test_client().get("/suggest?q=bing").text)

    monkeypatch.setattr(engine, "_update", write_and_ask)
    engine.update((), deleted=[item.id])
    assert ["Bingo" in text for text in meanwhile] == [True]
    assert "Bingo" not in app.test_client().get("/suggest?q=bing").text

"""A broken index never reaches a page."""

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from search_samples import MEMBERS, PUBLIC, ask, document

from repository.search import IndexBroken, IndexMissing, SearchDocument, SearchEngine, SearchError, SearchService
from repository.search.meaning import Names
from repository.search.scan_engine import ScanEngine
from repository.search.whoosh_engine import WhooshEngine

ROWS = [document(1, "Frações", level="1ceb"), document(2, "Interno", labels=frozenset({"members"}))]


def rows() -> Iterable[SearchDocument]:
    return list(ROWS)


def test_without_an_index_the_fallback_answers_and_a_rebuild_is_asked_for_once(whoosh_engine: WhooshEngine) -> None:
    told: list[SearchError] = []
    service = SearchService(whoosh_engine, ScanEngine(rows), told.append)
    for _ in range(5):
        page = service.search(ask("fracao"), PUBLIC)
        assert (page.ids, page.degraded) == ((1,), True)
        assert service.suggest("fra", PUBLIC) == ["Frações"]
    assert [type(error) for error in told] == [IndexMissing]


def test_a_rebuilt_index_answers_again_and_a_second_damage_is_told_again(
    whoosh_engine: WhooshEngine, tmp_path: Path
) -> None:
    told: list[SearchError] = []
    service = SearchService(whoosh_engine, ScanEngine(rows), told.append)
    service.search(ask(), PUBLIC)
    whoosh_engine.rebuild(rows())
    page = service.search(ask("fracao"), MEMBERS)
    assert (page.ids, page.degraded) == ((1,), False)
    (tmp_path / "index" / "current").unlink()
    assert service.search(ask("fracao"), MEMBERS).degraded
    assert len(told) == 2


def test_the_fallback_answers_one_at_a_time_and_leaves_the_other_threads_to_other_pages(
    whoosh_engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("repository.search.engine.SCAN_WAIT_S", 0.01)
    reading, go_on = threading.Event(), threading.Event()

    def slowly() -> Iterable[SearchDocument]:
        reading.set()
        assert go_on.wait(60)
        return list(ROWS)

    service = SearchService(whoosh_engine, ScanEngine(slowly))
    with ThreadPoolExecutor(1) as other:
        first = other.submit(service.search, ask("fracao"), PUBLIC)
        assert reading.wait(60)
        second = service.search(ask("fracao"), PUBLIC)
        assert (second.ids, second.degraded, service.suggest("fra", PUBLIC)) == ((), True, [])
        go_on.set()
        assert first.result(60).ids == (1,)
    assert service.search(ask("fracao"), PUBLIC).ids == (1,)


def test_the_fallback_guards_audiences_and_counts_as_well(whoosh_engine: WhooshEngine) -> None:
    service = SearchService(whoosh_engine, ScanEngine(rows))
    assert service.search(ask(), frozenset()).total == 0
    assert service.search(ask(), MEMBERS).ids == (2, 1) or service.search(ask(), MEMBERS).total == 2
    assert [count.count for count in service.search(ask(), PUBLIC).facets["level"]] == [1]


def test_the_fallback_reads_the_rows_as_they_are_now() -> None:
    held = [document(1, "Frações")]
    engine = ScanEngine(lambda: held)
    assert engine.search(ask("fração"), PUBLIC).ids == (1,)
    held[:] = [document(1, "Vulcões"), document(2, "Frações")]
    assert engine.search(ask("fração"), PUBLIC).ids == (2,)
    assert engine.ids() == {1, 2}


def test_the_fallback_asks_for_no_rows_again_while_nothing_has_changed() -> None:
    asked: list[int] = []
    states = iter(["before", "before", "after"])

    def told() -> Iterable[SearchDocument]:
        asked.append(len(asked))
        return list(ROWS)

    engine = ScanEngine(told, state=lambda: next(states))
    for _ in range(3):
        assert engine.search(ask("fração"), PUBLIC).ids == (1,)
    assert asked == [0, 1]


def test_a_mistake_in_the_fallback_is_not_hidden(whoosh_engine: WhooshEngine) -> None:
    def unreachable() -> Iterable[SearchDocument]:
        raise ConnectionError("no database")

    with pytest.raises(ConnectionError):
        SearchService(whoosh_engine, ScanEngine(unreachable)).search(ask(), PUBLIC)


def test_what_is_preloaded_is_not_looked_through_for_waste(
    whoosh_engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    whoosh_engine.rebuild(rows())
    frozen = threading.Event()
    monkeypatch.setattr("repository.search.engine.gc.freeze", frozen.set)
    SearchService(whoosh_engine, ScanEngine(rows)).preload()
    assert frozen.wait(60)


def test_what_is_too_much_to_read_is_not_tried_again_until_the_index_is_another(whoosh_engine: WhooshEngine) -> None:
    asked: list[int] = []

    def very_many() -> Iterable[SearchDocument]:
        asked.append(1)
        return list(ROWS)

    service = SearchService(whoosh_engine, ScanEngine(very_many, patience_s=-1))
    for _ in range(3):
        page = service.search(ask("fracao"), PUBLIC)
        assert (page.total, page.degraded, page.unanswered) == (0, True, True)
        assert service.suggest("fra", PUBLIC) == []
    assert asked == [1]
    whoosh_engine.rebuild(rows())
    page = service.search(ask("fracao"), PUBLIC)
    assert (page.ids, page.degraded, page.unanswered) == ((1,), False, False)
    whoosh_engine.rebuild(rows())
    (whoosh_engine._folder.path / "current").unlink()
    assert service.search(ask("fracao"), PUBLIC).unanswered
    assert asked == [1, 1]


def test_once_the_index_answers_again_the_fallback_keeps_nothing_in_memory(whoosh_engine: WhooshEngine) -> None:
    fallback = ScanEngine(rows, state=lambda: "unchanged")
    service = SearchService(whoosh_engine, fallback)
    service.search(ask("fracao"), PUBLIC)
    assert fallback._read
    whoosh_engine.rebuild(rows())
    service.search(ask("fracao"), PUBLIC)
    assert not fallback._read


def test_a_damaged_index_that_answers_now_and_then_is_told_of_once(
    whoosh_engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[SearchError] = []
    fallback = ScanEngine(rows, state=lambda: "unchanged")
    service = SearchService(whoosh_engine, fallback, told.append)
    whoosh_engine.rebuild(rows())
    for _ in range(3):
        with monkeypatch.context() as damage:
            damage.setattr(whoosh_engine, "search", _broken)
            assert service.search(ask("fracao"), PUBLIC).degraded
        assert not service.search(ask("fracao"), PUBLIC).degraded
    assert len(told) == 1
    assert fallback._read, "it is needed again soon"


def _broken(*_given: object) -> None:
    raise IndexBroken("cut short")


NAMES = Names([("3.º ano", ("year", "3")), ("ficha", ("type", "worksheet"))])


@pytest.fixture
def service(engine: SearchEngine) -> SearchService:
    engine.rebuild([
        document(1, "Rios", type="worksheet", year="3", level="1ceb"),
        document(2, "Mar", type="worksheet", year="4", level="1ceb"),
        document(3, "Serra", type="slide", year="3", level="sec"),
        document(4, "Vento", level="sec"),
    ])  # fmt: skip
    return SearchService(engine, ScanEngine(rows))


@pytest.mark.parametrize(
    ("question", "first", "all_found"),
    [
        ("fichas zarolho 3.º ano", 1, {1, 2, 3}),
        ("zarolho 3.º ano", None, {1, 3}),
        ("zarolho torto fichas", None, {1, 2}),
        ("fichas mar", 2, {2}),
        ("mar zarolho 3.º ano", 2, {2}),
        ("zarolho", None, set()),
    ],
)
def test_where_no_word_is_found_what_is_named_counts_as_a_word_does(
    service: SearchService, question: str, first: int | None, all_found: set[int]
) -> None:
    page = service.search(ask(question, meant=NAMES.read(question)), PUBLIC)
    assert set(page.ids) == all_found
    assert first in (None, page.ids[:1][0] if page.ids else None)
    assert page.relaxed == (bool(all_found) and question != "fichas mar")


def test_what_is_named_hides_no_filter_that_leaves_nothing_and_is_not_the_whole(service: SearchService) -> None:
    for question, chosen in (("rios 3.º ano", {"level": "sec"}), ("zarolho 3.º ano", {"whole": True})):
        assert service.search(ask(question, meant=NAMES.read(question), **chosen), PUBLIC).total == 0
    question = "zarolho 3.º ano"
    assert service.search(ask(question, meant=NAMES.read(question), level="sec"), PUBLIC).ids == (3,)
    assert service.search(ask(question, meant=NAMES.read(question), sort="title"), PUBLIC).ids == (1, 3)

"""The arrays find, score, order and count what Whoosh's own matchers do, one posting at a time."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import plain_whoosh
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from search_samples import PUBLIC, ask, document

from repository.search import (
    IndexMissing,
    SearchDocument,
    whoosh_postings,
    whoosh_preloading,
    whoosh_reading,
    whoosh_scoring,
    whoosh_table,
)
from repository.search.analysis import stem
from repository.search.byte_store import OVERHEAD, ByteStore
from repository.search.matching import Match, all_of, any_of, best, common, lowest, most_of
from repository.search.order import timestamp
from repository.search.whoosh_engine import WhooshEngine
from repository.search.whoosh_schema import WRITTEN, text_field
from repository.search.whoosh_table import WordTable
from repository.search.whoosh_terms import Terms, terms_of

WORDS = "ficha fração frações mar rio plano aula o de 8.º FQ físico-química guarda-chuva avaliação".split()  # noqa: SIM905
PIECES = [*WORDS, "ficha de trabalho", '"plano de aula"', '"mar mar"', "fra*", "m*", "me*", "-rio", '-"de aula"', "8"]
texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
documents = st.builds(
    document,
    st.integers(1, 40),
    texts,
    keywords=texts,
    summary=texts,
    text=texts,
    level=st.lists(st.sampled_from(["1ceb", "2ceb", "sec"]), max_size=2),
)
batches = st.lists(st.tuples(st.lists(documents, max_size=6), st.sets(st.integers(1, 40), max_size=3)), max_size=3)
questions = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map(" ".join)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.lists(documents, max_size=20), later=batches, asked=st.lists(questions, min_size=1, max_size=8))
@example(
    first=[
        document(8, "ficha", keywords="frações ficha", summary="ficha", text=""),
        document(26, "ficha frações", keywords="ficha", summary="", text="ficha"),
        document(1, "", keywords="", summary="", text=""),
    ],
    later=[],
    asked=["ficha fração frações"],
)
def test_arrays_and_plain_whoosh_give_the_same_documents_order_and_counts(
    whoosh_engine: WhooshEngine,
    tmp_path: Path,
    first: list[SearchDocument],
    later: list[tuple[list[SearchDocument], set[int]]],
    asked: list[str],
) -> None:
    held = {one.id: one for one in reversed(first)}
    whoosh_engine.rebuild(first)
    for changed, deleted in later:
        whoosh_engine.update(changed, deleted)
        held |= {one.id: one for one in changed}
        held = {identifier: one for identifier, one in held.items() if identifier not in deleted}
    for question in asked:
        page = whoosh_engine.search(ask(question, per_page=100), PUBLIC)
        expected = plain_whoosh.scores(tmp_path / "index", question)
        assert page.exact == len(expected)
        whole = page.ids[: page.exact]  # those that have most, and are not compared, come after
        assert set(whole) == set(expected), question
        assert_in_order(whole, expected, held)
        if page.total > page.exact:
            continue
        levels = Counter(level for identifier in page.ids for level in held[identifier].values_of("level"))
        assert {count.value: count.count for count in page.facets["level"]} == levels


def assert_in_order(ids: tuple[int, ...], scores: dict[int, float], held: dict[int, SearchDocument]) -> None:
    """The best comes first; of equal ones the newer, then the higher id. Ours are of single precision."""
    for before, after in pairwise(ids):
        if scores[before] == pytest.approx(scores[after], rel=1e-6):
            continue
        assert scores[before] > scores[after]
    same: dict[float, list[tuple[int, int]]] = {}
    for identifier in ids:
        same.setdefault(scores[identifier], []).append((timestamp(held[identifier].date), identifier))
    assert all(group == sorted(group, reverse=True) for group in same.values())


@pytest.fixture
def reader(whoosh_engine: WhooshEngine) -> Any:
    """A segment with a word in one document only, in a few, and in several blocks of documents, some deleted."""
    many = [document(n, "mapa " * (1 + n % 3), text="rios e serras " * (n % 5), keywords="mar") for n in range(140)]
    whoosh_engine.rebuild([*many, document(900, "único")])
    whoosh_engine.update([], [0, 7, 130])
    with whoosh_engine._reading() as snapshot:
        (segment,) = snapshot.segments
        yield segment.reader


TERMS = [
    ("title", "mapa"),
    ("title", "unico"),
    ("text", "rio"),
    ("text", "serra"),
    ("keywords", "mar"),
    ("text", "não"),
]


@pytest.mark.parametrize("arrays", [True, False])
@pytest.mark.parametrize(("field", "word"), TERMS)
def test_a_list_read_at_once_is_what_the_public_matcher_says(
    reader: Any, field: str, word: str, arrays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = reader, text_field(field), word.encode()
    if not arrays:
        monkeypatch.setattr(Terms, "_arrays_at", lambda *_: None)
    blocks = whoosh_postings.read_postings(*wanted), whoosh_postings.read_places(*wanted)
    monkeypatch.setattr(whoosh_postings, "written_list", lambda *_: None)
    one_by_one = whoosh_postings.read_postings(*wanted), whoosh_postings.read_places(*wanted)
    assert [array.tolist() for array in (*blocks[0], blocks[1])] == [
        array.tolist() for array in (*one_by_one[0], one_by_one[1])
    ]
    assert int(blocks[0].counts.sum()) == len(blocks[1])


def test_a_list_holds_deleted_documents_and_those_of_all_blocks(reader: Any) -> None:
    postings = whoosh_postings.read_postings(reader, text_field("title"), b"mapa")
    assert postings.docs.tolist() == list(range(140))
    assert postings.counts[:4].tolist() == [1, 2, 3, 1]
    written = whoosh_postings.read_postings(reader, WRITTEN, "unico único".encode())
    assert (written.docs.tolist(), written.counts.tolist()) == ([140], [1])


def test_a_phrase_is_found_across_blocks_segments_and_deleted_documents(whoosh_engine: WhooshEngine) -> None:
    whoosh_engine.rebuild([document(n, "x", text="b a " + "c a b " * (n % 3 == 0)) for n in range(150)])
    whoosh_engine.update([document(n, "x", text="c a b") for n in range(150, 160)], [3, 6])
    page = whoosh_engine.search(ask('"a b"', per_page=100), PUBLIC)
    assert page.total == 48 + 10
    assert whoosh_engine.search(ask('"c a b c"'), PUBLIC).total == 0


def test_a_commit_leaves_the_arrays_of_the_other_segments(whoosh_engine: WhooshEngine) -> None:
    whoosh_engine.rebuild([document(n, "mapa") for n in range(20)])
    whoosh_engine.search(ask("mapa"), PUBLIC)
    with whoosh_engine._reading() as before:
        kept = before.postings(before.segments[0], text_field("title"), b"mapa")
    whoosh_engine.update([document(50, "mapa")])
    assert whoosh_engine.search(ask("mapa"), PUBLIC).total == 21
    with whoosh_engine._reading() as after:
        assert after is not before
        assert after.postings(after.segments[0], text_field("title"), b"mapa") is kept
        assert after.segments[0].facts is before.segments[0].facts


def test_a_store_keeps_what_was_asked_for_last_within_its_bytes() -> None:
    store = ByteStore(3 * (80 + OVERHEAD))
    arrays = {name: np.zeros(10) for name in "abcd"}
    for name in "abc":
        store.put(name, arrays[name])
    assert store.get("a") is arrays["a"]
    store.put("d", arrays["d"])
    assert store.get("b") is None
    assert [store.get(name) is arrays[name] for name in "acd"] == [True] * 3
    store.put("a", arrays["a"])
    assert store.used == store.limit
    assert store.put("huge", np.zeros(10_000)).nbytes == 80_000
    assert store.get("huge") is None
    assert store.get("a") is arrays["a"]


rows = st.dictionaries(st.integers(0, 30), st.floats(0, 9, width=32), max_size=20)


def match(scored: dict[int, float]) -> Match:
    order = sorted(scored)
    return Match(np.array(order, np.int32), np.array([scored[row] for row in order], np.float32))


@settings(deadline=None, max_examples=50)
@given(st.lists(rows, min_size=1, max_size=4))
def test_all_and_any_are_intersection_and_union_with_scores_added(parts: list[dict[int, float]]) -> None:
    matches = [match(part) for part in parts]
    both, either = all_of(matches, 31), any_of(matches, 31)
    assert both.rows.tolist() == sorted(set.intersection(*map(set, parts)))
    assert either.rows.tolist() == sorted(set().union(*parts))
    for found in (both, either):
        totals = [sum(part.get(row, 0) for part in parts) for row in found.rows.tolist()]
        assert found.scores.tolist() == pytest.approx(totals)


@settings(deadline=None, max_examples=50)
@given(st.lists(rows, min_size=3, max_size=5), st.integers(1, 5))
def test_most_is_what_enough_of_them_hold_with_the_scores_of_those(parts: list[dict[int, float]], least: int) -> None:
    found = most_of([match(part) for part in parts], least, 31)
    holding = {row: [part[row] for part in parts if row in part] for row in range(31)}
    assert found.rows.tolist() == [row for row, scores in holding.items() if len(scores) >= least]
    assert found.scores.tolist() == pytest.approx([sum(holding[row]) for row in found.rows.tolist()])


@settings(deadline=None, max_examples=50)
@given(st.sets(st.integers(-9, 40)), st.sets(st.integers(-9, 40)))
def test_common_is_the_intersection(a: set[int], b: set[int]) -> None:
    arrays = [np.array(sorted(numbers), np.int64) for numbers in (a, b)]
    assert common(*arrays).tolist() == sorted(a & b)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.one_of(st.sampled_from([0.0, 1.0, 1.5, 9.0]), st.floats(0, 9, width=32)), max_size=40),
    st.sampled_from([1, 40]),
    st.integers(1, 50),
    st.randoms(),
)
def test_the_best_are_the_first_of_all_sorted_by_score_and_rank(
    some: list[float], times: int, most: int, dice: Any
) -> None:
    values, ranks = some * times, list(range(len(some) * times))
    dice.shuffle(ranks)
    scores, array = np.array(values, np.float32), np.array(ranks, np.int32)
    expected = sorted(range(len(values)), key=lambda at: (-values[at], ranks[at]))[:most]
    assert best(scores, array, most).tolist() == expected
    assert lowest(array, most).tolist() == sorted(range(len(values)), key=lambda at: ranks[at])[:most]


def test_what_is_preloaded_is_lifted_once_and_stays_within_bounds(
    whoosh_engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    whoosh_engine.rebuild([document(n, "Plano de aula", text="mapa") for n in range(20)])
    whoosh_engine.preload()
    lifted: list[bytes] = []
    for name in ("read_postings", "read_places"):
        monkeypatch.setattr(whoosh_reading, name, noting(getattr(whoosh_reading, name), lifted))
    for question in ('"plano de aula"', "plano -aula", "mapa"):
        whoosh_engine.search(ask(question), PUBLIC)
    assert lifted == []
    with whoosh_engine._reading() as snapshot:
        assert 0 < snapshot.lifted.store.used < snapshot.lifted.store.limit


def noting(read: Callable[..., Any], lifted: list[bytes]) -> Callable[..., Any]:
    """The same function, which notes what it found something for."""

    def read_and_note(reader: Any, field: str, word: bytes) -> Any:
        if (field, word) in reader:
            lifted.append(word)
        return read(reader, field, word)

    return read_and_note


def test_preloading_stops_where_the_store_is_full_enough(
    whoosh_engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("repository.search.whoosh_engine.LIFTED_BYTES", 2000)
    whoosh_engine.rebuild([document(n, "Plano de aula", text="mapa") for n in range(20)])
    whoosh_engine.preload()
    assert whoosh_engine.search(ask("plano mapa"), PUBLIC).total == 20
    with whoosh_engine._reading() as snapshot:
        assert snapshot.lifted.store.used <= 2000


def test_the_most_frequent_words_are_scored_before_anybody_asks_as_far_as_there_is_room(
    whoosh_engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    whoosh_engine.rebuild([document(n, "aula", text="mapa" if n % 2 else "rio") for n in range(20)])
    whoosh_engine.preload()
    scored: list[str] = []
    monkeypatch.setattr(whoosh_scoring, "_scored", lambda snapshot, field, word, among=None: scored.append(word))
    assert whoosh_engine.search(ask("aula mapa"), PUBLIC).total == 10
    assert scored == []
    monkeypatch.setattr(whoosh_preloading, "SHARE_OF_SCORES", 0)
    whoosh_engine.close()
    whoosh_engine.preload()
    assert scored == []


def test_what_is_kept_of_a_word_takes_as_few_bytes_as_its_rows_need(whoosh_engine: WhooshEngine) -> None:
    whoosh_engine.rebuild([document(n, "mapa") for n in range(300)])
    with whoosh_engine._reading() as snapshot:
        match = whoosh_scoring.word_match(snapshot, stem("mapa"))
        assert (match.rows.dtype, len(match.rows)) == (np.uint16, 300)


def test_preloading_says_that_there_is_no_index(whoosh_engine: WhooshEngine) -> None:
    with pytest.raises(IndexMissing):
        whoosh_engine.preload()


def test_what_preloading_worked_out_is_there_for_the_first_who_asks(whoosh_engine: WhooshEngine) -> None:
    whoosh_engine.rebuild([document(n, "mapa") for n in range(5)])
    whoosh_engine.preload()
    with whoosh_engine._reading() as snapshot:
        assert "newest" in vars(snapshot)
    assert whoosh_engine.search(ask("mapa", sort="date"), PUBLIC).total == 5


def test_where_there_are_very_many_documents_more_scores_are_kept(
    whoosh_engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whoosh_reading, "BYTES_EACH", 64 << 20)
    whoosh_engine.rebuild([document(n, "mapa") for n in range(5)])
    with whoosh_engine._reading() as snapshot:
        assert snapshot.store.limit == 5 * (64 << 20)


def test_the_table_of_a_segment_is_read_once_for_all_commits(
    whoosh_engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    whoosh_engine.rebuild([document(n, "mapa") for n in range(5)])
    tables: list[WordTable] = []

    def noted(*given: Any) -> WordTable:
        tables.append(WordTable(*given))
        return tables[-1]

    monkeypatch.setattr(whoosh_table, "WordTable", noted)
    for commit in range(3):
        whoosh_engine.update([document(50 + commit, "mapa")])
        assert whoosh_engine.search(ask("mapa"), PUBLIC).total == 6 + commit
    assert len(tables) == 1 + 3, "the first segment's, and that of each commit"
    first = tables[0]
    assert first.find(text_field("title"), b"mapa") is not None
    assert [first.find(*wanted) for wanted in (("nothing", b"mapa"), (text_field("title"), b"zebra"))] == [None] * 2


def test_every_word_of_a_table_is_found_and_no_other(whoosh_engine: WhooshEngine) -> None:
    written = range(1000, 1300, 3)
    whoosh_engine.rebuild([document(1, "x", text=" ".join(f"w{number}" for number in written))])
    with whoosh_engine._reading() as snapshot:
        terms = terms_of(snapshot.segments[0].reader)
        for number in range(998, 1302):
            assert bool(terms.list_of(WRITTEN, f"w{number}".encode())) == (number in written)
        assert len(terms.words(WRITTEN, b"w1")) == len(written)
        assert len(terms.words(WRITTEN, b"w11")) == len([number for number in written if 1100 <= number < 1200])

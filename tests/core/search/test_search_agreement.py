"""The index and the plain scan give the same totals, the same documents and the same counts."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_samples import MEMBERS, PUBLIC, ask, document

from repository.search import SearchDocument
from repository.search.scan_engine import ScanEngine
from repository.search.whoosh_engine import WhooshEngine

WORDS = ["fração", "Frações", "fracas", "ficha", "ficha de trabalho", "FQ", "físico-química", "o", "de", "8.º", "mar"]
PIECES = [*WORDS, "-", '"', "frac*", "fi*", "-mar", '"ficha de"', "«mar mar»", '-"o mar"', "8", "trabalho", "químico"]
LABELS = (frozenset(), PUBLIC, frozenset({"members"}), frozenset({"staff"}))

texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
documents = st.builds(
    document,
    st.integers(1, 12),
    texts,
    keywords=texts,
    summary=texts,
    text=texts,
    labels=st.sampled_from(LABELS),
    level=st.lists(st.sampled_from(["1ceb", "2ceb", "sec"]), max_size=2),
    type=st.sampled_from(["slide", "worksheet", ""]),
)
batches = st.lists(st.tuples(st.lists(documents, max_size=5), st.sets(st.integers(1, 12), max_size=2)), max_size=4)
questions = st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join)
levels = st.lists(st.sampled_from(["1ceb", "2ceb", "sec", "pre"]), max_size=2, unique=True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(documents, max_size=8),
    later=batches,
    asked=st.lists(st.tuples(questions, levels, st.booleans()), min_size=1, max_size=6),
)
def test_index_and_scan_agree_on_any_history_and_any_question(
    whoosh_engine: WhooshEngine,
    tmp_path: Path,
    first: list[SearchDocument],
    later: list[tuple[list[SearchDocument], set[int]]],
    asked: list[tuple[str, list[str], bool]],
) -> None:
    scan = ScanEngine()
    for engine in (whoosh_engine, scan):
        engine.rebuild(first)
        for changed, deleted in later:
            engine.update(changed, deleted)
    assert whoosh_engine.ids() == scan.ids()
    for question, level, typed in asked:
        request = ask(question, per_page=100, level=level, type="slide" if typed else ())
        for labels in (PUBLIC, MEMBERS):
            ours, plainest = whoosh_engine.search(request, labels), scan.search(request, labels)
            assert set(ours.ids) == set(plainest.ids), question
            assert (ours.total, ours.relaxed, ours.facets) == (plainest.total, plainest.relaxed, plainest.facets)
            by_title = [engine.search(request.changed(sort="title"), labels).ids for engine in (whoosh_engine, scan)]
            assert by_title[0] == by_title[1]

"""Word lists as they are gathered, written and read again."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from search_samples import PUBLIC, ask, document

from repository.search import whoosh_blocks, whoosh_files, whoosh_lists
from repository.search.whoosh_engine import WhooshEngine
from repository.search.whoosh_facts import ValueSets
from repository.search.whoosh_lists import WordLists
from repository.search.whoosh_postings import read_places, read_postings
from repository.search.whoosh_schema import WRITTEN, text_field
from repository.search.whoosh_terms import terms_of

TEXTS = ["mapa rio", "mapa mapa serra", "rio", "zebra mapa"]


def filled(most: int) -> WordLists:
    lists = WordLists(most)
    for number, text in enumerate(TEXTS):
        lists.add_text("text", number, text.split())
        lists.add_values("kind", number, ["kit", "kit"] if number % 2 else [])
        lists.make_room()
    return lists


def plainly(lists: WordLists) -> dict[tuple[str, str], list[list[int]]]:
    """Of each word in each field: its documents, how often each holds it, and where."""
    found = {}
    for part in lists:
        docs, counts, places = part.docs.tolist(), part.counts.tolist(), part.places.tolist()
        for word, size in zip(part.words, part.sizes.tolist(), strict=True):
            held, often = docs[:size], counts[:size]
            found[part.field, word] = [held, often, places[: sum(often)]]
            docs, counts, places = docs[size:], counts[size:], places[sum(often) :]
    return found


def test_lists_that_waited_on_disk_are_the_same_as_those_that_did_not(monkeypatch: pytest.MonkeyPatch) -> None:
    in_memory, on_disk = filled(1_000), filled(2)
    expected = {
        ("kind", "kit"): [[1, 3], [], []],
        ("text", "mapa"): [[0, 1, 3], [1, 2, 1], [0, 0, 1, 1]],
        ("text", "rio"): [[0, 2], [1, 1], [1, 0]],
        ("text", "serra"): [[1], [1], [2]],
        ("text", "zebra"): [[3], [1], [0]],
    }
    assert list(plainly(in_memory).items()) == list(plainly(on_disk).items()) == list(expected.items())
    monkeypatch.setattr(whoosh_lists, "AT_ONCE", 2)
    assert len(list(on_disk)) > 2, "a few words at a time"
    assert plainly(on_disk) == expected
    on_disk.close()
    assert list(on_disk) == []


def test_lists_of_another_segment_come_after_without_the_documents_that_are_gone() -> None:
    lists, other = filled(1_000), filled(1_000)
    for part in other:
        lists.add_lists(part.renumbered(np.array([4, -1, 5, -1])))
    found = plainly(lists)
    assert found["text", "mapa"] == [[0, 1, 3, 4], [1, 2, 1, 1], [0, 0, 1, 1, 0]]
    assert found["text", "rio"] == [[0, 2, 4, 5], [1] * 4, [1, 0, 1, 0]]
    assert found["kind", "kit"] == [[1, 3], [], []]
    assert ("text", "zebra") in found


@pytest.fixture
def reader(whoosh_engine: WhooshEngine) -> Any:
    whoosh_engine.rebuild([document(n, "x", text=text) for n, text in enumerate(TEXTS)])
    with whoosh_engine._reading() as snapshot:
        yield snapshot.segments[0].reader


def test_words_are_found_by_their_beginning_in_order_and_with_their_documents(reader: Any) -> None:
    terms = terms_of(reader)
    assert terms.words(WRITTEN) == [b"mapa", b"rio", b"serra", b"x", b"zebra"]
    assert terms.words(WRITTEN, b"m") == [b"mapa"]
    assert list(terms.beginning(text_field("text"), b"r")) == [(b"rio", 2)]
    assert terms.words("nothing") == []
    assert terms.list_of(text_field("text"), b"ma") == []


def test_a_long_list_is_written_and_read_in_several_blocks(
    whoosh_engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whoosh_blocks, "BLOCK", 3)
    monkeypatch.setattr(whoosh_blocks, "FEWEST_AS_ARRAYS", 1000)
    whoosh_engine.rebuild([document(n, "mapa " * (1 + n % 2), text="a b c") for n in range(10)])
    with whoosh_engine._reading() as snapshot:
        reader = snapshot.segments[0].reader
        postings = read_postings(reader, text_field("title"), b"mapa")
        assert (postings.docs.tolist(), postings.counts.tolist()) == (list(range(10)), [1, 2] * 5)
        assert read_places(reader, text_field("title"), b"mapa").tolist() == [0, 0, 1] * 5
    assert whoosh_engine.search(ask('"b c"'), PUBLIC).total == 10


def test_a_list_that_is_cut_short_says_that_the_index_is_broken(reader: Any) -> None:
    with pytest.raises(EOFError):
        terms_of(reader)._lists.bytes_at(0, 10**9)


def test_a_folder_that_has_not_changed_is_not_looked_into_again(
    whoosh_engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whoosh_files, "SETTLED", -(10**12))
    whoosh_engine.rebuild([document(1, "mapa")])
    folder, looks = whoosh_engine._folder, []
    look = folder._state
    monkeypatch.setattr(folder, "_state", lambda: looks.append(1) or look())
    assert folder.state() == folder.state()
    before = len(looks)
    folder.state()
    assert len(looks) == before
    whoosh_engine.update([document(2, "rio")])
    assert folder.state()[1] == 2
    assert len(looks) > before


def test_right_after_a_write_the_folder_is_looked_into_every_time(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    engine.rebuild([document(1, "mapa")])
    engine._folder.state()
    assert engine._folder._looked is None


def test_values_that_any_document_has_are_counted() -> None:
    sets = ValueSets()
    numbers = [sets.number(values) for values in (["b", "a"], ["c"], [], ["c", "b"], ["d"])]
    assert sets.counts(numbered(numbers[:4])) == {"a": 1, "b": 2, "c": 2}
    assert sets.counts(numbered([])) == {}


def numbered(numbers: list[int]) -> Any:
    return np.array(numbers, np.intp)

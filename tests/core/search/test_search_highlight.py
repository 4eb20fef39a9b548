"""Snippets and highlighted titles."""

from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repository.search.analysis import plain
from repository.search.highlight import highlight, snippet

STORY = "A turma abriu o livro. " * 40


def marked(pieces: list[tuple[str, bool]]) -> list[str]:
    return [text for text, hit in pieces if hit]


def joined(pieces: list[tuple[str, bool]]) -> str:
    return "".join(text for text, _ in pieces)


@pytest.mark.parametrize(
    ("question", "text", "hits"),
    [
        ("fração", "As Frações e a fracção: fracas", ["Frações", "fracção"]),
        ("terceiro ano", "No 3.º ano e no 4.º ano", ["3.º", "ano", "ano"]),
        ("3.º", "o terceiro e o 3o", ["terceiro", "3o"]),
        ("12.º ano", "no décimo segundo ano", ["décimo segundo", "ano"]),
        ("FQ", "Físico-química e F.Q.", ["Físico", "química", "F.Q"]),
        ("ficha de trabalho", "A worksheet de hoje", ["worksheet"]),
        ("frac*", "infração fracionar", ["fracionar"]),
        ("óptimo", "ótimo", ["ótimo"]),
        ("opção", "as opções", ["opções"]),
        ("ato", "os actos", ["actos"]),
        ("mar -terra", "mar e terra", ["mar"]),
        ("de o", "de o", ["de", "o"]),
        ("o mar", "o mar", ["mar"]),
        ("", "nada", []),
        ("!!", "nada!!", []),
    ],
)
def test_every_form_of_a_word_is_marked(question: str, text: str, hits: list[str]) -> None:
    pieces = highlight(text, question)
    assert marked(pieces) == hits
    assert joined(pieces) == text


def test_composition_makes_no_difference() -> None:
    assert marked(highlight(normalize("NFD", "as frações"), normalize("NFD", "fração"))) == ["frações"]


def test_a_snippet_shows_where_the_words_meet() -> None:
    text = STORY + "Os números são muitos. " + STORY + "Frações e números racionais no fim. " + STORY
    pieces = snippet(text, "frações numeros", width=120)
    assert marked(pieces) == ["Frações", "números"]
    assert pieces[0] == ("… ", False)
    assert pieces[-1] == (" …", False)
    assert len(joined(pieces)) <= 120 + 4


def test_a_snippet_without_a_hit_is_the_beginning() -> None:
    pieces = snippet(STORY, "zebra", width=50)
    assert joined(pieces) == "A turma abriu o livro. A turma abriu o livro. A …"
    assert joined(snippet("curto", "zebra")) == "curto"
    assert snippet("", "zebra") == []


def test_a_snippet_has_no_line_breaks() -> None:
    assert joined(snippet("um\n\n\tdois   três", "dois")) == "um dois três"


def test_a_word_wider_than_the_snippet_is_the_only_one_that_is_cut() -> None:
    assert len(joined(snippet("x" * 5000, "y", width=80))) <= 84


def test_a_whole_book_is_read_without_reading_every_word(monkeypatch: pytest.MonkeyPatch) -> None:
    from repository.search import highlight as module

    read: list[int] = []
    real = module.token_at
    monkeypatch.setattr(module, "token_at", lambda text, start: (read.append(start), real(text, start))[1])
    text = STORY * 220 + "frações"
    assert marked(module.snippet(text, "fracao")) == ["frações"]
    assert len(read) < len(text.split()) / 100


@settings(deadline=None)
@given(st.text(max_size=400), st.text(max_size=40), st.integers(20, 300))
def test_any_text_and_question_give_pieces_of_the_text(text: str, question: str, width: int) -> None:
    assert joined(highlight(text, question)) == plain(text)
    shown = joined(snippet(text, question, width)).removeprefix("… ").removesuffix(" …")
    assert " ".join(shown.split()) in " ".join(plain(text).split())


WORDS = st.lists(st.text("aãéfrçõo", min_size=1, max_size=15), max_size=60).map(" ".join)


@settings(deadline=None)
@given(WORDS, st.sampled_from(["fração", "a", "ré"]), st.integers(20, 90))
def test_a_snippet_never_cuts_a_word(text: str, question: str, width: int) -> None:
    apart = str.maketrans(",.…", "   ")
    shown = joined(snippet(text, question, width)).translate(apart).split()
    assert all(word in plain(text).translate(apart).split() for word in shown if len(word) < 20)

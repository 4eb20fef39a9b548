"""Markdown of any shape becomes harmless HTML, and the work grows with its length, not with its square."""

import sys
from types import FrameType
from typing import Any

import pytest

from repository.web.words import markdown

KB = 1024
PIECES = (
    "[", "![", "[a](", "[a][", "](", "]", "[[[]]]", "[a]: b\n", "[x](javascript:alert(1)) ", "![x](data:text/html,a) ",
    "*", "**a", "_a ", "*a_ ", "***", "a**b", "* * ", "`", "`a``", "~~~\n", "```\n", "    a\n", "\\", "(\\", "&", "&#",
    "&amp;", "<", "<a ", "<!--", "<?", "<http://", "<javascript:a> ", "<script>a</script>", "<img src=x onerror=a>",
    "http://a ", "> ", ">", "- ", "1. ", "#", "# a\n", "a\n-\n", "|", "|a|\n|-|\n", "\n", "\t", "\x00", "\u202e", "😀",
)  # fmt: skip


def pathological(piece: str, size: int) -> str:
    """Return a piece again and again, so many characters long."""
    return (piece * (size // len(piece) + 1))[:size]


def lines_run(text: str) -> int:
    """Return how many lines of Python it takes to render a text: the same on every machine."""
    count = 0

    def trace(_frame: FrameType, event: str, _known: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        markdown(text)
    finally:
        sys.settrace(before)
    return count


def test_there_are_fifty_pieces() -> None:
    assert len(set(PIECES)) == 50


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_t35_a_pathological_text_costs_what_its_length_costs(piece: str) -> None:
    markdown("")  # what is made once is made
    short, long = (lines_run(pathological(piece, size)) for size in (KB, 2 * KB))
    assert long < 2.5 * short + 5_000


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_t35_a_pathological_text_of_64_kb_becomes_harmless(piece: str) -> None:
    html = markdown(pathological(piece, 64 * KB)).lower()
    assert len(html) < 16 * 64 * KB
    for act in ("<script", "<img src=x", "onerror=a>", 'href="javascript:', 'src="data:', "<!--"):
        assert act not in html

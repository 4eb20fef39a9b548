"""Requests read from URLs and written back."""

import dataclasses
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from repository.search import SearchRequest
from repository.search.request import LONGEST_QUERY


def parse(*pairs: tuple[str, str]) -> SearchRequest:
    return SearchRequest.parse(MultiDict(pairs))


def test_a_url_without_parameters_asks_for_the_first_page_of_everything() -> None:
    assert parse() == SearchRequest()
    assert SearchRequest().args() == []


def test_a_request_survives_the_way_through_a_url() -> None:
    asked = parse(
        ("q", "ficha"), ("level", "1ceb"), ("level", "2ceb"), ("type", "slide"), ("sort", "title"), ("page", "3")
    )
    assert asked.filters == {"level": ("1ceb", "2ceb"), "type": ("slide",)}
    assert urlencode(asked.args()) == "q=ficha&level=1ceb&level=2ceb&type=slide&sort=title&page=3"
    assert SearchRequest.parse(MultiDict(asked.args())) == asked


@pytest.mark.parametrize(
    ("raw", "page"),
    [
        ("-1", 1), ("0", 1), ("1e5", 1), ("NaN", 1), ("", 1), ("2.5", 1), ("٣", 1), ("0x10", 1), ("[1]", 1), (" 7 ", 7),
        ("1" * 30, 1), ("1000000000000000000", 100_000), ("1; DROP TABLE items", 1), ("９", 1),
    ],
)  # fmt: skip
def test_an_impossible_page_is_brought_into_range(raw: str, page: int) -> None:
    assert parse(("page", raw)).page == page


@pytest.mark.parametrize(("raw", "size"), [("0", 1), ("1", 1), ("100", 100), ("101", 100), ("-5", 20), ("abc", 20)])
def test_a_page_holds_between_one_and_a_hundred(raw: str, size: int) -> None:
    assert parse(("per_page", raw)).per_page == size


@pytest.mark.parametrize("raw", ["", "DATE", "date desc", "id; --", "random"])
def test_an_unknown_order_is_relevance(raw: str) -> None:
    assert parse(("sort", raw)).sort == "relevance"


def test_unknown_facets_are_left_out_and_declared_ones_are_read() -> None:
    assert parse(("colour", "red"), ("labels", "staff"), ("level", "sec")).filters == {"level": ("sec",)}
    asked = SearchRequest.parse(MultiDict([("available", "1"), ("level", "sec")]), facets=["available"])
    assert asked.filters == {"available": ("1",)}


def test_declared_parameters_of_others_are_kept_in_addresses_and_unknown_ones_are_not() -> None:
    asked = SearchRequest.parse(
        MultiDict([("free", "2027-03-09"), ("free", ""), ("other", "x")]), extra=["free", "all"]
    )
    assert asked.extra == {"free": "2027-03-09"}
    assert asked.changed(level="1ceb").args() == [("level", "1ceb"), ("free", "2027-03-09")]
    assert asked.changed(extra={}).args() == []


def test_values_are_cleaned_once_each_and_at_most_fifty() -> None:
    asked = parse(
        *[("level", value) for value in ("", "  ", "sec", "sec", "a\x00b", "Ac\u0327a\u0303o", "x" * 500, "\ud800")]
    )
    assert asked.filters["level"] == ("sec", "a b", "Ação", "x" * 80)
    many = parse(*[("group", str(n)) for n in range(1000)])
    assert len(many.filters["group"]) == 50


def test_the_question_is_cleaned_and_at_most_256_characters_long() -> None:
    assert parse(("q", "  a\n\tb \x00 c\ud800 ")).q == "a b c"
    assert len(parse(("q", "x" * 10_000)).q) == 256
    assert len(parse(("q", "ﷺ\ufb2c" * 300)).q) <= 256


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("5ano", "5 ano"),
        ("fichas 1ciclo", "fichas 1 ciclo"),
        ("12ano mat", "12 ano mat"),
        ("12.ANO", "12 ANO"),
        ("meninos de 5anos", "meninos de 5 anos"),
        ("3período", "3 período"),
    ],
)
def test_a_number_glued_to_what_it_counts_is_read_apart(typed: str, read: str) -> None:
    assert SearchRequest.parse(MultiDict({"q": typed})).q == read


@pytest.mark.parametrize(
    "typed", ["5.º ano", "5º ano", "1CEB", '"fichas 5ano"', "«do 5ano»", "-5ano", "2024ano", "5anoneto", "a5ano"]
)
def test_other_numbers_stay_as_they_are_typed(typed: str) -> None:
    assert SearchRequest.parse(MultiDict({"q": typed})).q == typed


def test_a_question_grows_no_longer_than_it_may_be() -> None:
    typed = ("5ano " * 52)[:LONGEST_QUERY].strip()
    assert SearchRequest.parse(MultiDict({"q": typed})).q == typed


def test_changing_a_filter_leads_back_to_the_first_page_and_turning_a_page_does_not() -> None:
    asked = parse(("q", "mapa"), ("level", "sec"), ("page", "4"))
    assert asked.changed(page=5).page == 5
    for changed in (
        asked.changed(level=()),
        asked.changed(sort="date"),
        asked.changed(q="globo"),
        asked.toggled("year", "7"),
    ):
        assert changed.page == 1
    assert asked.args(level="1ceb", page=2) == [("q", "mapa"), ("level", "1ceb"), ("page", "2")]
    assert asked.args() == [("q", "mapa"), ("level", "sec"), ("page", "4")]


def test_toggling_twice_is_where_it_began() -> None:
    asked = parse(("level", "sec"))
    both = asked.toggled("level", "pre")
    assert both.filters == {"level": ("sec", "pre")}
    assert both.toggled("level", "pre") == asked
    assert asked.toggled("level", "sec").filters == {}


def test_a_request_cannot_be_changed_in_place() -> None:
    asked = parse(("level", "sec"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        asked.page = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        asked.filters["level"] = ()  # type: ignore[index]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["q", "level", "sort", "page", "per_page", "org"]), st.text(max_size=400))))
def test_any_parameters_make_a_request_that_survives_a_url(pairs: list[tuple[str, str]]) -> None:
    asked = parse(*pairs)
    assert len(asked.q) <= 256
    assert asked.page >= 1
    assert 1 <= asked.per_page <= 100
    assert SearchRequest.parse(MultiDict(asked.args())) == asked

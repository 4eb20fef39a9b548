"""Days are written as the people of each language write them."""

from datetime import UTC, date, datetime

import pytest

from repository.days import day_in_figures, day_in_full, day_in_words, month_in_words
from repository.errors import Conflict
from repository.http import words_of
from repository.web.display import show_date, show_moment

DAY = date(2027, 3, 9)
LANGUAGES = ("pt_PT", "en", "sv", "de")


@pytest.mark.parametrize(
    ("say", "pt", "en", "sv", "de"),
    [
        (lambda to: day_in_figures(DAY, to), "09/03/2027", "2027-03-09", "2027-03-09", "09.03.2027"),
        (lambda to: day_in_words(DAY, to), "9 mar. 2027", "9 Mar 2027", "9 mars 2027", "9. März 2027"),
        (lambda to: day_in_words(DAY, to, year=False), "9 mar.", "9 Mar", "9 mars", "9. März"),
        (
            lambda to: day_in_words(DAY, to, weekday=True, year=False),
            "terça, 9 mar.", "Tue 9 Mar", "tis 9 mars", "Di., 9. März",
        ),
        (lambda to: day_in_full(DAY, to), "9 de março de 2027", "9 March 2027", "9 mars 2027", "9. März 2027"),
        (lambda to: day_in_full(DAY, to, year=False), "9 de março", "9 March", "9 mars", "9. März"),
        (
            lambda to: day_in_full(DAY, to, weekday=True, year=False),
            "terça-feira, 9 de março", "Tuesday, 9 March", "tisdag 9 mars", "Dienstag, 9. März",
        ),
        (lambda to: month_in_words(DAY, to), "março de 2027", "March 2027", "mars 2027", "März 2027"),
    ],
)  # fmt: skip
def test_a_day_is_said_in_four_languages(say, pt, en, sv, de):
    assert [say(locale) for locale in LANGUAGES] == [pt, en, sv, de]


@pytest.mark.parametrize(
    ("tag", "figures", "words"),
    [
        ("pt", "10/03/2027 00:30", "10 mar. 2027"),
        ("en", "2027-03-10 00:30", "10 Mar 2027"),
        ("sv", "2027-03-10 00:30", "10 mars 2027"),
        ("de", "10.03.2027 00:30", "10. März 2027"),
    ],
)
def test_pages_and_refusals_say_the_day_at_the_centre_in_the_language_of_the_page(app, admin, tag, figures, words):
    at = datetime(2027, 7, 9, 23, 30, tzinfo=UTC)  # past midnight in Lisbon, where it is summer
    with app.test_request_context(headers={"Accept-Language": tag}):
        assert show_moment(at) == figures.replace("03", "07")
        assert show_date(at) == figures.replace("03", "07").split()[0]
        assert show_date(DAY.replace(day=10), "words") == words
        assert words_of(Conflict("%(day)s", day=DAY.replace(day=10))) == figures.split()[0]

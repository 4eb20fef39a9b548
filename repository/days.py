"""Days as the people of a language write them: by the formats of Babel's own data (CLDR), for pages, mail and paper."""

import re
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_date

# The English of the house puts the day first: 9 March, as all of Europe does.
WRITTEN_AS = {"en": "en_GB"}
# A number of month and day can be read in two ways in English; there, a day in figures begins with the year.
IN_FIGURES = {"pt_PT": "medium", "de": "medium", "sv": "short"}
YEAR_FIRST = "yyyy-MM-dd"
# The data has no words for a short month in Portuguese, only figures (9/03); these are those of the house: 9 mar.
SHORT_IN_PORTUGUESE = {"MMMd": "d MMM", "yMMMd": "d MMM y", "MMMEd": "EEE, d MMM", "yMMMEd": "EEE, d MMM y"}
_YEAR_AT_END = re.compile(r"[\s,]*('de')?\s*y$")


def day_in_figures(value: date, locale: str) -> str:
    """Return a day as 09/03/2027, or as the language has it."""
    return format_date(value, IN_FIGURES.get(locale, YEAR_FIRST), locale=locale)


def day_in_words(value: date, locale: str, *, weekday: bool = False, year: bool = True) -> str:
    """Return a day with a short month: 9 mar. 2027, with its weekday ter., 9 mar. 2027."""
    return _say(value, locale, f"{'y' if year else ''}MMM{'E' if weekday else ''}d")


def day_in_full(value: date, locale: str, *, weekday: bool = False, year: bool = True) -> str:
    """Return a day with the whole month: 9 de março de 2027, with its weekday terça-feira, 9 de março de 2027."""
    return format_date(value, _whole(WRITTEN_AS.get(locale, locale), weekday, year), locale=locale)


def month_in_words(value: date, locale: str) -> str:
    """Return the month of a day with its year: março de 2027."""
    return _say(value, locale, "yMMMM")


def _say(value: date, locale: str, skeleton: str) -> str:
    return format_date(value, _pattern(WRITTEN_AS.get(locale, locale), skeleton), locale=locale)


@lru_cache(maxsize=64)
def _pattern(locale: str, skeleton: str) -> str:
    if locale.startswith("pt") and skeleton in SHORT_IN_PORTUGUESE:
        return SHORT_IN_PORTUGUESE[skeleton]
    return str(Locale.parse(locale).datetime_skeletons[skeleton].pattern)


@lru_cache(maxsize=64)
def _whole(locale: str, weekday: bool, year: bool) -> str:
    pattern = str(Locale.parse(locale).date_formats["full" if weekday else "long"].pattern)
    return pattern if year else _YEAR_AT_END.sub("", pattern)

"""What a question says of when something must be free: «livre na terça», «disponível a 9 de março às 10:30».

A weekday at the end of a question about a kit is a day, too: «kit de robótica terça».
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from plugins.physical_loans.asking import YEARS

WEEKDAYS = {
    "segunda": 0, "terça": 1, "terca": 1, "quarta": 2, "quinta": 3, "sexta": 4, "sábado": 5, "sabado": 5, "domingo": 6,
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
}  # fmt: skip
NEAR = {"hoje": 0, "today": 0, "amanhã": 1, "amanha": 1, "tomorrow": 1}
MONTHS = (
    ("janeiro", "january"), ("fevereiro", "february"), ("março", "marco", "march"), ("abril", "april"),
    ("maio", "may"), ("junho", "june"), ("julho", "july"), ("agosto", "august"), ("setembro", "september"),
    ("outubro", "october"), ("novembro", "november"), ("dezembro", "december"),
)  # fmt: skip
MONTH_OF = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
_FREE = r"(?:livres?|dispon[ií]ve(?:l|is)|free|available)"
_ON = r"(?:\s+(?:na|no|em|a|à|ao|para|dia|próxim[ao]|proxim[ao]|o|on|next|the|for))*"
_WHEN = (
    rf"(?P<weekday>{'|'.join(WEEKDAYS)})(?:-feira|\s+feira)?",
    rf"(?P<near>{'|'.join(NEAR)})",
    r"(?P<iso>\d{4}-\d\d-\d\d)",
    r"(?P<day>\d{1,2})\s*/\s*(?P<month>\d{1,2})(?:\s*/\s*(?P<year>\d{4}))?",
    rf"(?P<day_>\d{{1,2}})(?:\s+de)?\s+(?P<name>{'|'.join(MONTH_OF)})(?:\s+(?:de\s+)?(?P<year_>\d{{4}}))?",
)
_TIME = r"(?:\s+(?:às|as|at)\s+(?P<hour>\d{1,2})(?:[:h](?P<minute>\d\d))?h?)?"
_SAID = re.compile(rf"(?<!\w){_FREE}{_ON}\s+(?:{'|'.join(_WHEN)}){_TIME}(?!\w)", re.IGNORECASE)
_ABOUT = re.compile(rf"(?<!\w)(?:kits?|malas?|maletas?|{_FREE})(?!\w)", re.IGNORECASE)
# «A mala da quinta» is about a farm, and what has a minus or quotation marks is a word.
_LAST = re.compile(
    rf"(?<![\w\-−–])(?P<of>(?:d[aeo]|uma?)\s+)?(?:(?:na|no|à|a|ao|para|próxim[ao]|proxim[ao]|on|next|for)\s+)*"
    rf"(?:{_WHEN[0]}|{_WHEN[1]}){_TIME}(?:\s+{_FREE})?(?=[\s?!.]*$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """The words as they were typed, the day they mean, and the time when one is said."""

    words: str
    day: date
    start: str = ""


def find(question: str, today: date) -> Said | None:
    """Return what a question says of when; a weekday is the next one, a date without a year the next such date."""
    found = _SAID.search(question) or _last(question)
    if found is None:
        return None
    try:
        day = _day({name: (value or "").lower() for name, value in found.groupdict().items()}, today)
        hour = int(found["hour"]) if found["hour"] else None
        start = f"{hour:02}:{int(found['minute'] or 0):02}" if hour is not None and hour < 24 else ""
    except ValueError:
        return None
    return Said(found[0], day, start) if day.year in YEARS else None


def _last(question: str) -> re.Match[str] | None:
    found = _LAST.search(question) if _ABOUT.search(question) else None
    return None if found is None or found["of"] else found


def _day(said: dict[str, str], today: date) -> date:
    if said["weekday"]:
        return today + timedelta(days=(WEEKDAYS[said["weekday"]] - today.weekday() - 1) % 7 + 1)
    if said["near"]:
        return today + timedelta(days=NEAR[said["near"]])
    if said["iso"]:
        return date.fromisoformat(said["iso"])
    month = MONTH_OF[said["name"]] if said["name"] else int(said["month"])
    number, year = int(said["day"] or said["day_"]), said["year"] or said["year_"]
    if year:
        return date(int(year), month, number)
    day = date(today.year, month, number)
    return day if day >= today else date(today.year + 1, month, number)

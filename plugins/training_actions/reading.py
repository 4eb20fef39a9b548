"""What people write in tables and forms about training actions, read leniently; knows no database."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from repository.api import N_, Invalid, Vocabulary, spelling_key

Meant = TypeVar("Meant", date, datetime)
HERE = ZoneInfo("Europe/Lisbon")
FIRST_DAY = date(1899, 12, 30)  # day 0 of the serial days of spreadsheets (ISO/IEC 29500-1, 18.17.4.1)
SERIALS = range(20_000, 80_000)  # 1954 to 2119
MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan janeiro january", "fev fevereiro feb february", "mar março marco march", "abr abril apr april",
            "mai maio may", "jun junho june", "jul julho july", "ago agosto aug august", "set setembro sep september",
            "out outubro oct october", "nov novembro november", "dez dezembro dec december",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip
REGIMES = {
    "presencial": ("presencial", "face a face"),
    "b-learning": ("b-learning", "blended", "blended learning", "misto", "híbrido", "blearning"),
    "e-learning": ("e-learning", "elearning", "a distância", "à distância", "ensino a distância", "online", "on-line"),
}
AREAS = {
    "a": N_("área da docência"),
    "b": N_("prática pedagógica e didática na docência"),
    "c": N_("formação educacional geral e das organizações educativas"),
    "d": N_("administração escolar e administração educacional"),
    "e": N_("liderança, coordenação e supervisão pedagógica"),
    "f": N_("formação ética e deontológica"),
    "g": N_("tecnologias da informação e comunicação aplicadas a didáticas específicas ou à gestão escolar"),
}
_accredited = re.compile(r"(?:CCPFC)?[\s/.-]*(ACC|RFO)[\s/.-]*(\d{3,6})\s*[/-]\s*(\d{2})")
_dgae = re.compile(r"DGAE[\s/.-]*(\d{1,5})\s*/\s*(\d{4})")
_day = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4}|\d{2})")
_iso = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_worded = re.compile(r"(\d{1,2})\.?º?\s*(?:de\s+)?([a-zç]+)\.?\s*(?:de\s+)?(\d{4})")
_clock = re.compile(r"\b(\d{1,2})[:h](\d{2})\b")
_year = re.compile(r"(\d{4}|\d{2})(?:\s*[/-]\s*(\d{4}|\d{2}))?")
_hours = re.compile(r"(\d+)\s*(?:h|:)\s*(\d{2})\b|(\d+(?:[.,]\d+)?)")
_address = re.compile(r"[^@\s<>,;\"']+@[^@\s<>,;\"']+\.[^@\s<>,;\"'.]{2,}")


@dataclass(frozen=True)
class Person:
    """Somebody named in a table, with an address or without."""

    name: str
    email: str = ""


def one_line(text: str) -> str:
    """Return the text with single spaces."""
    return " ".join(text.split())


def accreditation(text: str) -> str:
    """Return an accreditation number in its usual form: CCPFC/ACC-136707/25, DGAE/1573/2025; another as it is written."""
    written = one_line(text)
    if found := _accredited.fullmatch(written.upper()):
        return f"CCPFC/{found[1]}-{found[2]}/{found[3]}"
    if found := _dgae.fullmatch(written.upper()):
        return f"DGAE/{found[1]}/{found[2]}"
    return written


def reference_key(text: str) -> str:
    """Return what two spellings of one reference share; zeros that a spreadsheet has eaten do not count."""
    key = "".join(text.casefold().split())
    return key.lstrip("0") or key[:1] if key.isdecimal() else key


def day(text: str) -> date:
    """Return the day meant: 14/09/2026, 14-9-26, 2026-09-14, 14 set. 2026, or a spreadsheet's serial number.

    Raises Invalid for anything else, and for a year before 1990 or after 2100; a time of day after it is left out.
    """
    return meant(_day_written(text), text)


def meant(moment: Meant, text: str = "") -> Meant:
    """Return a day or moment of a year that a course may be of, 1990 to 2100. Raises Invalid."""
    if not 1990 <= moment.year <= 2100:
        raise Invalid(N_("O ano de «%(text)s» não pode ser: vai de 1990 a 2100."), text=text or moment.isoformat())
    return moment


def _day_written(text: str) -> date:
    written = one_line(text).casefold()
    if re.fullmatch(r"\d{5}(?:[.,]\d+)?", written) and int(written[:5]) in SERIALS:
        return FIRST_DAY + timedelta(days=int(written[:5]))
    try:
        if found := _iso.match(written):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _day.match(written):
            return date(_full_year(found[3]), int(found[2]), int(found[1]))
        if (found := _worded.match(written)) and found[2] in MONTHS:
            return date(int(found[3]), MONTHS[found[2]], int(found[1]))
    except ValueError as error:
        raise Invalid(N_("O dia «%(text)s» não existe."), text=text) from error
    raise Invalid(N_("Não se percebe a data «%(text)s». Escreva 14/09/2026."), text=text)


def _full_year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def closing(text: str) -> datetime:
    """Return the moment meant, in UTC: the end of the day where no time is said. Raises Invalid."""
    at = time(23, 59, 59)
    if found := _clock.search(one_line(text).casefold()):
        if int(found[1]) > 23 or int(found[2]) > 59:
            raise Invalid(N_("Não se percebe a hora em «%(text)s»."), text=text)
        at = time(int(found[1]), int(found[2]))
    return datetime.combine(day(text), at, tzinfo=HERE).astimezone(UTC)


def school_year(text: str) -> int:
    """Return the year in which a school year began: 2026 for 2026/2027, 26/27 and 2026. Raises Invalid."""
    found = _year.fullmatch(one_line(text))
    if not found or not 1990 <= _full_year(found[1]) <= 2100:
        raise Invalid(N_("Não se percebe o ano letivo «%(text)s». Escreva 2026/2027."), text=text)
    return _full_year(found[1])


def school_year_of(start: date) -> int:
    """Return the school year of a day; it begins in September."""
    return start.year if start.month >= 9 else start.year - 1


def quarters(text: str) -> int:
    """Return hours as quarters of an hour: 12,5 h is 50, 1h30 is 6. Raises Invalid."""
    found = _hours.search(text)
    if not found:
        raise Invalid(N_("Não se percebem as horas em «%(text)s»."), text=text)
    amount = int(found[1]) + int(found[2]) / 60 if found[1] else float(found[3].replace(",", "."))
    if amount * 4 != int(amount * 4) or amount > 1000:
        raise Invalid(N_("As horas contam-se em quartos de hora: «%(text)s» não serve."), text=text)
    return int(amount * 4)


def hours(text: str) -> tuple[int, int | None]:
    """Return contact and own work in quarters of an hour, from "25h + 25h", "50 (25+25)" or "25". Raises Invalid."""
    inner = re.search(r"[\d.,]+\s*\w*\s*\+\s*[\d.,]+", text)
    if inner or "+" in text:
        contact, _, own = (inner[0] if inner else text).partition("+")
        return quarters(contact), quarters(own)
    return quarters(text), None


def regime(text: str) -> str:
    """Return presencial, b-learning or e-learning, whatever is added to it. Raises Invalid."""
    return _one_of(REGIMES, text, N_("Não se conhece o regime «%(text)s»."))


def area(text: str) -> str:
    """Return the letter of an area of training, from the letter or its words. Raises Invalid."""
    written = one_line(text)
    if found := re.match(r"(?:área\s+)?([a-g])(?:\)|\s*[-–.:]|$)", written, re.IGNORECASE):
        return found[1].lower()
    return _one_of({code: (words,) for code, words in AREAS.items()}, written, N_("Não se conhece a área «%(text)s»."))


def _one_of(known: dict[str, tuple[str, ...]], text: str, refusal: str) -> str:
    key = spelling_key(text)
    for code, words in known.items():
        if any(key == spelling_key(word) for word in words):
            return code
    for code, words in known.items():
        if any(spelling_key(word) in key for word in words):
            return code
    raise Invalid(refusal, text=text)


def codes(vocabulary: Vocabulary) -> Callable[[str], list[str]]:
    """Return a reader of several codes or words of a vocabulary; it raises Invalid for one that nobody knows."""

    def read(text: str) -> list[str]:
        whole = vocabulary.find(text)
        found = [whole] if whole else [_known(vocabulary, part) for part in re.split(r"[|;,\n]", text) if part.strip()]
        return list(dict.fromkeys(found))

    return read


def code(vocabulary: Vocabulary) -> Callable[[str], str]:
    """Return a reader of one code or word of a vocabulary; it raises Invalid for one that nobody knows."""
    return lambda text: _known(vocabulary, text)


def _known(vocabulary: Vocabulary, text: str) -> str:
    found = vocabulary.find(text)
    if found is None:
        raise Invalid(N_("«%(text)s» não está na lista."), text=one_line(text))
    return found


def groups_in(vocabulary: Vocabulary, text: str) -> list[str]:
    """Return the recruitment groups that a sentence names ("docentes dos grupos 110 e 230"); prose names none."""
    whole = vocabulary.find(text)
    parts = [vocabulary.find(part) for part in re.split(r"[|;,/\n]|\be\b", text) if part.strip()]
    numbers = [number for number in re.findall(r"\b\d{3}\b", text) if number in vocabulary]
    found = [whole] if whole else [*(part for part in parts if part), *numbers]
    return [term.code for term in vocabulary if term.code in set(found)]


def address(text: str) -> str:
    """Return the one e-mail address in the text. Raises Invalid for none, or several."""
    found = _address.findall(text.removeprefix("mailto:"))
    if len(found) != 1 or len(found[0]) > 254:
        raise Invalid(N_("Não se percebe o endereço de correio «%(text)s»."), text=one_line(text))
    return str(found[0])


def people(text: str) -> list[Person]:
    """Return the people in a cell: one a line, or apart by ; | / and, where whole names stand on both sides, by , and e."""
    found = []
    for part in re.split(r"[;|\n/]", text):
        for piece in _split_names(part):
            emails = _address.findall(piece)
            name = one_line(re.sub(r"[<>()]", " ", _address.sub(" ", piece)))
            if name:
                found.append(Person(name[:120], emails[0] if emails else ""))
    return found


def _split_names(text: str) -> list[str]:
    for sign in (",", r"\be\b"):
        pieces = re.split(sign, text)
        if len(pieces) > 1 and all(len(piece.split()) > 1 for piece in pieces):
            return [name for piece in pieces for name in _split_names(piece)]
    return [text]


def name_key(name: str) -> str:
    """Return what two spellings of a name share: letters without accents and case, in their order."""
    return spelling_key(name)


def alike(one: str, other: str) -> bool:
    """Return whether two names may be of one person: the same first name, and all names of the shorter in the longer."""
    first, second = [[spelling_key(part) for part in name.split()] for name in (one, other)]
    first, second = [part for part in first if part], [part for part in second if part]
    if not first or not second:
        return False
    short, long = sorted((first, second), key=len)
    left = list(long)
    for part in short:
        match = next((word for word in left if _same_part(part, word)), None)
        if match is None:
            return False
        left.remove(match)
    return first[0] == second[0]


def _same_part(one: str, other: str) -> bool:
    """Return whether two parts of names are the same, or one is the other's initial."""
    return one == other or (len(one) == 1 and other.startswith(one)) or (len(other) == 1 and one.startswith(other))

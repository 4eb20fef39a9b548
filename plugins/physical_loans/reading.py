"""What people write about things in forms and tables, read leniently; knows no database."""

import re
from datetime import date, timedelta

from repository.api import N_, Invalid, spelling_key

FIRST_DAY = date(1899, 12, 30)  # day 0 of the serial days of spreadsheets (ISO/IEC 29500-1, 18.17.4.1)
SERIALS = range(20_000, 80_000)
YES = {"sim", "s", "x", "1", "yes", "y", "true", "verdadeiro", "ja", "oui"}
NO = {"nao", "n", "0", "no", "false", "falso", "nein", "nej"}
_amount = re.compile(r"(\d+(?:[.,]\d+)*)\s*(kg|g|gr|gramas|quilos|€|eur|euros)?")
_day = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4}|\d{2})")


def one_line(text: str) -> str:
    """Return the text with single spaces."""
    return " ".join(text.split())


def whole(text: str) -> int:
    """Return a whole number from 0; a spreadsheet's 12.0 is 12. Raises Invalid."""
    written = re.sub(r"[.,]0+$", "", one_line(text))
    if not (written.isascii() and written.isdecimal() and len(written) < 10):
        raise Invalid(N_("«%(text)s» não é um número inteiro."), text=text[:60])
    return int(written)


def grams(text: str) -> int:
    """Return a weight in grams: «4,2 kg», «350 g», and a bare number as kilos. Raises Invalid."""
    number, unit = _number(text)
    return round(number if unit in ("g", "gr", "gramas") else number * 1000)


def cents(text: str) -> int:
    """Return an amount of euros in cents: «129,50 €», «1.250,00». Raises Invalid."""
    number, _ = _number(text)
    return round(number * 100)


def _number(text: str) -> tuple[float, str]:
    found = _amount.fullmatch(one_line(text).casefold().replace(" ", ""))
    if not found or len(found[1]) > 15:
        raise Invalid(N_("Não se percebe o número «%(text)s». Escreva por exemplo 4,2."), text=text[:60])
    digits = found[1]
    last = max(digits.rfind(","), digits.rfind("."))
    decimals = len(digits) - last - 1 if last >= 0 else 0
    if last >= 0 and decimals == 3 and digits[last] == "." and digits[:last].isdecimal():
        digits, last = digits.replace(".", ""), -1  # 1.250 is one thousand two hundred and fifty here
    whole_part = re.sub(r"[.,]", "", digits[:last] if last >= 0 else digits)
    return float(f"{whole_part or 0}.{digits[last + 1 :] if last >= 0 else 0}"), found[2] or ""


def yes(text: str) -> bool:
    """Return whether a cell says yes. Raises Invalid for what is neither yes nor no."""
    key = spelling_key(text)
    if key in YES or key in NO:
        return key in YES
    raise Invalid(N_("Escreva sim ou não em vez de «%(text)s»."), text=text[:60])


def day(text: str) -> date:
    """Return the day meant: 14/09/2026, 2026-09-14, or a spreadsheet's serial number. Raises Invalid."""
    written = one_line(text)
    try:
        if re.fullmatch(r"\d{5}(?:[.,]\d+)?", written) and int(written[:5]) in SERIALS:
            return FIRST_DAY + timedelta(days=int(written[:5]))
        if found := _day.match(written):
            year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
            return date(year, int(found[2]), int(found[1]))
        return date.fromisoformat(written[:10])
    except ValueError as error:
        raise Invalid(N_("Não se percebe a data «%(text)s». Escreva 14/09/2026."), text=text[:60]) from error


def several(text: str) -> list[str]:
    """Return what a cell lists with | or ; or one a line, each once."""
    found = (one_line(part) for part in re.split(r"[|;\n]", text))
    return list(dict.fromkeys(part for part in found if part))

"""Personal data that has no place in a shared material: pupils' names, marks, numbers and contacts.

No word of what is found is repeated in the finding: it would spread what it warns of.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from plugins.moderation.checks.texts import pages_of
from repository.api import N_, Finding, Item, Services, Work, spelling_key

IN_A_ROW = 4  # numbered names, one after the other, make a list of a class
WITH_MARKS = 4  # names with marks beside them make a list of marks
NAMED_SO = 3  # either, in a file whose own name says that it is a list of a class
WORD = r"[A-ZÁÂÃÀÉÊÍÓÔÕÚÇ][a-záâãàéêíóôõúç]+(?:-[A-ZÁÉÍÓÚ][a-záâãàéêíóôõúç]+)?"
_NAME = rf"({WORD})((?:[ \t]+(?:d[aeo]s?[ ]|e[ ])?{WORD}){{1,5}})"
_NUMBERED = re.compile(rf"(?<![\d,.])(\d{{1,2}})[\s.\-–ºª)|;°]{{1,6}}{_NAME}")
_MARKED = re.compile(
    rf"{_NAME}[\s|;:\-–]{{1,6}}(?:\d{{1,3}}(?:[.,]\d)?\s*%?|(?i:muito bom|bom|suficiente|insuficiente)|MB|NS|SB)(?![\wº.ª])"
)
_ABOUT_CLASSES = re.compile(
    r"\balun[oa]s?\b|\bturma\b|\bpauta\b|n\.?\s?º|\bclassifica|\bencarregad|\bprocesso\b|\bnome\b", re.IGNORECASE
)
_BESIDE_NUMBER = re.compile(rf"{_NAME}[\s|;:\-–]{{1,6}}\d")
_FILE_OF_CLASS = re.compile(r"\bpautas?\b|\bturmas?\b|\b(?:lista|rela[cç][aã]o|nomes)\b.*\balun[oa]s\b", re.IGNORECASE)
HEADER = re.compile(rf"\b(?:nome|alun[oa])\s*(?:d[oa] alun[oa])?\s*:\s*[_.…\s]{{0,3}}{_NAME}", re.IGNORECASE)
_NIF = re.compile(
    r"\b(?:nif|contribuinte|n\.?º?\s*fiscal|identificação fiscal)\b[^\d]{0,40}(\d{3}[ .]?\d{3}[ .]?\d{3})\b",
    re.IGNORECASE,
)
_MOBILE = re.compile(r"(?<![\d.,])(?:(?:\+|00)351[\s.-]?)?9[1236]\d(?:[\s.-]?\d{3}){2}(?![ .,]?\d)")
_IBAN = re.compile(r"\bPT\d{2}(?:[\s.]?\d{4}){5}[\s.]?\d\b")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_GENERAL = re.compile(
    r"^(geral|info|secretaria|direcao|direccao|diretor|diretora|biblioteca|be|cfae|contacto|contactos|apoio|escola|"
    r"formacao|agrupamento|nome|email|exemplo|example|aluno|professor|user|utilizador)\d*@|@(exemplo|example)\.|"
    r"\.(invalid|example|test)$",
    re.IGNORECASE,
)


@cache
def given_names() -> frozenset[str]:
    """Return the commonest given names of Portuguese classrooms, by their spelling keys."""
    lines = (Path(__file__).parent / "data" / "given_names.txt").read_text(encoding="utf-8").split()
    return frozenset(spelling_key(line) for line in lines)


def is_given(word: str) -> bool:
    """Return whether a word, or the first of two with a hyphen, is a common given name."""
    return spelling_key(word.partition("-")[0]) in given_names()


def class_list(_services: Services, work: Work, item: Item) -> Iterator[Finding]:
    """Find lists of numbered names, and names with marks."""
    told: set[int] = set()
    for file, page, text in pages_of(work, item):
        named = bool(_FILE_OF_CLASS.search(re.sub(r"[_.\-]", " ", file.name)))
        if file.id in told or not (named or _ABOUT_CLASSES.search(text)):
            continue
        if _longest_run(text) >= (NAMED_SO if named else IN_A_ROW):
            words = N_("«%(file)s», página %(page)s: parece uma lista de alunos.")
        elif _count(_MARKED, text) >= WITH_MARKS or (named and _count(_BESIDE_NUMBER, text) >= NAMED_SO):
            words = N_("«%(file)s», página %(page)s: parece uma pauta, com nomes e classificações.")
        else:
            continue
        told.add(file.id)
        yield Finding(words, {"file": file.name, "page": page}, file.id, "stop")


def _count(pattern: re.Pattern[str], text: str) -> int:
    """Return how many different people the pattern finds; its first two groups are a name."""
    return len({found.group(1, 2) for found in pattern.finditer(text) if is_given(found.group(1))})


def _longest_run(text: str) -> int:
    """Return how many names follow one another with rising numbers; a number may be missing, not two."""
    longest = run = last = 0
    for found in _NUMBERED.finditer(text):
        if not is_given(found.group(2)):
            continue
        number = int(found.group(1))
        run = run + 1 if run and last < number <= last + 2 else 1
        longest, last = max(longest, run), number
    return longest


def filled_header(_services: Services, work: Work, item: Item) -> Iterator[Finding]:
    """Find a worksheet that a pupil has filled in: their name stands where the line should be empty."""
    authors = {spelling_key(credit.name) for credit in item.credits}
    told: set[int] = set()
    for file, page, text in pages_of(work, item):
        for found in HEADER.finditer(text):
            name = found.group(1) + found.group(2)
            if file.id in told or not is_given(found.group(1)) or spelling_key(name) in authors:
                continue
            told.add(file.id)
            words = N_("«%(file)s», página %(page)s: há um nome onde o aluno escreve o seu.")
            yield Finding(words, {"file": file.name, "page": page}, file.id, "stop")


def personal_numbers(_services: Services, work: Work, item: Item) -> Iterator[Finding]:
    """Find tax numbers, mobile telephones, bank accounts and the e-mail addresses of single people."""
    for file, page, text in pages_of(work, item):
        for kind in dict.fromkeys(kind for kind, _ in numbers_in(text)):
            yield Finding(_IN_FILE[kind], {"file": file.name, "page": page}, file.id)


_IN_FILE = {
    "nif": N_("«%(file)s», página %(page)s: tem um número de contribuinte."),
    "mobile": N_("«%(file)s», página %(page)s: tem um número de telemóvel."),
    "iban": N_("«%(file)s», página %(page)s: tem um número de conta bancária."),
    "email": N_("«%(file)s», página %(page)s: tem o endereço de correio de alguém."),
}


def numbers_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield each personal number or address in a text: "nif", "mobile", "iban" or "email", and how it is written."""
    for found in _NIF.finditer(text):
        if is_nif(re.sub(r"\D", "", found.group(1))):
            yield "nif", found.group(1)
    for found in _MOBILE.finditer(text):
        yield "mobile", found.group()
    for found in _IBAN.finditer(text):
        if is_iban(re.sub(r"[\s.]", "", found.group())):
            yield "iban", found.group()
    for found in _EMAIL.finditer(text):
        if not _GENERAL.search(found.group()):
            yield "email", found.group()


def is_nif(digits: str) -> bool:
    """Return whether nine digits carry the check digit of a Portuguese tax number (modulo 11)."""
    if len(digits) != 9 or digits[0] not in "1235689":
        return False
    rest = sum(int(digit) * (9 - place) for place, digit in enumerate(digits[:8])) % 11
    return int(digits[8]) == (0 if rest < 2 else 11 - rest)


def is_iban(text: str) -> bool:
    """Return whether the text is a bank account number with a right check (ISO 13616, modulo 97)."""
    moved = text[4:] + text[:4]
    return text[2:].isdigit() and int("".join(str(int(char, 36)) for char in moved)) % 97 == 1

"""Choosing a title, a summary and a language from what a reader found, and cleaning the text."""

import re
import unicodedata
from collections.abc import Iterable

from repository.files.extraction import Extraction, Reading
from repository.files.language import detect
from repository.files.names import clean_name, extension

MAX_TEXT = 2_000_000
MAX_TITLE = 200
FIRST_PAGES, FIRST_CHARS = 30, 60_000  # where a summary may be found, behind covers and tables of contents
MAX_SUMMARY = 300
CONTROLS = {code: " " for code in range(32) if chr(code) not in "\n\t"} | {127: " ", 0xFFFE: "", 0xFFFF: "", 0xAD: ""}
CONTROLS |= dict.fromkeys(range(0xD800, 0xE000), "")
PRODUCER = re.compile(
    r"^(microsoft (office )?(word|powerpoint|excel|publisher)|openoffice|libreoffice)\s*[-–]\s*", re.I
)
THING = (
    r"(new |novo )?(documento?|dokument|livro|book|workbook|folha|pasta|apresenta[cç][aã]o|presentation|slide|"
    r"diapositivo|layout|page|p[aá]gina|scan|digitaliza[cç][aã]o|img|image|imagem|doc|pdf|print|impress[aã]o)"
)
RUBBISH = re.compile(
    r"untitled( document| presentation)?|sem t[ií]tulo|sans titre|unbenannt|t[ií]tulo|title|new|novo|default|none|"
    r"null|unknown( title)?|"
    rf"{THING}[ _-]*(do |microsoft |em |de )?(word|powerpoint|excel)?[ _-]*\d*|"
    r"powerpoint(-| )(presentation|präsentation)|(scan|img|dsc|doc)[ _-]?[\d_-]+|"
    r".*\.(docx?|pptx?|xlsx?|od[tps]|pdf|html?|tex|dvi|indd|pmd|qxd|cdr|pub|rtf|jpe?g|png|tmp)",
    re.IGNORECASE,
)
NOBODY = re.compile(
    r"unknown( author)?|anonymous|an[oó]nimo|user|utilizador|microsoft office user|"
    r"admin(istrador|istrator)?|windows user|python-docx|pc|aluno|professor|autor|author|[\W\d_]*",
    re.IGNORECASE,
)
GENERATED = re.compile(r"(generated|created|produced|gerado|criado) (by|using|with|por|com)\b", re.IGNORECASE)
VERSION_WORDS = re.compile(
    r"[ _.-]*(\(\d+\)|(?<![^\W_])"
    r"(?:final|definitiv[oa]|vers[aã]o|version|ver|rev|c[oó]pia|copia|copy|novo|nova|v)[ _.-]*\d*)$",
    re.I,
)


NUMBERED = re.compile(r"\d+(\.\d+)+\.? ")  # a line of a table of contents


def clean(text: str) -> str:
    """Return `text` in NFC, without control characters, and with blank stretches made short."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROLS))
    text = re.sub(r"[ \u00a0]{2,}", " ", text)
    return re.sub(r" ?\n(?: ?\n)+ ?", "\n\n", text).strip()


def one_line(text: str) -> str:
    """Return `text` cleaned, on one line."""
    return " ".join(clean(text).split())


def finish(reading: Reading, name: str) -> Extraction:
    """Return the extraction of a file given as `name`, all its parts chosen, cleaned and capped."""
    pages = _capped(reading.pages)
    start = "\n".join(pages[:FIRST_PAGES])[:FIRST_CHARS]
    title = _title(reading, name, start)
    return Extraction(
        title=title,
        language=detect(start or f"{title} {reading.description}", reading.language),
        summary=_summary(one_line(reading.description), title, start),
        keywords=_words(reading.keywords),
        authors=tuple(author for author in _words(reading.authors) if not NOBODY.fullmatch(author)),
        pages=pages,
        page_count=reading.page_count,
        hidden=reading.hidden,
    )


def title_from_name(name: str) -> str:
    """Return a title made of a file name: "fracoes_guiao_FINAL2.pdf" gives "Fracoes guiao"."""
    name = clean_name(name)
    ending = extension(name)
    stem = name[: -len(ending) - 1] if ending else name
    while (shorter := VERSION_WORDS.sub("", stem)) != stem and re.search(r"[^\W\d_]", shorter):
        stem = shorter
    stem = re.sub(r"[_+]+|(?<=\D)\.(?=\D)", " ", stem)
    if " " not in stem:
        stem = stem.replace("-", " ")
    stem = " ".join(stem.split()) or name
    return stem[:1].upper() + stem[1:MAX_TITLE]


def _title(reading: Reading, name: str, start: str) -> str:
    for candidate in (
        _unwrapped(reading.title),
        reading.heading,
        *(_first_lines(start) if reading.names_itself else ()),
    ):
        title = one_line(candidate)
        if 3 <= len(title) <= MAX_TITLE and not rubbish(title, name):
            return title
    return title_from_name(name)


def _unwrapped(title: str) -> str:
    return PRODUCER.sub("", title.strip())


def _first_lines(start: str) -> Iterable[str]:
    """Yield the first line when it is short enough to be a heading."""
    for line in start.split("\n"):
        if line.strip():
            if len(line) <= 120 and not line.rstrip().endswith((",", ";")):
                yield line
            return


def rubbish(title: str, name: str = "") -> bool:
    """Say whether `title` is what a program wrote because nobody gave a title."""
    bare = title.strip(" .-_'\"")
    if sum(char.isalpha() for char in bare) < 3 or RUBBISH.fullmatch(bare):
        return True
    stem = clean_name(name).rpartition(".")[0]
    looks_like_a_file = " " not in bare and bool(re.search(r"[_\d\\/]", bare))
    return looks_like_a_file or (bare == stem and " " not in bare)


def _summary(description: str, title: str, start: str) -> str:
    if len(description) >= 20 and not GENERATED.match(description) and description.casefold() != title.casefold():
        return shortened(description)
    folded = title.casefold()
    lines = [" ".join(line.split()) for line in start.split("\n")]
    lines = [line for line in lines if line and line.casefold() not in folded]
    found = ""
    for line in lines:
        if not _is_prose(line):
            if found:
                break
            continue
        found = f"{found} {line}".strip()
        if len(found) >= MAX_SUMMARY // 2:
            break
    return shortened(found or " · ".join(lines[:12]))


def _is_prose(line: str) -> bool:
    letters = sum(char.isalpha() or char.isspace() for char in line)
    long = len(line) >= 40 and line.count(" ") >= 5 and letters >= 0.75 * len(line) and not line.isupper()
    return long and not NUMBERED.match(line) and (len(line) >= 100 or line.endswith((".", "!", "?", "…", ":")))


def shortened(text: str, longest: int = MAX_SUMMARY) -> str:
    """Return at most `longest` characters of `text`, ending with a sentence or a word and "…"."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    sentence = max(cut.rfind(mark) for mark in (". ", "! ", "? "))
    if sentence >= longest // 2:
        return cut[: sentence + 1]
    return cut[: cut.rfind(" ") if " " in cut else None].rstrip(" ,;:.–-") + "…"


def _words(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts on one line each, without doubles, at most 50."""
    lines = (one_line(text)[:MAX_TITLE] for text in texts)
    return tuple(dict.fromkeys(line for line in lines if line))[:50]


def _capped(pages: Iterable[str]) -> tuple[str, ...]:
    kept, left = [], MAX_TEXT
    for page in pages:
        text = clean(page[: left + 1000])[:left]
        kept.append(text)
        left -= len(text)
        if left <= 0:
            break
    return tuple(kept)


def keywords_in(text: str) -> tuple[str, ...]:
    """Return the words that a property separates by commas or semicolons."""
    return tuple(part for part in re.split(r"[,;\n]", text) if part.strip())

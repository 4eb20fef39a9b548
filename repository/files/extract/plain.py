"""Reading files that are text: plain, Markdown, CSV, RTF, notebooks and programs."""

import codecs
import csv
import io
import json
import re
from pathlib import Path

from repository.files.extraction import Reading
from repository.files.faults import Broken

MAX_BYTES = 16 * 1024 * 1024
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
FRONT_MATTER = re.compile(r"(?m)^(title|lang|language|description|author):\s*[\"']?(.*?)[\"']?\s*$")
RTF_TOKEN = re.compile(
    r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.I
)
RTF_SILENT = {
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "headerl", "headerr", "footerl",
    "footerr", "themedata", "colorschememapping", "datastore", "latentstyles", "listtable", "listoverridetable",
    "rsidtbl", "generator", "xmlnstbl", "fldinst", "bkmkstart", "bkmkend",
}  # fmt: skip
RTF_SIGNS = {
    "par": "\n", "line": "\n", "row": "\n", "cell": "\t", "tab": "\t", "page": "\n", "sect": "\n", "bullet": "•",
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
}  # fmt: skip


def decoded(data: bytes, declared: str = "") -> str:
    """Return `data` as text: by its byte order mark, as UTF-8, as declared, else as Windows-1252."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data)  # a character cut in half at the end is no error
    except UnicodeDecodeError:
        pass
    try:
        if declared and codecs.lookup(declared).name != "utf-8":
            return data.decode(declared)
    except (LookupError, UnicodeDecodeError, ValueError):
        pass
    return data.decode("cp1252", "replace")


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return decoded(file.read(MAX_BYTES))


def read_text(path: Path) -> Reading:
    """Read plain text; its first line may become the title."""
    return Reading(pages=(_text(path),))


def read_code(path: Path) -> Reading:
    """Read a program; the title comes from its name, the description from its first comment."""
    text = _text(path)
    comment = re.match(r'(?:#!.*\n)?\s*(?:"""(.*?)"""|/\*(.*?)\*/|((?:(?:#|//).*\n)+))', text, re.DOTALL)
    said = next((part for part in comment.groups() if part), "") if comment else ""
    return Reading(description=re.sub(r"(?m)^\s*(?:#+|//|\*)\s?", "", said), names_itself=False, pages=(text,))


def read_markdown(path: Path) -> Reading:
    """Read Markdown; the heading is the front matter's title or the first heading of the first level."""
    text = _text(path)
    front = re.match(r"---\s*\n(.*?)\n---\s*\n", text, re.DOTALL)
    known: dict[str, str] = dict(FRONT_MATTER.findall(front[1])) if front else {}
    body = text[front.end() :] if front else text
    return Reading(
        title=known.get("title", ""),
        heading=_markdown_heading(body),
        language=known.get("lang") or known.get("language", ""),
        description=known.get("description", ""),
        authors=(known["author"],) if "author" in known else (),
        pages=(_bare(body),),
    )


def _markdown_heading(text: str) -> str:
    found = re.search(r"(?m)^#{1,2}[ \t]+(.+?)[ \t#]*$|^(\S.*)\n(?:=+|-+)[ \t]*$", text[:20_000])
    return _bare(found[1] or found[2]) if found else ""


def _bare(text: str) -> str:
    """Return Markdown without the marks that are no words."""
    text = re.sub(r"!?\[([^\]\n]*)\]\([^)\n]*\)", r"\1", text)
    text = re.sub(r"(?m)^\s{0,3}(#{1,6}\s+|>\s?|```.*$|~~~.*$|[=-]{3,}\s*$)", "", text)
    return re.sub(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1", r"\2", text)


def read_csv(path: Path) -> Reading:
    """Read a table in text, whichever mark is between its cells; the title comes from its name."""
    text = _text(path)
    first = text[: text.find("\n") + 1 or None]
    mark = max(";,\t|", key=first.count)
    try:
        rows = ["\t".join(cell.strip() for cell in row) for row in csv.reader(io.StringIO(text), delimiter=mark)]
    except csv.Error:
        rows = text.split("\n")
    return Reading(heading=first.strip() if mark not in first else "", names_itself=False, pages=("\n".join(rows),))


def read_rtf(path: Path) -> Reading:
    """Read the words of a Rich Text document (RTF 1.9), without its tables of fonts, pictures and headers."""
    with path.open("rb") as file:
        source = file.read(MAX_BYTES).decode("latin-1")
    title = re.search(r"\{\\title ([^{}]{1,400})\}", source[:100_000])
    author = re.search(r"\{\\author ([^{}]{1,200})\}", source[:100_000])
    return Reading(
        title=_rtf_text(title[1]) if title else "",
        authors=(_rtf_text(author[1]),) if author else (),
        pages=(_rtf_text(source),),
        hidden=("author",) if author else (),
    )


def _rtf_text(source: str) -> str:
    out: list[str] = []
    stack: list[bool] = []
    silent, fresh, skip = False, False, 0
    for token in RTF_TOKEN.finditer(source):
        word, number, byte, sign, brace, text = token.groups()
        if brace == "{":
            stack.append(silent)
            fresh = True
            continue
        if brace == "}":
            silent = stack.pop() if stack else False
        elif word:
            silent = silent or (fresh and word in RTF_SILENT)
            if word == "u" and number and not silent:
                out.append(chr(int(number) % 65536))
                skip = 1
            elif not silent:
                out.append(RTF_SIGNS.get(word, ""))
        elif sign == "*" and fresh:
            silent = True
        elif not silent:
            said = (
                bytes.fromhex(byte).decode("cp1252", "replace")
                if byte
                else text or {"~": " ", "_": "-"}.get(sign, sign)
            )
            out.append((said or "")[skip:] if skip and said else said or "")
            skip = 0 if said else skip
        fresh = False
    joined = "".join(out)
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_notebook(path: Path) -> Reading:
    """Read a Jupyter notebook (nbformat 4): its words and its code, not what the code printed."""
    try:
        known = json.loads(_text(path))
        cells = [cell for cell in known["cells"] if isinstance(cell, dict)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Broken(str(error)) from error
    words = [_source(cell) for cell in cells if cell.get("cell_type") == "markdown"]
    heading = next((found for text in words if (found := _markdown_heading(text))), "")
    pages = (_bare(_source(cell)) if cell.get("cell_type") == "markdown" else _source(cell) for cell in cells)
    return Reading(heading=heading, pages=("\n".join(page for page in pages if page),))


def _source(cell: dict[str, object]) -> str:
    source = cell.get("source", "")
    return "".join(str(line) for line in source) if isinstance(source, list) else str(source)

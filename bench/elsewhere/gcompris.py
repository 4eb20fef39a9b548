"""GCompris: a document for each activity, in the Portuguese of its translators."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

from bench.elsewhere.document import Block, Found
from bench.elsewhere.qt import translations, unpacked

HEADINGS = {
    "description": "", "goal": "Objetivo", "prerequisite": "Pré-requisitos", "manual": "Como se faz",
}  # fmt: skip
SUBJECTS = {
    "pre": {"math": "EXC-MAT", "reading": "EXC-LOE", "sciences": "CM"},
    "1ceb": {"math": "MAT", "reading": "POR", "sciences": "EM-1"},
}
LEVELS = {1: ["pre"], 2: ["pre", "1ceb"]}  # by its own stars; from three on it is for school
_STRING = re.compile(r'(qsTr\s*\(\s*)?"((?:[^"\\]|\\.)*)"')
_FIELD = re.compile(r"(?ms)^\s*(\w+):\s*(.*?)(?=^\s*(?://[^\n]*\n\s*)*\w+:|\n\})")


def read(root: Path) -> Iterator[Found]:
    """Yield the activities of an unpacked package, in the order of their names."""
    base = root / "usr/share/gcompris-qt"
    said = translations((base / "translations/gcompris_pt.qm").read_bytes())
    for packed in sorted((base / "rcc").glob("*.rcc")):
        for name, content in unpacked(packed.read_bytes()):
            if name.endswith("/ActivityInfo.qml"):
                yield _activity(packed.stem, content.decode(), lambda text: said.get(("ActivityInfo", text), text))


def _activity(name: str, source: str, translated: Callable[[str], str]) -> Found:
    source = re.sub(r"(?m)^\s*//.*\n", "", source)
    fields = {match[1]: match[2] for match in _FIELD.finditer(source)}
    texts = {key: _joined(fields.get(key, ""), translated) for key in ("title", *HEADINGS)}
    blocks: list[Block] = []
    for key, heading in HEADINGS.items():
        inside = list(_blocks(texts[key]))
        blocks += [("h", heading), *inside] if heading and inside else inside
    levels = LEVELS.get(int(fields["difficulty"]), ["1ceb"])
    section = fields.get("section", "").strip().strip('"').split(" ")[0]
    subjects = [SUBJECTS[level][section] for level in levels if section in SUBJECTS[level]]
    facts = {"level": "|".join(levels), "discipline": "|".join(subjects), "type": "educational_game"}
    return Found(f"gcompris/{name}", unescape(texts["title"]), blocks, facts)


def _joined(expression: str, translated: Callable[[str], str]) -> str:
    found = []
    for call, text in _STRING.findall(expression):
        plain = text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
        found.append(translated(plain) if call else plain)
    return "".join(found)


def _blocks(text: str) -> Iterator[Block]:
    """Yield what stands between the few tags that manuals are written with."""
    for part in re.split(r"(?i)(?=<li>)|<br\s*/?>|</?ul>|</?ol>|</li>|</?p>|\n", text):
        plain = " ".join(unescape(re.sub(r"<[^>]+>", "", part)).split())
        if plain:
            yield ("li" if part.lower().startswith("<li>") else "p"), plain

"""Reads the deposit form: only what was sent counts, so that a page may send one field or all of them."""

import re
from typing import Any, Protocol

from plugins.materials.drafts import Said
from repository.api import N_, Invalid

PLAIN = ("title", "summary", "link", "changes")
CHOICES = {"language": "languages", "type": "types", "licence": "licences"}
SEVERAL = {"level": "levels", "year": "years", "discipline": "disciplines", "group": "groups"}


class Form(Protocol):
    """A form as it was sent: names may come several times."""

    def __contains__(self, name: object) -> bool: ...
    def __iter__(self) -> Any: ...
    def __getitem__(self, name: str) -> str: ...
    def getlist(self, name: str) -> list[str]: ...


def read_form(form: Form, vocabularies: Any) -> Said:
    """Return what the form said. Codes that no vocabulary knows are left out; an empty list is one empty value."""
    said = Said()
    said.item.update({name: form[name].strip() for name in PLAIN if name in form})
    for name, vocabulary in CHOICES.items():
        if name in form and (not form[name] or form[name] in vocabularies[vocabulary]):
            said.item[name] = form[name]
    for name, vocabulary in SEVERAL.items():
        if name in form:
            said.item[name] = [code for code in form.getlist(name) if code in vocabularies[vocabulary]]
    _levels_of_years(said, vocabularies, set(form.getlist("guessed_level")))
    if "audience" in form:
        said.item["audience"] = form["audience"]
    if "keywords" in form:
        said.item["keywords"] = split_words(form["keywords"])
    if "shown" in form:
        said.shown = set(form["shown"].split())
    _read_lesson(form, vocabularies, said)
    _read_people_and_files(form, said)
    return said


def _levels_of_years(said: Said, vocabularies: Any, guessed: set[str]) -> None:
    """A year says its level, so nobody has to tick both, or to untick a guessed level that has other years."""
    if not said.item.get("year") or "level" not in said.item:
        return
    ticked = said.item["level"]
    following = vocabularies.levels_with(ticked, said.item["year"])
    both = following if set(ticked) == guessed else {*ticked, *following}
    said.item["level"] = [term.code for term in vocabularies["levels"] if term.code in both]


def _read_lesson(form: Form, vocabularies: Any, said: Said) -> None:
    if "minutes" in form:
        text = form["minutes"].strip()
        if text and not (text.isdecimal() and len(text) < 7):
            said.errors["minutes"] = Invalid(N_("Escreva só o número de minutos, por exemplo 50."), field="minutes")
        else:
            said.lesson["minutes"] = int(text) if text else None
    if "grouping" in form and (not form["grouping"] or form["grouping"] in vocabularies["groupings"]):
        said.lesson["grouping"] = form["grouping"]
    if "needs" in form:
        said.lesson["needs"] = [line.strip() for line in form["needs"].splitlines() if line.strip()]
    if "challenge" in form:
        said.lesson["challenge"] = form["challenge"].strip()
    if "assessment" in form:
        said.lesson["assessment"] = "1" in form.getlist("assessment")


def _read_people_and_files(form: Form, said: Said) -> None:
    if "authors" in form:
        said.authors = form["authors"].splitlines()
    if "note" in form:
        said.note = form["note"].strip()
    if "restricted" in form:
        said.restricted = {int(text) for text in form.getlist("restricted") if text.isdecimal() and len(text) < 19}
    for name in form:
        if (found := re.fullmatch(r"name-(\d{1,18})", name)) and form[name].strip():
            said.names[int(found[1])] = form[name].strip()


def split_words(text: str) -> list[str]:
    """Return keywords written with commas, semicolons or one a line, each once."""
    words = (word.strip() for word in re.split(r"[,;\n]", text))
    return list(dict.fromkeys(word for word in words if word))

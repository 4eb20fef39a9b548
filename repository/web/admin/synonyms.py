"""The synonyms of the search: the centre's own, and what comes with the program."""

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext

from repository import synonyms as rules
from repository.errors import Conflict, DomainError, Invalid
from repository.house import load_stored
from repository.http import begin, services
from repository.search.analysis import data
from repository.terms import PERMISSION
from repository.web.admin.door import done, door, pages, refused

LIST, ONE = "admin/synonyms.html", "admin/synonym_group.html"


def _list() -> dict[str, Any]:
    return {"own": rules.groups(door(PERMISSION).session), "shipped": data("synonyms")["groups"]}


def _one(group_id: int) -> dict[str, Any]:
    return {"group": rules.group_of(door(PERMISSION), group_id)}


@pages.get("/synonyms")
def synonyms() -> str:
    """All groups: the centre's own with what can be done, and the program's."""
    return render_template(LIST, errors={}, values={}, **_list())


@pages.post("/synonyms")
def add_synonyms() -> Any:
    """Add a group; the next search uses it."""
    door(PERMISSION)
    typed = request.form.get("ways", "")
    try:
        with begin() as work:
            rules.add_group(work, rules.ways_of(typed))
    except (Invalid, Conflict) as error:
        return _refused(LIST, error, typed, _list())
    return _changed(gettext("A pesquisa já usa estas palavras."))


@pages.get("/synonyms/<int:group_id>")
def synonym_group(group_id: int) -> str:
    """One group of the centre's, to change."""
    known = _one(group_id)
    return render_template(ONE, errors={}, values={"ways": "\n".join(known["group"].ways)}, **known)


@pages.post("/synonyms/<int:group_id>")
def change_synonyms(group_id: int) -> Any:
    """Change a group, or remove it."""
    door(PERMISSION)
    typed = request.form.get("ways", "")
    remove = request.form.get("remove") == "1"
    try:
        with begin() as work:
            if remove:
                rules.remove_group(work, group_id)
            else:
                rules.change_group(work, group_id, rules.ways_of(typed))
    except (Invalid, Conflict) as error:
        return _refused(ONE, error, typed, _one(group_id))
    return _changed(gettext("O grupo foi apagado.") if remove else gettext("A pesquisa já usa estas palavras."))


def _refused(template: str, error: DomainError, typed: str, known: dict[str, Any]) -> tuple[str, int]:
    return refused(template, error, values={"ways": typed}, **known)


def _changed(said: str) -> Any:
    load_stored(services())
    flash(said, "success")
    return done("admin.synonyms")

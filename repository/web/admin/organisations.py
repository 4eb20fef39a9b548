"""Centre, clusters, schools and councils: the tree, and what can be done to it."""

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext, ngettext

from repository import organisations as rules
from repository import school_import
from repository.errors import Conflict, Invalid
from repository.http import begin, number, services, words_of
from repository.models import Organisation
from repository.permissions import require_permission
from repository.tables import read_rows
from repository.web.admin.accounts import place_options
from repository.web.admin.door import done, door, pages, refused
from repository.web.display import label
from repository.work import Work

PERMISSION = "organisations.manage"
TREE, FORM, IMPORT = "admin/organisations.html", "admin/organisation.html", "admin/organisation_import.html"
TEXTS = ("name", "short_name", "code", "address")
MOST_BYTES = 2_000_000


def _mine(work: Work) -> list[rules.Branch]:
    covered = work.actor.powers.get(PERMISSION, frozenset())
    return [branch for branch in rules.tree(work.session) if branch.organisation.id in covered]


@pages.get("/organisations")
def organisations() -> str:
    """The tree of organisations in the person's care, and the councils."""
    work = door(PERMISSION)
    councils = rules.councils(work.session)
    names = {council.id: council.name for council in councils}
    return render_template(
        TREE, branches=_mine(work), councils=councils, council_names=names, whole=work.actor.may(PERMISSION)
    )


def _form(work: Work, organisation: Organisation | None = None) -> dict[str, Any]:
    kinds = services().vocabularies.organisation_kinds
    offered = [(code, label("organisation_kinds", code)) for code in ("school", "cluster", "council") if code in kinds]
    above = [b for b in _mine(work) if b.organisation.kind != "school" and not b.organisation.closed_at]
    return {
        "organisation": organisation,
        "kinds": offered if work.actor.may(PERMISSION) else [kind for kind in offered if kind[0] == "school"],
        "above": place_options(above),
        "councils": [(council.id, council.name) for council in rules.councils(work.session)],
        "may_move": organisation is not None and organisation.kind in ("school", "cluster"),
    }


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in (*TEXTS, "kind", "parent_id", "council_id")}


def _said(organisation: Organisation) -> dict[str, Any]:
    names = (*TEXTS, "kind", "parent_id", "council_id")
    return {name: getattr(organisation, name) for name in names}


@pages.get("/organisations/new")
def new_organisation() -> str:
    """The form for an organisation that is not there yet."""
    work = door(PERMISSION)
    values = {"kind": "school", "parent_id": request.args.get("parent_id", "")}
    return render_template(FORM, errors={}, values=values, **_form(work))


@pages.post("/organisations")
def add_organisation() -> Any:
    """Add an organisation under another."""
    door(PERMISSION)
    values = _typed()
    try:
        with begin() as work:
            texts = {name: values[name] for name in TEXTS if name != "name"}
            parent, council = number(values["parent_id"]), number(values["council_id"])
            parent = parent if rules.ABOVE.get(values["kind"]) else None
            rules.add(work, values["kind"], values["name"], parent_id=parent, council_id=council, **texts)
    except (Invalid, Conflict) as error:
        return refused(FORM, error, values=values, **_form(door(PERMISSION)))
    flash(gettext("«%(name)s» está na lista.", name=values["name"]), "success")
    return done("admin.organisations")


@pages.get("/organisations/<int:organisation_id>")
def organisation(organisation_id: int) -> str:
    """The form for what an organisation says of itself and where it stands."""
    work = door(PERMISSION)
    found = _found(work, organisation_id)
    return render_template(FORM, errors={}, values=_said(found), **_form(work, found))


def _found(work: Work, organisation_id: int) -> Organisation:
    found = rules.get(work, organisation_id)
    require_permission(work, PERMISSION, rules.place_of(found))
    return found


@pages.post("/organisations/<int:organisation_id>")
def change_organisation(organisation_id: int) -> Any:
    """Change an organisation's words, council and place in the tree."""
    door(PERMISSION)
    values = _typed()
    try:
        with begin() as work:
            found = rules.get(work, organisation_id)
            rules.change(work, found, number(values["council_id"]), **{name: values[name] for name in TEXTS})
            if rules.ABOVE[found.kind] and number(values["parent_id"]) != found.parent_id:
                rules.move(work, found, number(values["parent_id"]))
    except (Invalid, Conflict) as error:
        work = door(PERMISSION)
        return refused(FORM, error, values=values, **_form(work, _found(work, organisation_id)))
    flash(gettext("Guardado."), "success")
    return done("admin.organisations")


@pages.post("/organisations/<int:organisation_id>/close")
def close_organisation(organisation_id: int) -> Any:
    """Close an organisation, or open it again."""
    door(PERMISSION)
    shut = request.form.get("on") == "1"
    try:
        with begin() as work:
            found = rules.get(work, organisation_id)
            (rules.close if shut else rules.reopen)(work, found)
    except (Invalid, Conflict) as error:
        work = door(PERMISSION)
        found = _found(work, organisation_id)
        return refused(FORM, error, values=_said(found), **_form(work, found))
    flash(gettext("Fechada.") if shut else gettext("Aberta."), "success")
    return done("admin.organisations")


@pages.get("/organisations/import")
def organisations_import() -> str:
    """The form that takes a table of schools."""
    door(PERMISSION)
    return render_template(IMPORT, errors={}, plan=None, headings=school_import.HEADINGS)


@pages.post("/organisations/import")
def import_organisations() -> Any:
    """Show what a table would add, or add all of it; with one wrong row, nothing is added."""
    door(PERMISSION)
    known: dict[str, Any] = {"plan": None, "headings": school_import.HEADINGS}
    sent = request.files.get("file")
    try:
        rows = read_rows(sent.stream.read(MOST_BYTES + 1) if sent else b"")
        with begin() as work:
            plan = school_import.plan(work, rows, services().vocabularies.organisation_kinds)
            known |= {"plan": plan, "faults": [(fault.number, words_of(fault.error)) for fault in plan.faults]}
            added = school_import.carry_out(work, plan) if request.form.get("do") == "1" and not plan.faults else None
    except (Invalid, Conflict) as error:
        return refused(IMPORT, error, **known)
    if added is None:
        return render_template(IMPORT, errors={}, **known), 422 if known["faults"] else 200
    flash(ngettext("Entrou %(num)s organização.", "Entraram %(num)s organizações.", added), "success")
    return done("admin.organisations")

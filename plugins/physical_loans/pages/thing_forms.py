"""From the forms of things, copies and parts to the values that the rules know, and back."""

import re
from datetime import date
from typing import Any

from flask import request
from flask_babel import get_locale, gettext

from plugins.physical_loans import catalogue, copies, reading
from plugins.physical_loans.models import Component, Copy, Thing
from plugins.physical_loans.pages import words
from plugins.physical_loans.pages.things_door import typed
from repository.api import N_, Invalid, Work, find_user, services

BLANK_PARTS = 3
MOST_ROWS = 220
VOCABULARIES = {"level": "levels", "year": "years", "group": "groups", "discipline": "disciplines"}
AUDIENCES = (
    ("public", N_("Toda a gente")),
    ("members", N_("Só quem tem conta")),
    ("organisation", N_("Só a escola ou o centro")),
)


def thing_values() -> dict[str, Any]:
    """Return what the form says of a thing. Raises Refused."""
    line, text = (reading.one_line, ""), (str, "")
    values = typed(
        {
            "title": line,
            "summary": text,
            "category": line,
            "unit_name": line,
            "preparation_days": (reading.whole, 0),
            "turnaround_days": (reading.whole, 0),
            "preparation_minutes": (reading.whole, None),
            "weight": (reading.grams, None),
            "value": (reading.cents, None),
            "training": line,
            "equivalent": line,
            "isbn": line,
            "shelf_mark": line,
            "care": text,
            "licence": line,
            "audience": (str, "public"),
            "keywords": (lambda said: reading.several(said.replace(",", ";")), []),
        }
    )
    values["needs"] = [need for need in catalogue.NEEDS if need in request.form.getlist("needs")]
    return values | {name: _codes(name, vocabulary) for name, vocabulary in VOCABULARIES.items()}


def _codes(name: str, vocabulary: str) -> list[str]:
    known = services().vocabularies[vocabulary]
    return [code for code in dict.fromkeys(request.form.getlist(name)) if code in known]


def thing_choices(work: Work) -> dict[str, Any]:
    """Return what the form of a thing offers."""
    known, locale = services().vocabularies, str(get_locale())

    def terms(vocabulary: str) -> list[tuple[str, str]]:
        return [(term.code, term.short(locale)) for term in known[vocabulary]]

    return {
        "categories": words.kinds(),
        "needs": [(code, gettext(said)) for code, said in words.NEEDS.items()],
        "levels": terms("levels"),
        "years": [(code, known["years"].label(code, locale)) for code in (term.code for term in known["years"])],
        "disciplines": terms("disciplines"),
        "groups": [(code, f"{code} {text}") for code, text in terms("groups")],
        "licences": terms("licences"),
        "audiences": [(code, gettext(said)) for code, said in AUDIENCES],
        "desks": [(desk.id, desk.name) for desk in catalogue.desks(work)],
    }


def said_of_thing(thing: Thing | None) -> dict[str, Any]:
    """Return the fields of the form: what was typed, or what the thing says."""
    lists = ("needs", *VOCABULARIES)
    if request.method == "POST":
        return request.form.to_dict() | {name: request.form.getlist(name) for name in lists}
    if thing is None:
        empty: dict[str, Any] = dict.fromkeys((*catalogue.PLAIN, *catalogue.OF_THING), "")
        return empty | {name: [] for name in lists} | {"audience": "public"}
    said: dict[str, Any] = {name: getattr(thing, name) for name in catalogue.OF_THING}
    said |= {name: getattr(thing.item, name) for name in catalogue.PLAIN}
    said |= {name: thing.item.codes(name) for name in VOCABULARIES}
    return said | {
        "keywords": ", ".join(thing.item.keywords),
        "weight": words.weight(thing.weight),
        "value": _euros(thing.value),
    }


def _euros(cents: int | None) -> str:
    return "" if cents is None else f"{cents / 100:.2f}".replace(".", ",")


def copy_values(work: Work) -> dict[str, Any]:
    """Return what the form says of a copy. Raises Refused."""
    line = (reading.one_line, "")
    values = typed(
        {
            "desk": (reading.whole, None),
            "inventory": line,
            "stock": (reading.whole, 1),
            "place": line,
            "owner": line,
            "custodian": (lambda text: _person(work, text), None),
            "condition": (str, "good"),
            "note": (str, ""),
            "value": (reading.cents, None),
            "weight": (reading.grams, None),
            "checked_on": (_day, None),
        }
    )
    return values | {"desk_id": values.pop("desk"), "custodian_id": values.pop("custodian")}


def _person(work: Work, address: str) -> int:
    person = find_user(work, address)
    if person is None:
        raise Invalid(N_("Não há nenhuma conta com este endereço."), "custodian")
    return person.id


def _day(text: str) -> date:
    return reading.day(text)


def said_of_copy(copy: Copy | None, proposed: dict[str, Any], custodian: str) -> dict[str, Any]:
    """Return the fields of the form: what was typed, what the copy says, or what is proposed for a new one."""
    if request.method == "POST":
        return request.form.to_dict()
    said = {name: getattr(copy, name) for name in copies.FIELDS} if copy else dict(proposed)
    return said | {
        "desk": said.get("desk_id") or "",
        "custodian": custodian,
        "weight": words.weight(said.get("weight")),
        "value": _euros(said.get("value")),
        "checked_on": said.get("checked_on") or "",
    }


def part_rows() -> list[dict[str, Any]]:
    """Return the rows of the list of parts as the form says; rows without a name, or taken out, are left out."""
    rows = []
    numbers = sorted({int(found[1]) for name in request.form if (found := re.fullmatch(r"p(\d{1,4})-name", name))})
    for n in numbers[:MOST_ROWS]:
        said = {name: request.form.get(f"p{n}-{name}", "").strip() for name in ("id", "name", "expected")}
        if not said["name"] or request.form.get(f"p{n}-out") == "1":
            continue
        rows.append(
            {
                "id": int(said["id"]) if said["id"].isdecimal() and len(said["id"]) < 16 else None,
                "name": said["name"],
                "expected": int(said["expected"]) if said["expected"].isdecimal() and len(said["expected"]) < 8 else 0,
                "essential": request.form.get(f"p{n}-essential") == "1",
                "consumable": request.form.get(f"p{n}-consumable") == "1",
            }
        )
    return rows


def shown_parts(parts: list[Component]) -> list[dict[str, Any]]:
    """Return the rows of the form, with empty ones at the end."""
    names = ("id", "name", "expected", "essential", "consumable")
    rows = part_rows() if request.method == "POST" else [{n: getattr(part, n) for n in names} for part in parts]
    return rows + [{"expected": ""} for _ in range(BLANK_PARTS)]

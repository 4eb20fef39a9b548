"""From the forms of actions, editions and people to the values that the rules know."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import get_locale, gettext

from plugins.training_actions import actions, participants, reading, wording
from plugins.training_actions.models import Action, Edition, Participant
from plugins.training_actions.reading import HERE, one_line
from repository.api import N_, DomainError, Invalid, services

BLANK_DELIVERABLES = 3
MOST_DELIVERABLES = 20
AUDIENCES = (
    ("public", N_("Toda a gente")),
    ("members", N_("Só quem tem conta")),
    ("organisation", N_("Só a escola ou o centro")),
)


class Refused(Exception):
    """A form with fields that cannot be read; `errors` are the refusals by field."""

    def __init__(self, errors: Mapping[str, DomainError]) -> None:
        super().__init__()
        self.errors = errors


def _values(readers: Mapping[str, tuple[str, Callable[[str], Any], Any]]) -> dict[str, Any]:
    """Read the fields (form's name, reader, what an empty one means). Raises Refused with every unreadable one."""
    values, errors = {}, {}
    for name, (field, reader, empty) in readers.items():
        text = request.form.get(field, "").strip()
        try:
            values[name] = reader(text) if text else empty
        except DomainError as error:
            errors[field] = error
    if errors:
        raise Refused(errors)
    return values


def _chosen(vocabulary: str) -> list[str]:
    return [
        code for code in dict.fromkeys(request.form.getlist(vocabulary)) if code in services().vocabularies[vocabulary]
    ]


def action_values() -> dict[str, Any]:
    """Return what the form says of an action. Raises Refused."""
    values = _values(
        {
            "title": ("title", one_line, ""),
            "accreditation": ("accreditation", reading.accreditation, ""),
            "modality": ("modality", reading.code(services().vocabularies["modalities"]), ""),
            "contact_quarters": ("contact", reading.quarters, None),
            "own_work_quarters": ("own_work", reading.quarters, None),
            "regime": ("regime", reading.regime, ""),
            "area": ("area", reading.area, ""),
            "aims": ("aims", str, ""),
            "contents": ("contents", str, ""),
        }
    )
    return values | {name: _chosen(name) for name in ("groups", "levels", "disciplines")}


def action_choices() -> dict[str, Any]:
    """Return what the form of an action offers."""
    known, locale = services().vocabularies, str(get_locale())
    return {
        "modalities": [(term.code, wording.term("modalities", term.code)) for term in known["modalities"]],
        "regimes": [(code, gettext(words)) for code, words in wording.REGIMES.items()],
        "areas": [(code, f"{code}) {gettext(words)}") for code, words in reading.AREAS.items()],
        "levels": [(term.code, wording.term("levels", term.code)) for term in known["levels"]],
        "groups": [(term.code, f"{term.code} {term.short(locale)}") for term in known["groups"]],
        "disciplines": [(term.code, wording.term("disciplines", term.code)) for term in known["disciplines"]],
    }


def said_of_action(action: Action | None) -> dict[str, Any]:
    """Return the fields of the form: what was typed, or what the action says."""
    if request.method == "POST" or action is None:
        said: dict[str, Any] = {
            name: request.form.get(name, "") for name in (*actions.ACTION_FIELDS, "contact", "own_work")
        }
        return said | {name: request.form.getlist(name) for name in ("groups", "levels", "disciplines")}
    said = {name: getattr(action, name) for name in actions.ACTION_FIELDS}
    return said | {
        "contact": wording.hours(action.contact_quarters),
        "own_work": wording.hours(action.own_work_quarters),
    }


def edition_values() -> dict[str, Any]:
    """Return what the form says of an edition. Raises Refused."""
    return _values(
        {
            "reference": ("reference", one_line, ""),
            "name": ("name", one_line, ""),
            "school_year": ("school_year", reading.school_year, None),
            "starts_on": ("starts_on", reading.day, None),
            "ends_on": ("ends_on", reading.day, None),
            "place": ("place", one_line, ""),
            "closes_at": ("closes_at", reading.closing, None),
            "licence": ("licence", reading.code(services().vocabularies["licences"]), ""),
            "audience": ("audience", str, "public"),
            "reminders": ("reminders", _days, []),
        }
    )


def _days(text: str) -> list[int]:
    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    if not all(part.isdecimal() and len(part) < 4 for part in parts):
        raise Invalid(N_("Escreva dias separados por vírgulas, por exemplo 7, 1."))
    return sorted({int(part) for part in parts}, reverse=True)


def deliverable_values() -> list[dict[str, Any]]:
    """Return what the form says each should bring; rows without a title are left out."""
    rows = []
    for n in range(MOST_DELIVERABLES):
        said = {name: request.form.get(f"d{n}-{name}", "").strip() for name in ("id", "title", "type", "count")}
        if said["title"]:
            known = said["type"] in services().vocabularies["types"]
            rows.append(
                {
                    "id": int(said["id"]) if said["id"].isdecimal() and len(said["id"]) < 16 else None,
                    "title": one_line(said["title"]),
                    "type": said["type"] if known else "",
                    "count": int(said["count"]) if said["count"].isdecimal() and len(said["count"]) < 4 else 1,
                    "by_group": request.form.get(f"d{n}-by_group") == "1",
                }
            )
    return rows


def edition_choices() -> dict[str, Any]:
    """Return what the form of an edition offers."""
    known, locale = services().vocabularies, str(get_locale())
    return {
        "licences": [(term.code, term.text("sentence", locale) or term.short(locale)) for term in known["licences"]],
        "audiences": [(code, gettext(words)) for code, words in AUDIENCES],
        "types": [(term.code, wording.term("types", term.code)) for term in known["types"]],
    }


def said_of_edition(edition: Edition | None) -> dict[str, Any]:
    """Return the fields of the form: what was typed, or what the edition says."""
    if request.method == "POST":
        return {name: request.form.get(name, "") for name in actions.EDITION_FIELDS}
    if edition is None:
        return dict.fromkeys(actions.EDITION_FIELDS, "") | {"audience": "public", "reminders": "7, 1"}
    said = {name: getattr(edition, name) for name in actions.EDITION_FIELDS}
    return said | {
        "school_year": wording.school_year(edition.school_year),
        "closes_at": _for_field(edition.closes_at),
        "reminders": ", ".join(str(days) for days in edition.reminders),
    }


def _for_field(moment: datetime | None) -> str:
    return moment.astimezone(HERE).date().isoformat() if moment else ""


def deliverable_rows(edition: Edition | None) -> list[dict[str, Any]]:
    """Return the rows of the form, with empty ones at the end."""
    if request.method == "POST":
        rows = deliverable_values()
    else:
        names = ("id", "title", "type", "count", "by_group")
        rows = [{name: getattr(row, name) for name in names} for row in (edition.deliverables if edition else ())]
    return rows + [{"count": 1} for _ in range(BLANK_DELIVERABLES)]


def participant_values() -> dict[str, Any]:
    """Return what the form says of somebody in an edition. Raises Refused."""
    values = _values(
        {
            "name": ("name", one_line, ""),
            "email": ("email", reading.address, ""),
            "school": ("school", one_line, ""),
            "group_code": ("group_code", reading.code(services().vocabularies["groups"]), ""),
            "role": ("role", str, "participant"),
        }
    )
    return values | {"named": request.form.get("named") == "1"}


def said_of_participant(participant: Participant | None) -> dict[str, Any]:
    """Return the fields of the form: what was typed, or what is known."""
    if request.method == "POST" or participant is None:
        said: dict[str, Any] = {name: request.form.get(name, "") for name in participants.PARTICIPANT_FIELDS}
        return said | {"role": request.values.get("role", "participant")}
    return {name: getattr(participant, name) for name in participants.PARTICIPANT_FIELDS}

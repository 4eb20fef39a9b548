"""Fields of actions, editions and people: checked, set, and written into the audit trail when they change."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from repository.api import N_, Invalid, Work, record

LIMITS = {
    "title": 300, "accreditation": 60, "aims": 10_000, "contents": 10_000, "reference": 60, "name": 120, "place": 200,
    "email": 254, "school": 200,
}  # fmt: skip
PRIVATE = ("name", "email", "school")  # of a participant; not for the audit trail


def said_of(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return what a row says in these fields, as the audit trail keeps it."""
    values = {name: getattr(row, name) for name in names}
    return {name: v.isoformat() if isinstance(v, date | datetime) else v for name, v in values.items()}


def differing(row: Any, values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return those of `values` that the row does not say already."""
    return {name: values[name] for name in names if name in values and getattr(row, name) != values[name]}


def check_texts(values: Mapping[str, Any]) -> None:
    """Raise Invalid for a text that is too long for its field."""
    for name, most in LIMITS.items():
        if len(str(values.get(name) or "")) > most:
            raise Invalid(N_("Use no máximo %(most)s caracteres."), field=name, most=most)


def set_values(work: Work, row: Any, values: Mapping[str, Any], names: Sequence[str], kind: str) -> bool:
    """Set what differs and write it into the audit trail; return whether anything did."""
    changed = differing(row, values, names)
    if not changed:
        return False
    told = [name for name in changed if not (kind == "participant" and name in PRIVATE)]
    before = said_of(row, told)
    for name, value in changed.items():
        setattr(row, name, value)
    if hasattr(row, "updated_at"):
        row.updated_at = work.now
    record(work, f"training.{kind}_changed", row, before | {"fields": sorted(changed)}, said_of(row, told))
    return True


def known_of(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return those of the values that are of these fields."""
    return {name: values[name] for name in names if name in values}

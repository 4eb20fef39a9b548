"""From what is sent to the API to what the rules know."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import request
from marshmallow import ValidationError

from plugins.physical_loans import asking, bookings, calendars, fitting
from plugins.physical_loans.api_said import Lesson, lesson_of
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.models import Copy
from repository.api import N_, Invalid, Work

PER_PAGE, MOST_PER_PAGE = 50, 200
PLAIN = (
    "quantity", "copy_id", "desk_id", "first", "last", "use", "organisation_id", "level", "year", "pupils", "collector",
    "note",
)  # fmt: skip


def number(name: str) -> int | None:
    """Return a whole number of the query, or None for anything else."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def part_of_page() -> tuple[int, int]:
    """Return the page that is asked for, from 1, and how much is on each."""
    return min(max(1, number("page") or 1), 10**6), min(max(1, number("per_page") or PER_PAGE), MOST_PER_PAGE)


def lesson_in(text: str) -> dict[str, Any]:
    """Return the lesson that an address says: its start and end, with a stroke between them. Raises Invalid."""
    start, _, end = text.partition("/")
    try:
        return dict(Lesson().load({"start": start, "end": end}))
    except ValidationError as error:
        raise Invalid(N_("Escreva a aula assim: 2027-03-09T10:30/2027-03-09T12:00."), "lesson") from error


def wish_of(work: Work, said: Mapping[str, Any], at: str = "", known: Wish | None = None) -> Wish:
    """Return what is wished for; of what is booked already (`known`), all that is not said stays.

    `at` is where it was sent, for the pointers of refusals. Raises Invalid.
    """
    values = {name: said[name] for name in PLAIN if name in said}
    _check_school(work, values, at)
    wish = replace(known or _begun(work, said, values, at), **values)
    if known is not None:  # a booking is for lessons or for days: what is newly said takes the other's place
        wish = replace(wish, lessons=() if said.get("first") else wish.lessons)
        wish = replace(wish, first=None, last=None) if said.get("lessons") else wish
    if said.get("lessons"):
        calendar = calendars.calendar_of(work, bookings.get_desk(work, wish.desk_id))
        windows = tuple(lesson_of(calendar, each["start"], each["end"]) for each in said["lessons"])
        wish = replace(wish, lessons=windows)
    return wish


def _begun(work: Work, said: Mapping[str, Any], values: Mapping[str, Any], at: str) -> Wish:
    copy = work.session.get(Copy, said["copy_id"]) if said.get("copy_id") is not None else None
    if said.get("copy_id") is not None and copy is None:
        raise Invalid(N_("Este exemplar não existe."), _field(at, "copy_id"))
    thing_id = said.get("thing_id") or (copy.thing_id if copy else None)
    if thing_id is None:
        raise Invalid(N_("Diga o que quer reservar."), _field(at, "thing_id"))
    desk_id = values.get("desk_id") or (copy.desk_id if copy else None) or _only_desk(work, thing_id, at)
    return Wish(thing_id, desk_id)


def _only_desk(work: Work, thing_id: int, at: str) -> int:
    bookings.get_thing(work, thing_id)
    desks = fitting.desks_of(work, [thing_id])[thing_id]
    if not desks:
        raise Invalid(N_("Nenhum exemplar se pode emprestar agora. Fale com o centro."), _field(at, "thing_id"))
    if len(desks) > 1:
        raise Invalid(N_("Vários balcões têm este material. Diga em qual."), _field(at, "desk_id"))
    return desks[0].id


def _check_school(work: Work, values: Mapping[str, Any], at: str) -> None:
    school = values.get("organisation_id")
    if school is not None and school not in {one for one, _ in asking.schools(work)}:
        raise Invalid(N_("Escolha uma escola da lista."), _field(at, "organisation_id"))
    known = work.services.vocabularies
    for name, vocabulary in (("level", "levels"), ("year", "years")):
        if values.get(name) and values[name] not in known[vocabulary]:
            raise Invalid(N_("O código «%(code)s» não é válido."), _field(at, name), code=values[name])


def _field(at: str, name: str) -> str:
    return f"{at}/{name}".lstrip("/")

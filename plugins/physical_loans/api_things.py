"""What is lent, under /api/v1/things: the copies, what is in them, and when they are free."""

from datetime import date, timedelta
from typing import Any

from flask import Response, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from plugins.physical_loans import alternatives, asking, availability, bookings, fitting, holding
from plugins.physical_loans import api_shapes as shapes
from plugins.physical_loans.api_reading import lesson_in, number, part_of_page, wish_of
from plugins.physical_loans.models import Copy, Desk, Thing
from repository.api import (
    N_,
    Invalid,
    Item,
    State,
    User,
    Work,
    look,
    may_see,
    show,
    words_of,
)

MOST_DAYS = 92


def list_things() -> Response:
    """List what is lent, by title; `GET /items?kind=physical` searches it."""
    work = look()
    query = (
        select(Thing)
        .join(Item, Item.id == Thing.item_id)
        .where(Item.state == State.PUBLISHED)
        .options(joinedload(Thing.item).options(selectinload(Item.credits), selectinload(Item.grants)))
        .order_by(Item.title, Item.id)
    )
    if category := request.args.get("category", ""):
        query = query.where(Thing.category == category[:40])
    if (desk := number("desk")) is not None:
        query = query.where(Thing.item_id.in_(select(Copy.thing_id).where(Copy.desk_id == desk)))
    seen = [thing for thing in work.session.scalars(query) if may_see(work, thing.item)]
    page, per_page = part_of_page()
    shown = seen[(page - 1) * per_page : page * per_page]
    return show({"total": len(seen), "page": page, "per_page": per_page, "things": _things(work, shown)})


def _things(work: Work, things: list[Thing]) -> list[dict[str, Any]]:
    ids = [thing.item_id for thing in things]
    desks = fitting.desks_of(work, ids)
    copies: dict[int, list[Copy]] = {thing_id: [] for thing_id in ids}
    for copy in work.session.scalars(holding.lendable(ids, "on_site")):
        copies[copy.thing_id].append(copy)
    return [shapes.thing_of(thing, copies[thing.item_id], desks[thing.item_id]) for thing in things]


def get_thing(thing_id: int) -> Response:
    """Read a thing with its copies and components."""
    work = look()
    thing = bookings.get_thing(work, thing_id)
    copies = [
        {name: getattr(copy, name) for name in ("id", "desk_id", "inventory", "stock")}
        | {"state": str(copy.state), "blocked": bool(copy.blocked)}
        for copy in thing.copies
    ]
    names = ("id", "copy_id", "name", "expected", "essential", "consumable")
    parts = [{name: getattr(part, name) for name in names} for part in thing.components if part.removed_at is None]
    return show(_things(work, [thing])[0] | {"copies": copies, "components": parts})


def get_availability(thing_id: int) -> Response:
    """How many are free on each day, or whether it is free for a lesson, and what else could be had."""
    work = look()
    thing = bookings.get_thing(work, thing_id)
    desk = _desk(work, thing_id, number("desk"))
    told: dict[str, Any] = {"thing_id": thing_id, "desk_id": desk.id}
    if lesson := request.args.get("lesson", ""):
        return show(told | _for_lesson(work, thing_id, desk, lesson))
    first = asking.read_day(request.args.get("from", ""), "from")
    last = asking.read_day(request.args.get("to", "") or first.isoformat(), "to")
    if not (date(1990, 1, 1) < first <= last < date(9000, 1, 1)):
        raise Invalid(N_("O dia da devolução é anterior ao do levantamento."), "to")
    last = min(last, first + timedelta(days=MOST_DAYS - 1))
    days = availability.by_day(work, [thing], desk, first, last)[thing_id]
    return show(told | {"days": [_day(each) for each in days]})


def _day(day: availability.Day) -> dict[str, Any]:
    why = gettext(day.why) if day.why else ""
    return {"day": day.day.isoformat(), "open": day.open, "free": day.free, "of": day.of, "why": why}


def _for_lesson(work: Work, thing_id: int, desk: Desk, text: str) -> dict[str, Any]:
    said = {"thing_id": thing_id, "desk_id": desk.id, "lessons": [lesson_in(text)], "quantity": number("quantity") or 1}
    (seen,) = fitting.look_at(work, [wish_of(work, said)])
    told: dict[str, Any] = {"free": seen.free, "why": "" if seen.why is None else words_of(seen.why)}
    times = seen.times
    told |= {
        "starts_at": times and shapes.moment(times.starts_at),
        "ends_at": times and shapes.moment(times.ends_at),
        "alternatives": []
        if seen.free
        else [shapes.alternative_of(each) for each in alternatives.offers(work, seen.wish, _asker(work))],
    }
    return told


def _asker(work: Work) -> User | None:
    return None if work.actor.user_id is None else work.session.get(User, work.actor.user_id)


def _desk(work: Work, thing_id: int, desk_id: int | None) -> Desk:
    if desk_id is not None:
        return bookings.get_desk(work, desk_id)
    desks = fitting.desks_of(work, [thing_id])[thing_id]
    if not desks:
        raise Invalid(N_("Nenhum exemplar se pode emprestar agora. Fale com o centro."))
    return desks[0]

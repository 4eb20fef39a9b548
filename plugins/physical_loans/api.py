"""Things, bookings and the waiting list under /api/v1: the pages' own rules, checks, audit and refusals."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response, request
from flask_babel import gettext
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from plugins.physical_loans import (
    alternatives,
    api_desk,
    api_refusing,
    asking,
    availability,
    bookings,
    changing,
    fitting,
    holding,
    rules,
    rush,
    waiting,
)
from plugins.physical_loans import api_shapes as shapes
from plugins.physical_loans.api_reading import lesson_in, number, wish_of
from plugins.physical_loans.bookings import Taken
from plugins.physical_loans.models import Booking, BookingState, Copy, Desk, Thing
from plugins.physical_loans.pages.door import signed_in
from repository.api import (
    IF_MATCH,
    KEY,
    N_,
    TOKEN_ONLY,
    Answer,
    ApiBlueprint,
    Invalid,
    Item,
    NotAllowed,
    State,
    User,
    Work,
    api_done,
    check_revision,
    look,
    may_see,
    needs_scope,
    show,
    tag_of,
    was_answered,
    words_of,
)

PER_PAGE, MOST_PER_PAGE = 50, 200
MOST_DAYS = 92
READS, LOANS, DESK = ("read", "loans", "desk"), ("loans", "desk"), ("desk",)
View = Callable[..., Response]


def make_blueprint() -> ApiBlueprint:
    """Return the plugin's part of the API; each application needs one of its own."""
    blueprint = ApiBlueprint("physical_loans_api", __name__, description="What is lent, bookings, and the desk")
    blueprint.record_once(api_refusing.prepare)
    blueprint.register_error_handler(Taken, api_refusing.taken)

    def add(rule: str, method: str, view: View, scopes: tuple[str, ...], told: Any, status: int = 200, said: Any = None,
            **doc: Any) -> None:  # fmt: skip
        view = needs_scope(*scopes)(view)
        view = blueprint.response(status, told)(view) if told else blueprint.response(status)(view)
        for code, name in ((401, "UNAUTHORIZED"), (403, "FORBIDDEN"), (404, "NOT_FOUND"), (412, "PRECONDITION_FAILED")):
            view = blueprint.alt_response(code, name)(view)
        view = blueprint.alt_response(409, schema=shapes.ToldTaken, content_type="application/problem+json")(view)
        view = blueprint.arguments(said)(view) if said else view
        own = {} if scopes == READS else TOKEN_ONLY
        blueprint.route(rule, methods=[method])(blueprint.doc(**own, **doc)(view))

    made: dict[str, Any] = {"parameters": [KEY]}
    changed: dict[str, Any] = {"parameters": [IF_MATCH]}
    one = "/bookings/<int:booking_id>"
    add("/things", "GET", list_things, READS, shapes.PageOfThings, parameters=THINGS)
    add("/things/<int:thing_id>", "GET", get_thing, READS, shapes.ToldWholeThing)
    add("/things/<int:thing_id>/availability", "GET", get_availability, READS, shapes.ToldAvailability, parameters=WHEN)
    add("/bookings", "GET", list_bookings, LOANS, shapes.PageOfBookings, parameters=BOOKINGS)
    add("/bookings", "POST", create, LOANS, shapes.ToldBookings, 201, shapes.SaidBookings, **made)
    add(one, "GET", get_booking, LOANS, shapes.ToldBooking)
    add(one, "PATCH", change, LOANS, shapes.ToldBooking, 200, shapes.SaidTimes, **changed)
    add(one, "DELETE", cancel, LOANS, None, 204, **changed)
    add(f"{one}/extend", "POST", extend, LOANS, shapes.ToldBooking, 200, shapes.SaidUntil, **made)
    add("/waiting-list", "GET", list_waiting, LOANS, shapes.PageOfBookings, parameters=PAGES)
    add("/waiting-list", "POST", join, LOANS, shapes.ToldBooking, 201, shapes.SaidWaiting, **made)
    add(
        "/waiting-list/<int:booking_id>/answer",
        "POST",
        answer,
        LOANS,
        shapes.ToldBooking,
        200,
        shapes.SaidAnswer,
        **made,
    )
    for name, view, said in api_desk.ACTS:
        add(f"{one}/{name}", "POST", view, DESK, shapes.ToldBooking, 200, said, **made)
    return blueprint


def _query(name: str, description: str, kind: str = "integer") -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": kind}, "description": description}


PAGES = [_query("page", "page, from 1"), _query("per_page", f"page size, at most {MOST_PER_PAGE}")]
THINGS = [_query("category", "code of the category", "string"), _query("desk", "only what this desk has"), *PAGES]
WHEN = [
    _query("desk", "the desk, where several have it"),
    _query("from", f"first day; the first {MOST_DAYS} days are told", "string"),
    _query("to", "last day", "string"),
    _query("lesson", "start and end instead of days, as 2027-03-09T10:30/2027-03-09T12:00", "string"),
    _query("quantity", "how many, with `lesson`"),
]
BOOKINGS = [
    _query("desk", "all of this desk, for those who work there"),
    _query("state", "only those in this state", "string"),
    _query("thing", "only those of this thing"),
    *PAGES,
]


def _paged(work: Work, query: Select[Any]) -> tuple[list[Any], dict[str, int]]:
    page = min(max(1, number("page") or 1), 10**6)
    per_page = min(max(1, number("per_page") or PER_PAGE), MOST_PER_PAGE)
    total = work.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = work.session.scalars(query.limit(per_page).offset((page - 1) * per_page)).all()
    return list(rows), {"total": total, "page": page, "per_page": per_page}


# Things


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
    page = min(max(1, number("page") or 1), 10**6)
    per_page = min(max(1, number("per_page") or PER_PAGE), MOST_PER_PAGE)
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
        else [shapes.alternative_of(each) for each in alternatives.offers(work, seen.wish)],
    }
    return told


# Bookings


def list_bookings() -> Response:
    """Your own bookings, the newest first; for those who work at a desk, with `desk` all of it."""
    work = signed_in()
    if (desk_id := number("desk")) is None:
        query = select(Booking).where(Booking.borrower_id == work.actor.user_id)
    else:
        if not work.actor.may(rules.DESK, bookings.get_desk(work, desk_id).organisation_id):
            raise NotAllowed(N_("Só quem trabalha neste balcão pode ver o que é emprestado."))
        query = select(Booking).where(Booking.desk_id == desk_id)
    if state := request.args.get("state", ""):
        query = query.where(Booking.state == state[:20])
    if (thing_id := number("thing")) is not None:
        query = query.where(Booking.thing_id == thing_id)
    return _show_page(work, query.order_by(Booking.id.desc()))


def _show_page(work: Work, query: Select[Any]) -> Response:
    loaded = query.options(
        joinedload(Booking.thing).joinedload(Thing.item),
        joinedload(Booking.desk),
        joinedload(Booking.borrower),
        selectinload(Booking.holds),
    )
    rows, counts = _paged(work, loaded)
    return show(counts | {"bookings": [shapes.booking_of(work, row) for row in rows]})


def create(said: dict[str, Any]) -> Response:
    """Book one thing or several, all or none. Refused, the answer says what could be had instead."""

    def act(work: Work) -> Answer:
        wishes = api_refusing.wishes_of(work, said["bookings"])
        made = bookings.book(work, wishes, _borrower(work, said))
        work.session.flush()
        return Answer(201, {"bookings": [shapes.booking_of(work, each) for each in made]})

    def refuse() -> None:
        if not was_answered(look()):
            api_refusing.refuse_taken(said["bookings"])

    return rush.look_first(refuse, lambda: api_done(act))


def _borrower(work: Work, said: Mapping[str, Any]) -> User:
    if said.get("borrower") and not work.actor.may_anywhere(rules.DESK):  # nobody else learns whose accounts there are
        raise NotAllowed(N_("Só o balcão reserva em nome de outra pessoa."))
    return asking.borrower_of(work, asking.Asked({"borrower": said.get("borrower", "")}))


def get_booking(booking_id: int) -> Response:
    """Read a booking of your own, or of a desk you work at."""
    work = signed_in()
    booking = bookings.get(work, booking_id)
    body = shapes.booking_of(work, booking)
    return show(body, tag_of(body, booking.version))


def told_of(work: Work, booking: Booking, status: int = 200) -> Answer:
    """Return the answer that shows the booking as it is now."""
    work.session.flush()
    body = shapes.booking_of(work, booking)
    return Answer(status, body, {"ETag": f'"{tag_of(body, booking.version)}"'})


def change(said: dict[str, Any], booking_id: int) -> Response:
    """Change what is booked, as long as it is not prepared; fields left out stay, and it stays yours if it does not fit."""

    def act(work: Work) -> Answer:
        booking = bookings.get(work, booking_id)
        check_revision(booking.version)
        wish = wish_of(work, said, known=changing.wish_of(booking))
        return told_of(work, changing.change(work, booking, wish))

    return api_done(act)


def cancel(booking_id: int) -> Response:
    """Give a booking up that has not left yet; what it kept is free at once."""

    def act(work: Work) -> Answer:
        booking = bookings.get(work, booking_id)
        if booking.state != BookingState.CANCELLED:
            check_revision(booking.version)
            bookings.cancel(work, booking)
        return Answer(204)

    return api_done(act)


def extend(said: dict[str, Any], booking_id: int) -> Response:
    """Bring back later what is out, when nobody waits for it."""
    return api_done(lambda work: told_of(work, changing.extend(work, bookings.get(work, booking_id), said["until"])))


# The waiting list


def list_waiting() -> Response:
    """What you wait for, with your place, and what is offered to you."""
    work = signed_in()
    mine = (Booking.borrower_id == work.actor.user_id, Booking.queued_at.is_not(None))
    states = or_(Booking.state == BookingState.WAITING, Booking.state == BookingState.OFFERED)
    return _show_page(work, select(Booking).where(*mine, states).order_by(Booking.queued_at, Booking.id))


def join(said: dict[str, Any]) -> Response:
    """Wait for something that is taken; what is free after all is offered at once."""

    def act(work: Work) -> Answer:
        return told_of(work, waiting.enqueue(work, wish_of(work, said), _borrower(work, said)), 201)

    return api_done(act)


def answer(said: dict[str, Any], booking_id: int) -> Response:
    """Take what is offered, or leave the list."""
    return api_done(lambda work: told_of(work, waiting.answer(work, bookings.get(work, booking_id), said["accept"])))


def _desk(work: Work, thing_id: int, desk_id: int | None) -> Desk:
    if desk_id is not None:
        return bookings.get_desk(work, desk_id)
    desks = fitting.desks_of(work, [thing_id])[thing_id]
    if not desks:
        raise Invalid(N_("Nenhum exemplar se pode emprestar agora. Fale com o centro."))
    return desks[0]

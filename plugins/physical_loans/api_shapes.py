"""What the lending desk's addresses under /api/v1 answer: the shapes, and how things and bookings are told in them."""

from datetime import date
from typing import Any

from marshmallow import Schema, fields

from plugins.physical_loans import queues
from plugins.physical_loans.alternatives import Offer
from plugins.physical_loans.bookings import at_desk
from plugins.physical_loans.models import Booking, BookingState, Copy, Desk, Thing
from repository.api import Told, Work, address, moment


class ToldDesk(Told):
    """A desk."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    place = fields.String(required=True)
    timezone = fields.String(required=True)


class ToldThing(Told):
    """A thing that is lent; `units` is how many can be lent in all."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    summary = fields.String(required=True)
    category = fields.String(required=True)
    unit_name = fields.String(required=True)
    units = fields.Integer(required=True)
    needs = fields.List(fields.String(), required=True)
    training = fields.String(required=True)
    desks = fields.List(fields.Nested(ToldDesk), required=True)
    url = fields.String(required=True)


class ToldPart(Told):
    """A component of every copy, or of the one named."""

    id = fields.Integer(required=True)
    copy_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True)
    expected = fields.Integer(required=True)
    essential = fields.Boolean(required=True)
    consumable = fields.Boolean(required=True)


class ToldCopy(Told):
    """A copy as anybody may know it; reserved and out follow from the availability."""

    id = fields.Integer(required=True)
    desk_id = fields.Integer(required=True)
    inventory = fields.String(required=True)
    stock = fields.Integer(required=True)
    state = fields.String(required=True)
    blocked = fields.Boolean(required=True)


class ToldWholeThing(ToldThing):
    """A thing with its copies and components."""

    copies = fields.List(fields.Nested(ToldCopy), required=True)
    components = fields.List(fields.Nested(ToldPart), required=True)


class ToldDay(Told):
    """How many units are free all day, or why the desk is shut."""

    day = fields.Date(required=True)
    open = fields.Boolean(required=True)
    free = fields.Integer(required=True)
    of = fields.Integer(required=True)
    why = fields.String(required=True)


class ToldAlternative(Told):
    """What could be had instead; `book` is what to send to /bookings for it."""

    kind = fields.String(required=True, metadata={"enum": ["day", "copy", "desk", "thing"]})
    thing_id = fields.Integer(required=True)
    title = fields.String(required=True)
    desk = fields.String(required=True)
    starts_at = fields.String(required=True)
    ends_at = fields.String(required=True)
    book = fields.Dict(required=True)


class ToldTaken(Told):
    """The refusal of what is taken (RFC 9457), with what could be had instead."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    request_id = fields.String(required=True)
    alternatives = fields.List(fields.Nested(ToldAlternative))


class ToldAvailability(Told):
    """Days, or with `lesson` whether it is free then, when it would be picked up and brought back, and what else."""

    thing_id = fields.Integer(required=True)
    desk_id = fields.Integer(required=True)
    days = fields.List(fields.Nested(ToldDay))
    free = fields.Boolean()
    why = fields.String()
    starts_at = fields.String(allow_none=True)
    ends_at = fields.String(allow_none=True)
    alternatives = fields.List(fields.Nested(ToldAlternative))


class ToldBooking(Told):
    """A booking, for its borrower and the desk; `borrower` is said to the desk only, and null once nobody is named."""

    id = fields.Integer(required=True)
    thing_id = fields.Integer(required=True)
    title = fields.String(required=True)
    desk_id = fields.Integer(required=True)
    copy_id = fields.Integer(required=True, allow_none=True)
    copies = fields.List(fields.Integer(), required=True)
    quantity = fields.Integer(required=True)
    state = fields.String(required=True, metadata={"enum": [state.value for state in BookingState]})
    late = fields.Boolean(required=True)
    use = fields.String(required=True)
    starts_at = fields.String(required=True)
    ends_at = fields.String(required=True)
    lessons = fields.List(fields.List(fields.String()), required=True)
    organisation_id = fields.Integer(required=True, allow_none=True)
    level = fields.String(required=True)
    year = fields.String(required=True)
    pupils = fields.Integer(required=True, allow_none=True)
    collector = fields.String(required=True)
    note = fields.String(required=True)
    reason = fields.String(required=True)
    renewals = fields.Integer(required=True)
    position = fields.Integer(allow_none=True, metadata={"description": "on the waiting list; 1 is next"})
    answer_by = fields.String(required=True, allow_none=True)
    created_at = fields.String(required=True)
    handed_out_at = fields.String(required=True, allow_none=True)
    returned_at = fields.String(required=True, allow_none=True)
    borrower = fields.String(allow_none=True)
    version = fields.Integer(required=True)


def page_of(told: type[Told], name: str) -> type[Schema]:
    """Return the shape of one page of a list."""
    many, whole = fields.List(fields.Nested(told), required=True), fields.Integer(required=True)
    return Told.from_dict({"total": whole, "page": whole, "per_page": whole, name: many}, name=f"{told.__name__}Page")


class ToldBookings(Told):
    """What was booked, in the order in which it was asked for."""

    bookings = fields.List(fields.Nested(ToldBooking), required=True)


PageOfThings = page_of(ToldThing, "things")
PageOfBookings = page_of(ToldBooking, "bookings")


def thing_of(thing: Thing, copies: list[Copy], desks: list[Desk]) -> dict[str, Any]:
    """Return a thing as it is told; `copies` are those that can be promised."""
    return {
        "id": thing.item_id,
        "title": thing.item.title,
        "summary": thing.item.summary,
        "category": thing.category,
        "unit_name": thing.unit_name,
        "units": sum(copy.stock for copy in copies),
        "needs": list(thing.needs),
        "training": thing.training,
        "desks": [desk_of(desk) for desk in desks],
        "url": address("pages.item", item_id=thing.item_id),
    }


def desk_of(desk: Desk) -> dict[str, Any]:
    """Return a desk as it is told."""
    return {"id": desk.id, "name": desk.name, "place": desk.place, "timezone": desk.timezone}


def booking_of(work: Work, booking: Booking) -> dict[str, Any]:
    """Return a booking as it is told to its borrower or, with the borrower's name, to the desk."""
    plain = ("id", "thing_id", "desk_id", "copy_id", "quantity", "use", "organisation_id", "level", "year", "pupils")
    texts = ("collector", "note", "reason", "renewals", "version", "lessons")
    moments = ("starts_at", "ends_at", "answer_by", "created_at", "handed_out_at", "returned_at")
    told = {name: getattr(booking, name) for name in (*plain, *texts)}
    told |= {name: moment(getattr(booking, name)) for name in moments}
    told |= {
        "title": booking.thing.item.title,
        "state": str(booking.state),
        "late": booking.state == BookingState.OUT and booking.ends_at < work.now,
        "copies": sorted({hold.copy_id for hold in booking.holds if hold.state in ("reserved", "out")}),
    }
    if booking.state == BookingState.WAITING:
        told["position"] = queues.position(work, booking)
    if at_desk(work, booking):
        person = booking.borrower
        told["borrower"] = None if person is None or person.deleted_at else person.name
    return told


def alternative_of(offer: Offer) -> dict[str, Any]:
    """Return what could be had instead, with the body that books it."""
    wish = offer.wish
    book: dict[str, Any] = {"thing_id": wish.thing_id, "desk_id": wish.desk_id, "quantity": wish.quantity}
    book |= {"copy_id": wish.copy_id} if wish.copy_id else {}
    book |= {"use": wish.use} if wish.use != "away" else {}
    if wish.lessons:
        book["lessons"] = [{"start": moment(start), "end": moment(end)} for start, end in wish.lessons]
    else:
        book |= {"from": _day(wish.first), "to": _day(wish.last)}
    return {
        "kind": offer.kind,
        "thing_id": wish.thing_id,
        "title": offer.thing.item.title,
        "desk": offer.desk.name,
        "starts_at": moment(offer.times.starts_at),
        "ends_at": moment(offer.times.ends_at),
        "book": {"bookings": [book]},
    }


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()

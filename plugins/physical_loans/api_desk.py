"""What is done at the desk, under /api/v1/bookings/<id>: scanners and programs of the centre do what its pages do."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response

from plugins.physical_loans import api_said as said_shapes
from plugins.physical_loans import api_shapes as shapes
from plugins.physical_loans import bookings, desk
from plugins.physical_loans.models import Booking
from repository.api import Answer, Work, api_done, tag_of


def done(booking_id: int, act: Callable[[Work, Booking], None]) -> Response:
    """Do something to a booking, and answer with it as it is then."""

    def whole(work: Work) -> Answer:
        booking = bookings.get(work, booking_id)
        act(work, booking)
        work.session.flush()
        body = shapes.booking_of(work, booking)
        return Answer(200, body, {"ETag": f'"{tag_of(body, booking.version)}"'})

    return api_done(whole)


def approve(booking_id: int) -> Response:
    """Say yes to a request."""
    return done(booking_id, desk.approve)


def decline(said: dict[str, Any], booking_id: int) -> Response:
    """Say no to a request, and why; what it kept is free at once."""
    return done(booking_id, lambda work, booking: desk.decline(work, booking, said["reason"]))


def prepare(booking_id: int) -> Response:
    """Say that it is packed and waits to be picked up."""
    return done(booking_id, desk.prepare)


def hand_out(said: dict[str, Any], booking_id: int) -> Response:
    """Hand out what is booked, to the borrower or to a collector."""
    copies, counts = said.get("copies", ()), _counts(said.get("counts", ()))
    return done(
        booking_id,
        lambda work, booking: desk.hand_out(work, booking, said.get("collector", ""), checked=counts, copies=copies),
    )


def give_back(said: dict[str, Any], booking_id: int) -> Response:
    """Take back what is out: all of it, or what is said; what misses becomes a task."""
    copies: Sequence[Mapping[str, Any]] = said.get("copies", ())
    units = {each["copy_id"]: each["units"] for each in copies if "units" in each}
    returned = desk.Return(
        counts=_counts(said.get("counts", ())),
        units=units or None,
        conditions={each["copy_id"]: each["condition"] for each in copies if "condition" in each},
        note=said.get("note", ""),
    )
    return done(booking_id, lambda work, booking: desk.take_back(work, booking, returned))


def _counts(said: Sequence[Mapping[str, int]]) -> dict[int, dict[int, int]]:
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    for each in said:
        counts[each["copy_id"]][each["component_id"]] = each["there"]
    return dict(counts)


ACTS = (
    ("approve", approve, None),
    ("decline", decline, said_shapes.SaidReason),
    ("prepare", prepare, None),
    ("hand-out", hand_out, said_shapes.SaidHandOut),
    ("return", give_back, said_shapes.SaidReturn),
)

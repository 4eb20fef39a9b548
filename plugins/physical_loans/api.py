"""The addresses of the lending desk under /api/v1, and what the documentation says of each."""

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Response

from plugins.physical_loans import api_bookings, api_desk, api_refusing, api_things
from plugins.physical_loans import api_said as said_shapes
from plugins.physical_loans import api_shapes as shapes
from plugins.physical_loans.api_reading import MOST_PER_PAGE
from plugins.physical_loans.api_things import MOST_DAYS
from plugins.physical_loans.bookings import Taken
from repository.api import IF_MATCH, KEY, TOKEN_ONLY, ApiBlueprint, needs_scope

READS, LOANS, DESK = ("read", "loans", "desk"), ("loans", "desk"), ("desk",)
View = Callable[..., Response]


@cache
def make_blueprint() -> ApiBlueprint:
    """Return the plugin's part of the API."""
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
    thing, one = "/things/<int:thing_id>", "/bookings/<int:booking_id>"
    add("/things", "GET", api_things.list_things, READS, shapes.PageOfThings, parameters=THINGS)
    add(thing, "GET", api_things.get_thing, READS, shapes.ToldWholeThing)
    days = f"{thing}/availability"
    add(days, "GET", api_things.get_availability, READS, shapes.ToldAvailability, parameters=WHEN)
    add("/bookings", "GET", api_bookings.list_bookings, LOANS, shapes.PageOfBookings, parameters=BOOKINGS)
    add("/bookings", "POST", api_bookings.create, LOANS, shapes.ToldBookings, 201, said_shapes.SaidBookings, **made)
    add(one, "GET", api_bookings.get_booking, LOANS, shapes.ToldBooking)
    add(one, "PATCH", api_bookings.change, LOANS, shapes.ToldBooking, 200, said_shapes.SaidTimes, **changed)
    add(one, "DELETE", api_bookings.cancel, LOANS, None, 204, **changed)
    add(f"{one}/extend", "POST", api_bookings.extend, LOANS, shapes.ToldBooking, 200, said_shapes.SaidUntil, **made)
    add("/waiting-list", "GET", api_bookings.list_waiting, LOANS, shapes.PageOfBookings, parameters=PAGES)
    add("/waiting-list", "POST", api_bookings.join, LOANS, shapes.ToldBooking, 201, said_shapes.SaidWaiting, **made)
    turn = "/waiting-list/<int:booking_id>/answer"
    add(turn, "POST", api_bookings.answer, LOANS, shapes.ToldBooking, 200, said_shapes.SaidAnswer, **made)
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

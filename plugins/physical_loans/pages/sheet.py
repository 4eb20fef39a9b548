"""What the form to book a thing shows: the plan before it is booked, the month, what can be chosen, ways on."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext

from plugins.physical_loans import alternatives, asking, basket, bookings, calendars, fitting, holding, rules, series
from plugins.physical_loans.asking import Asked
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.calendars import Calendar
from plugins.physical_loans.fitting import Look
from plugins.physical_loans.models import Booking, Desk, Thing
from plugins.physical_loans.pages import month, saying
from plugins.physical_loans.pages.door import new_key
from plugins.physical_loans.planning import Times
from repository.api import N_, DomainError, Invalid, User, Work, words_of

Address = Callable[..., str]


def sheet(
    work: Work, thing: Thing, asked: Asked, shown: str, address: Address, error: DomainError | None = None
) -> dict[str, Any]:
    """Return what the form needs. `shown` is the month asked for, `address(**changes)` this page asked otherwise."""
    desks = fitting.desks_of(work, [thing.item_id])[thing.item_id]
    known: dict[str, Any] = {"thing": thing, "asked": asked, "desks": desks, "desk": None, "errors": _by_field(error)}
    if not desks:
        return known
    desk = _chosen(desks, asked)
    names = [(one.id, one.name) for one in desks]
    known |= {"desk": desk, "desk_names": names, "address": address, "here": address(), "key": new_key(), "say": saying}
    known |= choices(work, thing, asked)
    times, looked = None, {}
    if asked.has_dates:
        looked = _look(work, thing, desk, asked)
        times = looked.pop("times")
        known["errors"] = looked.pop("errors") | known["errors"]
    first = _month(shown, times, calendars.calendar_of(work, desk).local(work.now).date())
    shown_plan = times if not looked.get("taken") else None  # what is in the way is to be seen
    drawn = month.month_of(
        work, thing, desk, first, shown_plan, lambda day: address(day=day.isoformat(), mode=_mode(asked)), asked
    )
    return known | looked | {"month": drawn, "in_basket": _in_basket(work, thing)}


def _mode(asked: Asked) -> str:
    return asked["mode"] if asked["mode"] in ("lesson", "series", "site") else "lesson"


def _by_field(error: DomainError | None) -> dict[str, str]:
    return {error.field or "": words_of(error)} if error else {}


def _chosen(desks: list[Desk], asked: Asked) -> Desk:
    return next((desk for desk in desks if str(desk.id) == asked["desk"]), desks[0])


def _month(shown: str, times: Times | None, today: date) -> date:
    """Return the first day of the month to show: the one asked for, that of the plan, or the present one."""
    if month := asking.known_day(f"{shown[:7]}-01"):
        return month
    start = (times.lessons[0][0] if times.lessons else times.starts_at).date() if times else today
    return start.replace(day=1)


def _look(work: Work, thing: Thing, desk: Desk, asked: Asked) -> dict[str, Any]:
    """Return the plan of what is asked, or why there is none and what would do instead."""
    try:
        wish = asking.wish_of(work, asked, thing.item_id, desk)
        if asked["mode"] == "series":
            return _look_at_series(work, wish, asked)
        (look,) = fitting.look_at(work, [wish])
    except DomainError as error:
        return {"times": None, "errors": _by_field(error)}
    calendar = calendars.calendar_of(work, desk)
    terms = _terms(work, thing, desk, wish)
    taken = isinstance(look.why, bookings.Taken)
    against = None if taken else look.why or _against_rules(work, calendar, terms, look)
    return {
        "times": look.times,
        "errors": _by_field(against),
        "plan": saying.plan(calendar, look.times, desk, wish.use == "on_site") if look.times else [],
        "free": not taken and against is None,
        "taken": taken,
        "seen": fingerprint(look),
        "offers": offers(work, wish, asked) if taken else [],
        "terms": terms,
    }


def _terms(work: Work, thing: Thing, desk: Desk, wish: Wish) -> rules.Terms | None:
    if work.actor.user_id is None:
        return None
    return bookings.terms_of(work, thing, desk, asking.borrower_of(work, Asked({})), wish)


def _against_rules(work: Work, calendar: Calendar, terms: rules.Terms | None, look: Look) -> DomainError | None:
    """Return what the rules have against it for the person who looks; a visitor hears it after signing in."""
    if terms is None or look.times is None:
        return None
    try:
        rules.check(work, terms, calendar, look.times, asking.borrower_of(work, Asked({})))
    except DomainError as error:
        return error
    return None


def _look_at_series(work: Work, wish: Wish, asked: Asked) -> dict[str, Any]:
    borrower = asking.borrower_of(work, Asked({})) if work.actor.user_id is not None else None
    dates = series_of(work, wish, asked, borrower)
    against = None if borrower is None else _against_person(work, wish, borrower)
    first = next((one.look for one in dates if one.look), None)
    lines = [
        {
            "day": saying.long_day(one.day),
            "free": bool(one.look and one.look.free),
            "why": gettext(one.no_lesson) if one.no_lesson else saying.refusal(one.look.why if one.look else None),
            "lesson": one.look is not None,
            "taken": one.look is not None and isinstance(one.look.why, bookings.Taken),
        }
        for one in dates
    ]
    return {
        "times": first.times if first else None,
        "errors": _by_field(against),
        "dates": [] if against else lines,
        "free_dates": sum(line["free"] for line in lines),
        "lesson_dates": sum(line["lesson"] for line in lines),
        "seen": fingerprint(*[one.look for one in dates if one.look]),
    }


def _against_person(work: Work, wish: Wish, borrower: User) -> DomainError | None:
    thing, desk = bookings.get_thing(work, wish.thing_id), bookings.get_desk(work, wish.desk_id)
    try:
        rules.check_person(work, bookings.terms_of(work, thing, desk, borrower, wish), borrower)
    except DomainError as error:
        return error
    return None


def series_of(work: Work, wish: Wish, asked: Asked, borrower: User | None) -> list[series.Date]:
    """Return the dates of a series that was asked for. Raises Invalid."""
    every = asked.number("every", 1) or 0
    if every not in (1, 2, 4):
        raise Invalid(N_("Escolha todas as semanas, de duas em duas ou de quatro em quatro."), "every")
    return series.dates_of(work, wish, asked.day("until"), every, borrower)


def fingerprint(*looks: Look) -> str:
    """Return what the person has seen of the dates, so that nothing else is booked than what was shown."""
    spans = [
        f"{look.wish.thing_id}.{look.wish.desk_id}.{look.wish.quantity}:{look.times.starts_at:%Y%m%d%H%M}-{look.times.ends_at:%Y%m%d%H%M}"
        for look in looks
        if look.times
    ]
    return "|".join(spans)[:2000]


def offers(work: Work, wish: Wish, asked: Asked) -> list[dict[str, Any]]:
    """Return what can be booked at once instead, each with its words and the fields of its button."""
    borrower = asking.borrower_of(work, Asked({})) if work.actor.user_id is not None else None
    return [_offer(work, offer, asked) for offer in alternatives.offers(work, wish, borrower)]


def _offer(work: Work, offer: alternatives.Offer, asked: Asked) -> dict[str, Any]:
    calendar = calendars.calendar_of(work, offer.desk)
    fields = asking.of_wish(asked, calendar, offer.wish).args(
        key=new_key(), seen=fingerprint(Look(offer.wish, offer.thing, offer.times, None))
    )
    start = offer.times.lessons[0][0] if offer.times.lessons else offer.times.starts_at
    day = saying.long_day(calendar.local(start).date())
    words = {
        "day": gettext("%(day)s: a próxima data livre", day=day),
        "copy": gettext("Outro exemplar, no mesmo dia"),
        "desk": gettext("No mesmo dia, em %(desk)s", desk=offer.desk.name),
        "thing": gettext("No mesmo dia: %(title)s", title=offer.thing.item.title),
    }[offer.kind]
    return {
        "words": words,
        "plan": saying.plan(calendar, offer.times, offer.desk, offer.wish.use == "on_site"),
        "url": url_for("physical_loans_booking.book", thing_id=offer.thing.item_id),
        "fields": fields,
        "item_url": url_for("pages.item", item_id=offer.thing.item_id) if offer.kind == "thing" else "",
    }


def offers_of_change(work: Work, booking: Booking, asked: Asked, error: DomainError | None) -> list[dict[str, Any]]:
    """Return what a booking could be changed to instead of what is taken, each with its words and its button's fields."""
    if not isinstance(error, bookings.Taken):
        return []
    found = alternatives.offers(work, error.wish, booking.borrower, counted=True)
    address = url_for("physical_loans_booking.change", booking_id=booking.id)
    same = [_offer(work, offer, asked) for offer in found if offer.kind != "thing"]  # a booking is always of one thing
    return [one | {"url": address, "fields": one["fields"] | {"version": booking.version}} for one in same]


def choices(work: Work, thing: Thing, asked: Asked) -> dict[str, Any]:
    """Return what the selects of the form offer."""
    copies = list(work.session.scalars(holding.lendable([thing.item_id], "on_site")))
    here = {copy.desk_id for copy in copies}
    modes = [code for code in asking.MODES if code != "block" or asking.schools(work)]
    return {
        "classes": saying.classes(work, thing.item.codes("level")),
        "schools": asking.schools(work),
        "copies": [(copy.id, copy.inventory) for copy in copies] if len(copies) > 1 else [],
        "by_number": any(copy.stock > 1 for copy in copies) or len(copies) > len(here),
        "most": sum(copy.stock for copy in copies),
        "modes": [(code, gettext(saying.MODES[code])) for code in modes],
        "for_others": work.actor.may_anywhere(rules.DESK),
        "may_borrow": work.actor.may_anywhere(rules.BORROW) or work.actor.may_anywhere(rules.DESK),
        "signed_in": work.actor.user_id is not None,
    }


def _in_basket(work: Work, thing: Thing) -> bool:
    if work.actor.user_id is None:
        return False
    return any(other.item_id == thing.item_id for _, other in basket.lines_of(work))


def hidden(asked: Asked, but: tuple[str, ...] = ()) -> Mapping[str, str]:
    """Return the fields that a form carries along unseen."""
    return {name: value for name, value in asked.args().items() if name not in but}

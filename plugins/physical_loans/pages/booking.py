"""Booking a thing: the form with everything that can be asked, and what answers when it is taken."""

from contextlib import suppress
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from plugins.physical_loans import asking, bookings, fitting, rush, series
from plugins.physical_loans.asking import Asked
from plugins.physical_loans.bookings import Taken, Wish
from plugins.physical_loans.fitting import Look
from plugins.physical_loans.models import Booking, BookingState, Thing
from plugins.physical_loans.pages.door import address_of, done, me, new_key, pages, sent_key
from plugins.physical_loans.pages.sheet import fingerprint, offers, series_of, sheet
from plugins.physical_loans.rules import AgainstRules
from repository.api import (
    N_,
    Conflict,
    DomainError,
    Invalid,
    User,
    Work,
    actor,
    begin,
    look,
    open_look,
    services,
    status_of,
    view_of,
    words_of,
)


class Unseen(Exception):
    """The form says other dates than the ones that were shown."""


@pages.get("/things/<int:thing_id>/book")
def book_form(thing_id: int) -> str:
    """Everything that can be asked of a thing: a lesson, a series, days, weeks at a school, use where it stands."""
    return _page(look(), thing_id, Asked.read(request.args))


@pages.post("/things/<int:thing_id>/book")
def book(thing_id: int) -> Response | tuple[str, int]:
    """Book what was shown; what cannot be booked comes back with what was typed and what would do instead."""
    asked, key = Asked.read(request.form), sent_key()

    def refuse() -> None:
        with open_look(services(), actor()) as work:
            _refuse_taken(work, thing_id, asked, key)

    def act() -> list[tuple[int, BookingState]]:
        with begin() as work:
            return [(booking.id, booking.state) for booking in _book(work, thing_id, asked, key)]

    try:
        known = rush.look_first(refuse, act)
    except Unseen:
        flash(gettext("Mudou as datas: veja quando levanta e devolve, e confirme."), "info")
        return _page(look(), thing_id, asked), 200
    except Taken as error:
        return _taken(look(), error, asked), status_of(error)
    except (Invalid, Conflict, AgainstRules) as error:
        return _page(look(), thing_id, asked, error), status_of(error)
    return _told(known)


def _book(work: Work, thing_id: int, asked: Asked, key: str) -> list[Booking]:
    borrower = _borrower(work, thing_id, asked)
    made = bookings.booked_with(work, borrower, key)
    if made:
        return made
    if asked["mode"] == "series":
        dates = series_of(work, _wish(work, thing_id, asked), asked, borrower)
        if fingerprint(*[one.look for one in dates if one.look]) != request.form.get("seen", ""):
            raise Unseen
        return series.book(work, dates, borrower, request.args.get("scope") == "free", key)
    return bookings.book(work, [_seen(work, _wish(work, thing_id, asked))], borrower, key)


def _refuse_taken(work: Work, thing_id: int, asked: Asked, key: str) -> None:
    """Refuse what `_book` would refuse as taken; a series, which may do without some dates, is left to it."""
    borrower = _borrower(work, thing_id, asked)
    if asked["mode"] != "series" and not bookings.booked_with(work, borrower, key):
        with suppress(Invalid):  # said by whoever books
            fitting.refuse_taken(work, fitting.plan(work, _seen(work, _wish(work, thing_id, asked))))


def _borrower(work: Work, thing_id: int, asked: Asked) -> User:
    bookings.get_thing(work, thing_id)
    me(work)
    borrower = asking.borrower_of(work, asked)
    bookings.check_borrower(work, borrower)
    return borrower


def _wish(work: Work, thing_id: int, asked: Asked) -> Wish:
    desks = fitting.desks_of(work, [thing_id])[thing_id]
    desk = next((desk for desk in desks if str(desk.id) == asked["desk"]), desks[0] if desks else None)
    if desk is None:
        raise Conflict(N_("Nenhum exemplar se pode emprestar agora. Fale com o centro."))
    return asking.wish_of(work, asked, thing_id, desk)


def _seen(work: Work, wish: Wish) -> Wish:
    """Return the wish, if its dates are those that the person was shown. Raises Unseen, or Invalid as `bookings.plan`."""
    shown = Look(wish, bookings.get_thing(work, wish.thing_id), bookings.plan(work, wish), None)
    if fingerprint(shown) != request.form.get("seen", ""):
        raise Unseen
    return wish


def _told(known: list[tuple[int, BookingState]]) -> Response:
    """Say what was booked, and lead to it."""
    asks = any(state == BookingState.REQUESTED for _, state in known)
    if asks:
        flash(gettext("Pedido feito. Fica guardado para si e o centro responde por correio."), "success")
    else:
        flash(ngettext("Está reservado.", "Estão feitas %(num)s reservas.", len(known)), "success")
    if len(known) == 1:
        return done("physical_loans_booking.booking", booking_id=known[0][0])
    return done("physical_loans_booking.mine")


def _page(work: Work, thing_id: int, asked: Asked, error: DomainError | None = None) -> str:
    thing = bookings.get_thing(work, thing_id)

    def address(**changes: Any) -> str:
        anchor = changes.pop("anchor", "reservar")
        return address_of("physical_loans_booking.book_form", asked, changes, thing_id=thing_id, _anchor=anchor)

    known = sheet(work, thing, asked, request.args.get("month", ""), address, error)
    return render_template("physical_loans/book.html", item=view_of(thing.item), **known)


def _taken(work: Work, error: Taken, asked: Asked) -> str:
    """Return the page that says what can be had instead of what somebody else has."""
    thing: Thing = bookings.get_thing(work, error.wish.thing_id)
    return render_template(
        "physical_loans/taken.html",
        message=words_of(error),
        item=view_of(thing.item),
        asked=asked,
        wish=error.wish,
        offers=offers(work, error.wish, asked),
        key=new_key(),
        again=address_of("physical_loans_booking.book_form", asked, {}, thing_id=thing.item_id),
    )

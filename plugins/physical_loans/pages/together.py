"""The basket: several things for one lesson, booked all or nothing."""

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from plugins.physical_loans import asking, basket, bookings, calendars, fitting
from plugins.physical_loans.asking import Asked
from plugins.physical_loans.bookings import Taken, Wish
from plugins.physical_loans.fitting import Look
from plugins.physical_loans.models import BookingState, Desk
from plugins.physical_loans.pages import saying
from plugins.physical_loans.pages.booking import Unseen
from plugins.physical_loans.pages.door import done, me, new_key, number, pages, sent_key, signed_in
from plugins.physical_loans.pages.sheet import fingerprint
from plugins.physical_loans.rules import AgainstRules
from repository.api import N_, Conflict, DomainError, Invalid, Work, begin, look, status_of, view_of, words_of

MODES = ("lesson", "days")
CLASS = ("class", "pupils", "organisation", "collector", "desk")


@pages.get("/basket")
def basket_page() -> str:
    """What was put together, and how each thing stands for the dates that are asked."""
    return _page(signed_in(), Asked.read(request.args))


@pages.post("/basket")
def put_in() -> Response:
    """Put a thing into the basket; asked from its page, it leads back there."""
    with begin() as work:
        thing_id = number(request.values.get("thing")) or 0
        basket.put_in(work, me(work), thing_id, number(request.form.get("quantity") or "1") or 0)
    flash(gettext("Está no cesto."), "success")
    return done("physical_loans_booking.basket_page", **_dates())


@pages.post("/basket/remove")
def take_out() -> Response:
    """Take a thing out of the basket."""
    with begin() as work:
        basket.take_out(work, me(work), [number(request.form.get("thing")) or 0])
    flash(gettext("Saiu do cesto."), "success")
    return done("physical_loans_booking.basket_page", **_dates())


def _dates() -> dict[str, Any]:
    """Return the dates and the class that the page showed, so that putting in or taking out does not lose them.

    A series and use where it stands are for a lesson here; weeks at a school have dates that a basket does not know.
    """
    asked = Asked.read(request.form)
    if not asked.has_dates or asked["mode"] == "block":
        return {}
    mode = "days" if asked["mode"] == "days" else "lesson"
    kept = ("day", "start", "end") if mode == "lesson" else ("first", "last")
    return {name: text for name, text in asked.args(mode=mode).items() if name in (*kept, "mode", *CLASS)}


@pages.post("/basket/book")
def book_basket() -> Response | tuple[str, int]:
    """Book all that is in the basket for the dates that were shown, or nothing."""
    asked = Asked.read(request.form)
    try:
        with begin() as work:
            person, key = me(work), sent_key()
            made = bookings.booked_with(work, person, key)
            if not made:
                common = _common(work, asked)
                if fingerprint(*basket.look_at(work, common, person)) != request.form.get("seen", ""):
                    raise Unseen
                made = basket.book(work, common, person, key)
            asks = any(booking.state == BookingState.REQUESTED for booking in made)
            count = len(made)
    except Unseen:
        flash(gettext("Mudou o cesto ou as datas: veja como fica e confirme."), "info")
        return _page(look(), asked), 200
    except (Invalid, Conflict, AgainstRules) as error:
        return _page(look(), asked, error), status_of(error)
    flash(ngettext("Está feita uma reserva.", "Estão feitas %(num)s reservas.", count), "success")
    if asks:
        flash(gettext("O centro responde por correio às que precisam de aprovação."), "info")
    return done("physical_loans_booking.mine")


def _common(work: Work, asked: Asked) -> Wish:
    """Return what holds for all lines. Raises Invalid."""
    lines = basket.lines_of(work)
    if not lines:
        raise Invalid(N_("Ainda não juntou nada. Escolha os materiais na página de cada um."))
    desk = _desk(work, asked)
    return asking.wish_of(work, asked, lines[0][1].item_id, desk)


def _desk(work: Work, asked: Asked) -> Desk:
    things = [thing.item_id for _, thing in basket.lines_of(work)]
    known = {desk.id: desk for desks in fitting.desks_of(work, things).values() for desk in desks}
    chosen = known.get(number(asked["desk"]) or 0) or next(iter(known.values()), None)
    if chosen is None:
        raise Conflict(N_("Nenhum exemplar se pode emprestar agora. Fale com o centro."))
    return chosen


def _page(work: Work, asked: Asked, error: DomainError | None = None) -> str:
    lines = basket.lines_of(work)
    errors = {error.field or "": words_of(error)} if error and not isinstance(error, Taken) else {}
    looks: list[Look] = []
    if lines and asked.has_dates:
        try:
            looks = basket.look_at(work, _common(work, asked), me(work))
        except DomainError as refusal:
            errors = {refusal.field or "": words_of(refusal)} | errors
    by_thing = {one.wish.thing_id: one for one in looks}
    return render_template(
        "physical_loans/basket.html",
        lines=[_line(work, line.quantity, thing, by_thing.get(thing.item_id)) for line, thing in lines],
        asked=asked,
        modes=[(code, gettext(saying.MODES[code])) for code in MODES],
        classes=saying.classes(work, ()),
        schools=asking.schools(work),
        errors=errors,
        limit=basket.limit_of(work, me(work)) if lines and not looks else None,
        ready=bool(looks) and all(one.free for one in looks) and len(looks) == len(lines),
        looked=bool(looks),
        seen=fingerprint(*looks),
        key=new_key(),
    )


def _line(work: Work, quantity: int, thing: Any, one: Look | None) -> dict[str, Any]:
    plan = []
    if one and one.times:
        desk = bookings.get_desk(work, one.wish.desk_id)
        plan = saying.plan(calendars.calendar_of(work, desk), one.times, desk, one.wish.use == "on_site")
    return {
        "item": view_of(thing.item),
        "quantity": quantity,
        "unit": thing.unit_name,
        "free": one.free if one else None,
        "why": saying.refusal(one.why) if one else "",
        "plan": plan,
    }

"""The plugin's part of a search: the box for the date, what is left out, and whether each result is free."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy import select

from plugins.physical_loans import bookings, calendars, fitting, free_on, needs, saying_when
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.calendars import Calendar
from plugins.physical_loans.free_on import When
from plugins.physical_loans.models import Desk, Thing
from plugins.physical_loans.pages import saying, words
from plugins.physical_loans.planning import Times
from repository.api import Arrangement, DomainError, Item, Narrowing, Panel, SearchNote, Understood, Work

LESSON_MINUTES = 90


def narrowings(work: Work, asked: Mapping[str, str]) -> Iterator[Narrowing]:
    """Yield what is left out because it is not free at the time that is asked."""
    when = free_on.read(asked)
    if when is not None:
        without = free_on.taken(work, when) if when.only else frozenset()
        yield Narrowing(free_on.PARAMETERS, label(when), without)


def label(when: When) -> str:
    """Return the words of a filter: when something must be free."""
    if when.last is not None:
        return gettext("Livre de %(first)s a %(last)s", first=saying.day(when.day), last=saying.day(when.last))
    day = saying.day(when.day)
    if when.day in calendars.national_holidays(when.day.year):
        day = gettext("%(day)s (feriado)", day=day)
    free = gettext("Livre %(day)s, %(time)s", day=day, time=f"{when.start:%H:%M}")
    return f"{free} · {when.quantity} ×" if when.quantity > 1 else free


def arrangements(filters: Mapping[str, Sequence[str]], asked: Mapping[str, str]) -> Iterator[Arrangement]:
    """Yield what comes gently first for who names a day: what can be taken then, before lessons that may need what cannot."""
    if free_on.read(asked) is not None and "kind" not in filters:
        yield Arrangement(first={"kind": ("physical",)})


def understood(work: Work, question: str) -> Iterator[Understood]:
    """Yield the day that the words of a question name."""
    said = saying_when.find(question, work.now.date())
    if said is None:
        return
    asked = {"free": said.day.isoformat()}
    if said.start:
        start = datetime.fromisoformat(f"2000-01-01T{said.start}")
        asked |= {"from": said.start, "until": f"{start + timedelta(minutes=LESSON_MINUTES):%H:%M}"}
    when = free_on.read(asked)
    if when is not None:
        yield Understood(said.words, label(when), asked)


def panels(asked: Mapping[str, str]) -> Iterator[Panel]:
    """Yield the box that asks for the day of the lesson: beside results, and on the first page."""
    when = free_on.read(asked)
    context = {"when": when, "asked": asked, "say": saying}
    yield Panel("loans-when", "physical_loans/panel_when.html", context, 10, "aside")
    yield Panel("loans-when-first", "physical_loans/panel_when_first.html", context, 10, "top")


def notes(work: Work, asked: Mapping[str, str], items: Sequence[Item]) -> Iterable[SearchNote]:
    """Return for each kit where it is, and with a date whether it is free then; for each lesson, whether its kits are.

    A kit without a picture has the drawing of its kind.
    """
    kits = [item.id for item in items if item.kind == "physical"]
    lessons = [item.id for item in items if item.kind != "physical"]
    when = free_on.read(asked)
    if when is None:
        return [*_drawings(work, kits), *_places(work, kits)]
    wanted = needs.things_of(work, lessons) if lessons else {}
    things = {*kits, *(thing_id for each in wanted.values() for thing_id in each)}
    free = free_on.free_at(work, when, things) if things else {}
    there = free_on.free_on_site(work, when, things - set().union(*free.values())) if things else {}
    anywhere = set().union(*free.values(), *there.values())
    lines = [*_kit_notes(work, when, kits, free, there), *_lesson_notes(when, wanted, anywhere)]
    return [*_drawings(work, kits), *lines]


def _drawings(work: Work, kits: Sequence[int]) -> Iterator[SearchNote]:
    if kits:
        of_kind = select(Thing.item_id, Thing.category).where(Thing.item_id.in_(kits))
        for thing_id, category in work.session.execute(of_kind):
            yield SearchNote(thing_id, drawing=words.drawing(category))


def _places(work: Work, kits: Sequence[int]) -> Iterator[SearchNote]:
    desks = fitting.desks_of(work, kits) if kits else {}
    for thing_id, places in desks.items():
        if places:
            yield SearchNote(thing_id, "map-pin", ", ".join(desk.name for desk in places))


def _kit_notes(
    work: Work,
    when: When,
    kits: Sequence[int],
    free: Mapping[Desk, set[int]],
    there: Mapping[Desk, set[int]],
) -> Iterator[SearchNote]:
    if not kits:
        return
    known = {desk.id: calendars.calendar_of(work, desk) for desk in free}
    things = {thing.item_id: thing for thing in work.session.scalars(select(Thing).where(Thing.item_id.in_(kits)))}
    for thing_id, thing in things.items():
        desk = next((desk for desk, found in free.items() if thing_id in found), None)
        place = next((desk for desk, found in there.items() if thing_id in found), None)
        if desk is None and place is not None:
            yield from _on_site_notes(when, thing_id, place)
            yield from _no_lessons(when, thing_id, None)
            continue
        if desk is None:
            address = url_for("pages.item", item_id=thing_id, _anchor="loans-month", **_fields(when))
            act = (gettext("Ver outras datas"), address)
            yield SearchNote(thing_id, "calendar-clock", gettext("Ocupado %(when)s", when=_said(when)), "warn", act)
            continue
        address = url_for("pages.item", item_id=thing_id, desk=desk.id, _anchor="loans-book", **_fields(when))
        yield SearchNote(thing_id, "calendar-check", label(when), "good", (gettext("Reservar"), address))
        yield from _no_lessons(when, thing_id, known[desk.id])
        times = _times(work, known[desk.id], desk, when, thing)
        if times is not None:
            yield SearchNote(thing_id, "map-pin", _plan_words(known[desk.id], times, desk))


def _no_lessons(when: When, thing_id: int, calendar: Calendar | None) -> Iterator[SearchNote]:
    """Yield the warning that a kit is free on a day without lessons: whoever named a weekday may not know."""
    why = saying.no_lessons(when.day, calendar) if when.last is None else ""
    if why:
        yield SearchNote(thing_id, "triangle-alert", why, "warn")


def _on_site_notes(when: When, thing_id: int, desk: Desk) -> Iterator[SearchNote]:
    fields = _fields(when) | {"mode": "site"}
    address = url_for("pages.item", item_id=thing_id, desk=desk.id, _anchor="loans-book", **fields)
    yield SearchNote(thing_id, "calendar-check", label(when), "good", (gettext("Reservar"), address))
    yield SearchNote(thing_id, "map-pin", gettext("Usa-se onde está: %(desk)s", desk=desk.name))


def _times(work: Work, calendar: Calendar, desk: Desk, when: When, thing: Thing) -> Times | None:
    if when.last is not None:
        return None
    wish = Wish(thing.item_id, desk.id, lessons=(when.lesson(calendar),))
    try:
        return bookings.times_of(calendar, thing, desk, wish, work.now)
    except DomainError:
        return None


def _plan_words(calendar: Calendar, times: Times, desk: Desk) -> str:
    pick_up, back = (calendar.local(moment).date() for moment in (times.starts_at, times.ends_at))
    return gettext(
        "Levanta em %(desk)s %(first)s a partir das %(time)s, devolve até %(last)s",
        desk=desk.name,
        first=saying.day(pick_up),
        time=saying.clock(calendar, times.starts_at),
        last=saying.day(back),
    )


def _lesson_notes(when: When, wanted: Mapping[int, Sequence[int]], anywhere: Collection[int]) -> Iterator[SearchNote]:
    for item_id, things in wanted.items():
        if set(things) <= set(anywhere):
            words = gettext("O kit que usa está livre %(when)s", when=_said(when))
            yield SearchNote(item_id, "calendar-check", words, "good")
        else:
            words = gettext("O kit que usa está ocupado %(when)s", when=_said(when))
            yield SearchNote(item_id, "calendar-clock", words, "warn")


def _said(when: When) -> str:
    if when.last is not None:
        return gettext("de %(first)s a %(last)s", first=saying.day(when.day), last=saying.day(when.last))
    return saying.day(when.day)


def _fields(when: When) -> dict[str, Any]:
    """Return the fields of the form to book that say the same."""
    many = {"quantity": when.quantity} if when.quantity > 1 else {}
    if when.last is not None:
        return {"mode": "days", "first": when.day.isoformat(), "last": when.last.isoformat()} | many
    return {"day": when.day.isoformat(), "start": f"{when.start:%H:%M}", "end": f"{when.end:%H:%M}"} | many

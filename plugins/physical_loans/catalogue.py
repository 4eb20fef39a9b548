"""The catalogue of what is lent: a thing is added, described, shown to everybody, and taken out of sight again."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from plugins.physical_loans import moves, rules
from plugins.physical_loans.categories import categories
from plugins.physical_loans.models import Booking, BookingState, Desk, Thing
from repository.api import (
    EDITABLE,
    N_,
    UNDECIDED,
    Actor,
    Invalid,
    Item,
    NotAllowed,
    NotFound,
    State,
    Work,
    allowed,
    begin_version,
    create_draft,
    describe,
    missing,
    publish,
    record,
    reindex,
    remove,
    restore,
    submit,
    withdraw,
)

KIND = "physical"
PLAIN = ("title", "summary", "keywords", "licence", "audience")
CODES = ("level", "year", "group", "discipline")
OF_THING = (
    "category",
    "unit_name",
    "preparation_days",
    "preparation_minutes",
    "turnaround_days",
    "needs",
    "training",
    "equivalent",
    "weight",
    "value",
    "isbn",
    "shelf_mark",
    "care",
)
NEEDS = ("power", "wifi", "app")
LIMITS = {"unit_name": 60, "training": 300, "equivalent": 80, "isbn": 20, "shelf_mark": 60, "care": 4000}
NUMBERS = {
    "preparation_days": 60,
    "turnaround_days": 60,
    "preparation_minutes": 10_000,
    "weight": 2_000_000,
    "value": 100_000_000,
}
GIVEN_UP = {
    BookingState.REQUESTED: "decline",
    BookingState.APPROVED: "decline",
    BookingState.READY: "cancel",
    BookingState.OFFERED: "cancel",
    BookingState.WAITING: "cancel",
}
AUDIT = {
    "thing.added": N_("juntou um título ao catálogo do que se empresta"),
    "thing.changed": N_("mudou um título do que se empresta"),
}


def may_manage(actor: Actor, organisation_id: int | None) -> bool:
    """Return whether the person keeps the catalogue of the organisation."""
    return actor.may(rules.DESK, organisation_id)


def may(actor: Actor, action: str, item: Item) -> bool | None:
    """Answer for the desk what may be done to a thing's item; no opinion on anything else."""
    if item.kind != KIND or action not in ("edit", "submit", "withdraw", "publish", "review"):
        return None
    return True if may_manage(actor, item.organisation_id) else None


def require_manager(work: Work, organisation_id: int | None) -> None:
    """Raise NotAllowed unless the person works at the desk of the organisation."""
    if not may_manage(work.actor, organisation_id):
        raise NotAllowed(N_("Esta conta não trabalha no balcão deste material."))


def get(work: Work, thing_id: int) -> Thing:
    """Return a thing that the person keeps. Raises NotFound, also for those who may not know of it."""
    thing = work.session.get(Thing, thing_id)
    if thing is None or not may_manage(work.actor, thing.item.organisation_id):
        raise NotFound(N_("Este material não existe ou já não se empresta."))
    return thing


def desks(work: Work, *, closed: bool = False) -> list[Desk]:
    """Return the desks the person works at, those that are open unless told otherwise."""
    wanted = select(Desk).order_by(Desk.name, Desk.id)
    if not closed:
        wanted = wanted.where(Desk.closed_at.is_(None))
    return [desk for desk in work.session.scalars(wanted) if may_manage(work.actor, desk.organisation_id)]


def organisations(work: Work) -> list[int | None]:
    """Return whose things the person may add: those of the desks they work at, each once."""
    return list(dict.fromkeys(desk.organisation_id for desk in desks(work)))


def add_thing(work: Work, values: Mapping[str, Any], organisation_id: int | None = None) -> Thing:
    """Add a title to the catalogue; nobody else sees it before `show`. Raises Invalid, NotAllowed."""
    require_manager(work, organisation_id)
    _check(values)
    if not str(values.get("title", "")).strip():
        raise Invalid(N_("Dê um título ao material."), "title")
    item = create_draft(work, kind=KIND, organisation_id=organisation_id)
    item.organisation_id = organisation_id
    describe(work, item, _of_item(values))
    thing = Thing(item_id=item.id, item=item, needs=[])
    for name in OF_THING:
        if name in values:
            setattr(thing, name, values[name])
    work.session.add(thing)
    work.session.flush()
    record(work, "thing.added", item, after=_plain(values))
    return thing


def change_thing(work: Work, thing: Thing, values: Mapping[str, Any]) -> bool:
    """Say something else of a thing, what everybody sees as a new version of its item; return whether anything changed.

    Raises Invalid, NotAllowed, and Conflict when the item is with somebody who reviews it.
    """
    require_manager(work, thing.item.organisation_id)
    _check(values)
    if "title" in values and not str(values["title"]).strip():
        raise Invalid(N_("Dê um título ao material."), "title")
    said = {name: value for name, value in _of_item(values).items() if value != _present(thing.item, name)}
    own = {name: values[name] for name in OF_THING if name in values and values[name] != getattr(thing, name)}
    if not said and not own:
        return False
    before = {name: getattr(thing, name) for name in own}
    for name, value in own.items():
        setattr(thing, name, value)
    if said:
        _describe(work, thing.item, said)
    elif thing.item.state == State.PUBLISHED:
        reindex(work, thing.item)  # the kind and what is in the box are looked for too
    record(work, "thing.changed", thing.item, before=before, after=_plain(own | said))
    return True


def _describe(work: Work, item: Item, said: Mapping[str, Any]) -> None:
    if item.state != State.PUBLISHED:
        describe(work, item, said)
        return
    version = begin_version(work, item)
    describe(work, version, said)
    _hand_in(work, version)


def open_for_files(work: Work, thing: Thing) -> Item:
    """Return the draft that files are joined to: the thing's own, or that of its next version, which `show` publishes."""
    require_manager(work, thing.item.organisation_id)
    return begin_version(work, thing.item) if thing.item.state == State.PUBLISHED else thing.item


def remove_file(work: Work, thing: Thing, file_id: int) -> None:
    """Take a file off a thing, from the next version of its page on; one that is gone already stays so."""
    gone = next((file for file in thing.item.files if file.id == file_id), None)
    if gone is None:
        return
    draft, shown = open_for_files(work, thing), thing.item.state == State.PUBLISHED
    same = [file for file in draft.files if (file.sha256, file.name) == (gone.sha256, gone.name)]
    for file in same[:1]:
        remove(work, file)
    work.session.flush()
    if shown:
        show(work, thing)


def license_files(work: Work, item_id: int, licence: str) -> None:
    """Say what others may do with the files of a draft; one that was said already stays. Raises Invalid."""
    item = work.session.get_one(Item, item_id)
    if not item.licence and item.files:
        if licence not in work.services.vocabularies["licences"]:
            raise Invalid(N_("Diga o que os colegas podem fazer com os ficheiros."), "licence")
        describe(work, item, {"licence": licence})


def show(work: Work, thing: Thing) -> None:
    """Let everybody find the thing, or the new version of it that was begun. Raises Invalid for what is missing."""
    require_manager(work, thing.item.organisation_id)
    item = thing.item
    if item.state in (State.WITHDRAWN, State.ARCHIVED):
        restore(work, item)
    elif item.state == State.PUBLISHED:
        _hand_in(work, begin_version(work, item))
    elif item.state in (*EDITABLE, *UNDECIDED):
        _hand_in(work, item)


def _hand_in(work: Work, item: Item) -> None:
    if item.state in EDITABLE:
        if wants := missing(item):
            raise wants[0]
        submit(work, item)
    if item.state in UNDECIDED and allowed(work, "publish", item):  # the desk answers for its own catalogue
        publish(work, item)


def hide(work: Work, thing: Thing) -> None:
    """Take the thing out of sight; what was promised of it is given up, and those who asked get a letter."""
    require_manager(work, thing.item.organisation_id)
    withdraw(work, thing.item)


def give_up_promises(work: Work, item: Item) -> list[Booking]:
    """Give up what is promised of an item that was withdrawn; what is out stays out until it comes back."""
    promised = select(Booking).where(Booking.thing_id == item.id, Booking.state.in_(GIVEN_UP)).order_by(Booking.id)
    bookings = list(work.session.scalars(promised)) if item.kind == KIND else []
    for booking in bookings:
        booking.reason = N_("Este material deixou de se emprestar.")
        moves.move(work, booking, GIVEN_UP[booking.state])
        moves.free(booking)
    work.session.flush()
    return bookings


def _of_item(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in (*PLAIN, *CODES) if name in values}


def _present(item: Item, name: str) -> Any:
    return item.codes(name) if name in CODES else getattr(item, name)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in (*PLAIN, *CODES, *OF_THING)}


def _check(values: Mapping[str, Any]) -> None:
    if values.get("category") and values["category"] not in categories():
        raise Invalid(N_("Escolha um tipo da lista."), "category")
    if any(need not in NEEDS for need in values.get("needs", ())):
        raise Invalid(N_("Escolha da lista o que é preciso ter."), "needs")
    for name, most in LIMITS.items():
        if len(values.get(name) or "") > most:
            raise Invalid(N_("Use no máximo %(most)s caracteres."), name, most=most)
    check_numbers(values, NUMBERS)


def check_numbers(values: Mapping[str, Any], most: Mapping[str, int], names: Iterable[str] = ()) -> None:
    """Raise Invalid for a number below nothing or beyond what makes sense."""
    for name in names or most:
        value = values.get(name)
        if value is not None and not 0 <= value <= most[name]:
            raise Invalid(N_("Escreva um número entre 0 e %(most)s."), name, most=most[name])

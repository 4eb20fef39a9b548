"""What visitors see of a thing on its page: what comes in the box, and what to know before taking it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select

from plugins.physical_loans import bookings, copies, parts, rules
from plugins.physical_loans.categories import categories
from plugins.physical_loans.models import Component, Copy, CopyState, Desk, Thing
from plugins.physical_loans.pages import saying, words
from plugins.physical_loans.pages.words import state
from plugins.physical_loans.parts import Missing
from repository.api import Item, Panel, Work

GONE = (CopyState.LOST, CopyState.WRITTEN_OFF)


@dataclass(frozen=True)
class Box:
    """What a page shows of the boxes of a thing: the parts of all, those of single copies, and what is missing."""

    parts: Sequence[Component]
    own: Sequence[tuple[Copy, Sequence[Component]]]
    missing: Sequence[Missing]
    copies: Sequence[Copy]


def present_copies(work: Work, thing_id: int) -> list[Copy]:
    """Return the copies of a thing that are still there."""
    mine = select(Copy).where(Copy.thing_id == thing_id, Copy.state.not_in(GONE))
    return list(work.session.scalars(mine.order_by(Copy.inventory)))


def box_of(work: Work, thing: Thing) -> Box:
    """Return what is in the boxes of a thing, in three queries."""
    there = present_copies(work, thing.item_id)
    wanted = select(Component).where(Component.thing_id == thing.item_id, Component.removed_at.is_(None))
    every = list(work.session.scalars(wanted.order_by(Component.position, Component.id)))
    own = [(copy, [part for part in every if part.copy_id == copy.id]) for copy in there]
    shared = [part for part in every if part.copy_id is None]
    missing = parts.missing_of(work, [copy.id for copy in there])
    return Box(shared, [pair for pair in own if pair[1]], missing, there)


def item_panels(work: Work, item: Item) -> Iterator[Panel]:
    """Yield what comes in the box, and what to know before it is taken."""
    thing = work.session.get(Thing, item.id) if item.kind == "physical" else None
    if thing is None:
        return
    box = box_of(work, thing)
    if box.parts or box.own or box.missing:
        context = {
            "title": gettext("O que vem na caixa"),
            "box": box,
            "missing": [sentence(missing) for missing in box.missing],
            "checklist": url_for("physical_loans_things.checklist", thing_id=thing.item_id),
        }
        yield Panel("loans-box", "physical_loans/panel_box.html", context, 30)
    facts = facts_of(work, thing, box.copies)
    context = {
        "title": gettext("Antes de levar"), "facts": facts, "care": thing.care, "on_site": on_site_only(box.copies),
        "manage": url_for("physical_loans_things.thing", thing_id=thing.item_id) if _may_keep(work, thing) else "",
    }  # fmt: skip
    yield Panel("loans-before", "physical_loans/panel_before.html", context, 30, "aside")


def _may_keep(work: Work, thing: Thing) -> bool:
    return work.actor.may(rules.DESK, thing.item.organisation_id)


def on_site_only(there: Sequence[Copy]) -> bool:
    """Return whether none of the copies may leave the place where it stands."""
    return bool(there) and all(copy.state == CopyState.ON_SITE for copy in there)


def sentence(missing: Missing) -> tuple[str, bool]:
    """Return what is missing in a copy in words, and whether that keeps it from being lent."""
    what = ngettext(
        "Na caixa %(box)s falta %(num)s × %(part)s, desde %(day)s.",
        "Na caixa %(box)s faltam %(num)s × %(part)s, desde %(day)s.",
        missing.count,
        box=missing.inventory,
        part=missing.name,
        day=words.day(missing.since),
    )
    more = gettext("Não sai enquanto não for reposta.") if missing.essential else gettext("Pode levar-se à mesma.")
    return f"{what} {more}", missing.essential


def facts_of(work: Work, thing: Thing, there: Sequence[Copy]) -> list[tuple[str, str]]:
    """Return what to know before taking a thing, as pairs of a word and its value."""
    checked = max((copy.checked_on for copy in there if copy.checked_on), default=None)
    minutes = thing.preparation_minutes
    facts = [
        (gettext("Tipo"), words.kind(thing.category)),
        (gettext("Quantos há"), _how_many(thing, there)),
        (gettext("Peso"), words.weight(thing.weight)),
        (gettext("Preparar"), ngettext("%(num)s minuto", "%(num)s minutos", minutes) if minutes else ""),
        (gettext("Precisa de"), words.needs(thing.needs) or gettext("nada de especial")),
        (gettext("Formação"), thing.training or gettext("não é precisa")),
        (gettext("Estado"), gettext("visto a %(day)s", day=words.day(checked)) if checked else ""),
        (gettext("Pertence a"), ", ".join(dict.fromkeys(copy.owner or gettext("centro") for copy in there))),
        (gettext("Está em"), _where(work, there)),
        (gettext("ISBN"), thing.isbn),
        (gettext("Cota (CDU)"), thing.shelf_mark),
    ]
    return [(word, value) for word, value in facts if value]


def _how_many(thing: Thing, there: Sequence[Copy]) -> str:
    """Return how many there are, and why not all of them can be reserved."""
    if thing.unit_name:
        words = saying.units(sum(copy.stock for copy in there), thing.unit_name)
    else:
        words = ngettext("%(num)s exemplar", "%(num)s exemplares", len(there)) if there else ""
    states = [state(copy)[1] for copy in there if copy.state == CopyState.REPAIR or copy.blocked]
    not_now = [f"{count}: {_small(why)}" for why, count in Counter(states).items()]
    return f"{words} ({', '.join(not_now)})" if not_now else words


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _where(work: Work, there: Sequence[Copy]) -> str:
    desk_ids = {copy.desk_id for copy in there}
    desks = work.session.scalars(select(Desk).where(Desk.id.in_(desk_ids)).order_by(Desk.name))
    return ", ".join(dict.fromkeys(desk.name for desk in desks))


def search_document(work: Work, item: Item) -> dict[str, Any]:
    """Return what a thing is also found by: its kind, the words for it, and what is in the box."""
    thing = work.session.get(Thing, item.id) if item.kind == "physical" else None
    if thing is None:
        return {}
    known = categories().get(thing.category)
    said = [known.labels["pt"], known.labels["en"], known.words] if known else []
    said += [part.name for part in parts.of_thing(work, thing.item_id)]
    said += [thing.isbn, *(copy.inventory for copy in present_copies(work, thing.item_id))]
    return {"category": [thing.category] if thing.category else [], "contents": " ".join(filter(None, said))}


def visible_thing(work: Work, thing_id: int) -> Thing:
    """Return a thing that the person may see. Raises NotFound."""
    return bookings.get_thing(work, thing_id)


def chosen_copy(work: Work, thing: Thing) -> Copy | None:
    """Return the copy that the address names, when it is one of the thing; else None."""
    text = request.args.get("copy", "")
    copy = copies.by_label(work, text[:200]) if text else None
    return copy if copy is not None and copy.thing_id == thing.item_id else None

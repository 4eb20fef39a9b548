"""The plugin's parts of other pages that teachers see: a kit's page, and a person's own page."""

from collections.abc import Iterator
from typing import Any

from flask import request
from flask_babel import gettext

from plugins.physical_loans import to_do
from plugins.physical_loans.asking import Asked
from plugins.physical_loans.models import Thing
from plugins.physical_loans.pages import lessons, mine
from plugins.physical_loans.pages.door import address_of
from plugins.physical_loans.pages.sheet import sheet
from repository.api import N_, Item, ItemAction, Panel, State, Task, Work

SHOWN = 5


def item_panels(work: Work, item: Item) -> Iterator[Panel]:
    """Yield the month of a thing, the form to book it and what uses it; for a lesson, the kits that it uses."""
    if item.kind != "physical":
        yield from lessons.lesson_panels(work, item)
        return
    thing = work.session.get(Thing, item.id) if item.state == State.PUBLISHED else None
    if thing is None:
        return
    asked = Asked.read(request.args)

    def address(**changes: Any) -> str:
        anchor = changes.pop("anchor", "loans-book")
        return address_of("pages.item", asked, changes, item_id=item.id, _anchor=anchor)

    known = sheet(work, thing, asked, request.args.get("month", ""), address)
    if known["desk"] is not None:
        title = {"title": gettext("Quando está livre")}
        yield Panel("loans-month", "physical_loans/panel_month.html", {**known, **title}, 10, paper=False)
    title = {"title": gettext("Reservar para uma aula"), "tone": "call"}
    yield Panel("loans-book", "physical_loans/panel_book.html", {**known, **title}, 10, "aside", paper=False)
    yield from lessons.kit_panels(work, thing)


def item_actions(work: Work, item: Item) -> Iterator[ItemAction]:
    """Yield the way to the form, which stands far below the title on a phone."""
    if item.kind == "physical" and item.state == State.PUBLISHED:
        yield ItemAction(N_("Reservar"), "#loans-book", "calendar-plus", weight=5, main=True)


def me_tasks(work: Work) -> Iterator[Task]:
    """Yield what of the person's loans is to be answered, picked up or brought back by tomorrow."""
    for booking in mine.open_ones(work) if work.actor.user_id is not None else ():
        if to_do.waits(booking, work.now):
            yield mine.task_of(work, booking)


def me_panels(work: Work) -> Iterator[Panel]:
    """Yield the person's open loans, what waits for them first."""
    if work.actor.user_id is None:
        return
    found = mine.open_ones(work)
    if found:
        rows = [mine.row_of(work, booking) for booking in found[:SHOWN]]
        context = {"title": gettext("Os meus empréstimos"), "rows": rows, "more": len(found) - len(rows)}
        yield Panel("loans", "physical_loans/panel_mine.html", context, 5, "top")

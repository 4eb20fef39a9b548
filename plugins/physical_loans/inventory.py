"""The list of what is lent, as the desk sees it: with filters, and how the copies of each thing stand."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from plugins.physical_loans import rules
from plugins.physical_loans.models import Copy, CopyState, Hold, HoldState, Shortage, Thing
from repository.api import Item, State, Work, contains_words

PER_PAGE = 50
SHOWN_STATES = (State.PUBLISHED, State.DRAFT, State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED,
                State.WITHDRAWN, State.ARCHIVED)  # fmt: skip
FILTERS = ("out", "missing", "repair", "on_site", "lost", "hidden", "unchecked")


@dataclass(frozen=True)
class Asked:
    """What the list is asked for: words of the title or an inventory number, a kind, how a copy stands, a desk."""

    q: str = ""
    category: str = ""
    how: str = ""
    desk_id: int | None = None
    page: int = 1


@dataclass(frozen=True)
class Line:
    """One thing: how many units it has, how many are out, in which states its copies are, and how many lack parts."""

    thing: Thing
    units: int
    out: int
    states: Counter[str]
    missing: int


def lines(work: Work, asked: Asked) -> tuple[list[Line], int]:
    """Return a page of the list and the number of all things that fit, in a fixed number of queries."""
    wanted = _wanted(work, asked)
    total = work.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    page = wanted.options(joinedload(Thing.item)).order_by(Item.title, Item.id)
    page = page.limit(PER_PAGE).offset((asked.page - 1) * PER_PAGE)
    things = list(work.session.scalars(page))
    return _lines(work, things), total


def _wanted(work: Work, asked: Asked) -> Select[Thing]:
    wanted = select(Thing).join(Item, Item.id == Thing.item_id).where(Item.state.in_(SHOWN_STATES), _mine(work))
    if asked.q:
        by_number = select(Copy.thing_id).where(
            or_(Copy.inventory.icontains(asked.q, autoescape=True), Copy.label == asked.q.upper())
        )
        wanted = wanted.where(or_(contains_words(Item.title, asked.q), Thing.item_id.in_(by_number)))
    if asked.category:
        wanted = wanted.where(Thing.category == asked.category)
    if asked.desk_id is not None:
        wanted = wanted.where(Thing.item_id.in_(select(Copy.thing_id).filter_by(desk_id=asked.desk_id)))
    return _standing(wanted, asked.how)


def _mine(work: Work) -> ColumnElement[bool]:
    if work.actor.system:
        return Item.id.is_not(None)
    covered = work.actor.powers.get(rules.DESK, frozenset())
    own = Item.organisation_id.in_([each for each in covered if each])
    return or_(own, Item.organisation_id.is_(None)) if 0 in covered else own


def _standing(wanted: Select[Thing], how: str) -> Select[Thing]:
    states = {"repair": CopyState.REPAIR, "on_site": CopyState.ON_SITE, "lost": CopyState.LOST}
    if how == "hidden":
        return wanted.where(Item.state != State.PUBLISHED)
    if how in states:
        return wanted.where(Thing.item_id.in_(select(Copy.thing_id).filter_by(state=states[how])))
    if how == "out":
        out = select(Copy.thing_id).join(Hold, Hold.copy_id == Copy.id).where(Hold.state == HoldState.OUT)
        return wanted.where(Thing.item_id.in_(out))
    if how == "missing":
        short = select(Copy.thing_id).join(Shortage, Shortage.copy_id == Copy.id)
        return wanted.where(Thing.item_id.in_(short.where(Shortage.resolved_at.is_(None))))
    if how == "unchecked":
        never = select(Copy.thing_id).where(Copy.checked_on.is_(None), Copy.state != CopyState.WRITTEN_OFF)
        return wanted.where(Thing.item_id.in_(never))
    return wanted


def _lines(work: Work, things: Sequence[Thing]) -> list[Line]:
    ids = [thing.item_id for thing in things]
    copies: dict[int, list[Copy]] = defaultdict(list)
    for copy in work.session.scalars(select(Copy).where(Copy.thing_id.in_(ids))):
        copies[copy.thing_id].append(copy)
    out = _counted(work, ids, Hold.state == HoldState.OUT, Hold)
    short = _counted(work, ids, Shortage.resolved_at.is_(None), Shortage)
    return [
        Line(
            thing,
            sum(c.stock for c in copies[thing.item_id] if c.state not in (CopyState.LOST, CopyState.WRITTEN_OFF)),
            out.get(thing.item_id, 0),
            Counter(str(copy.state) for copy in copies[thing.item_id]),
            short.get(thing.item_id, 0),
        )
        for thing in things
    ]


def _counted(work: Work, ids: Sequence[int], fits: ColumnElement[bool], model: type[Hold | Shortage]) -> dict[int, int]:
    wanted = select(Copy.thing_id, func.count()).join(model, model.copy_id == Copy.id)
    rows = work.session.execute(wanted.where(Copy.thing_id.in_(ids), fits).group_by(Copy.thing_id))
    return {row[0]: row[1] for row in rows}

"""What waits for one person: which items, in which order, with what the list says of each; a few queries for all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import and_, false, func, or_, select, true

from plugins.moderation.acts import ASKED, LATER, OPEN, WAITING
from plugins.moderation.models import Decision, Question, Review, ReviewFinding
from repository.api import UNDECIDED, Actor, Credit, Item, ItemTerm, State, Work

PER_PAGE = 60
WARNED = ("with", "without")
PACE_DAYS = 7


@dataclass(frozen=True)
class Filters:
    """What the queue is narrowed to; empty values let everything through. `age` is in whole days."""

    collection: str = ""
    organisation: int | None = None
    group: str = ""
    warnings: str = ""
    mine: bool = False
    asked: bool = False
    age: int = 0


@dataclass(frozen=True)
class Row:
    """One waiting item as the order of the queue needs it."""

    item_id: int
    state: str
    key: str
    label: str
    warnings: int
    checked: bool
    submitted_at: datetime
    assigned_id: int | None

    @property
    def clear(self) -> bool:
        """Whether it may be approved with the others: checked, without warnings, no question open."""
        return self.state == WAITING and self.checked and not self.warnings


@dataclass
class Line:
    """What the list says of one item: `why` is the first warning with its places, `asked` the last question."""

    row: Row
    title: str
    author: str
    version: bool
    why: tuple[str, dict[str, Any]] | None = None
    weight: str = ""
    asked: Question | None = None


@dataclass
class Group:
    """What waits from one collection; `lines` are those on this page."""

    key: str
    label: str
    count: int
    clear: int
    lines: list[Line] = field(default_factory=list)


def waiting_for(work: Work, filters: Filters | None = None) -> list[Row]:
    """Return what the person may decide on, the collection of the oldest first; what is their own is left out."""
    wanted = filters or Filters()
    query = select(
        Review.item_id,
        Review.state,
        Review.collection_key,
        Review.collection_label,
        Review.warnings,
        Review.checked_at.is_not(None),
        Review.submitted_at,
        Review.assigned_id,
    ).join(Item, Item.id == Review.item_id)
    query = query.where(_waits(), _in_part(work.actor), ~_own(work.actor), *_narrowed(work, wanted))
    rows = [Row(*found) for found in work.session.execute(query)]
    oldest: dict[str, datetime] = {}
    for row in rows:
        oldest[row.key] = min(oldest.get(row.key, row.submitted_at), row.submitted_at)
    return sorted(rows, key=lambda row: (oldest[row.key], row.key, row.clear, row.submitted_at, row.item_id))


def count_waiting(work: Work) -> int:
    """Return how many the person may decide on, in one question: every page's menu asks it."""
    return in_short(work)[0]


def in_short(work: Work) -> tuple[int, int]:
    """Return how many the person may decide on, and for how many days the oldest has waited."""
    query = select(func.count(), func.min(Review.submitted_at)).join(Item, Item.id == Review.item_id)
    count, oldest = work.session.execute(query.where(_waits(), _in_part(work.actor), ~_own(work.actor))).one()
    return count, (work.now - oldest).days if oldest else 0


def count_own(work: Work) -> int:
    """Return how many of the person's own wait for somebody else."""
    query = select(func.count()).select_from(Review).join(Item, Item.id == Review.item_id)
    return work.session.scalar(query.where(_waits(), _own(work.actor))) or 0


def _waits() -> Any:
    before = and_(Review.state.in_(OPEN), Item.state.in_(UNDECIDED))
    return or_(before, and_(Review.state == LATER, Item.state == State.PUBLISHED))


def _own(actor: Actor) -> Any:
    if actor.user_id is None:
        return false()
    credited = select(Credit.item_id).where(Credit.user_id == actor.user_id)
    return or_(func.coalesce(Item.owner_id, 0) == actor.user_id, Item.id.in_(credited))


def _in_part(actor: Actor) -> Any:
    """Return the condition that the person decides on the item: as staff of its place, or as its moderator."""
    place = func.coalesce(Item.organisation_id, 0)
    parts: list[Any] = [place.in_(actor.powers.get("items.publish", frozenset()))]
    for label in actor.labels:
        what, _, part = label.removeprefix("review:").partition(":")
        if not label.startswith("review:"):
            continue
        number, _, group = part.partition("/")
        if what == "all":
            return true()
        if what == "group":
            parts.append(_of_group(part))
        elif what == "org":
            here = place == int(number)
            parts.append(and_(here, _of_group(group)) if group else here)
    return or_(*parts)


def _of_group(code: str) -> Any:
    return Item.id.in_(select(ItemTerm.item_id).where(ItemTerm.vocabulary == "group", ItemTerm.code == code))


def _narrowed(work: Work, wanted: Filters) -> list[Any]:
    found = []
    if wanted.collection:
        found.append(Review.collection_key == ("" if wanted.collection == "none" else wanted.collection))
    if wanted.organisation is not None:
        found.append(Item.organisation_id == wanted.organisation)
    if wanted.group:
        found.append(_of_group(wanted.group))
    if wanted.warnings in WARNED:
        found.append(Review.warnings > 0 if wanted.warnings == "with" else Review.warnings == 0)
    if wanted.mine:
        found.append(Review.assigned_id == work.actor.user_id)
    if wanted.asked:
        asked = select(Question.item_id).where(Question.closed_at.is_(None))
        found.append(or_(Review.state == ASKED, Item.id.in_(asked)))
    if wanted.age:
        found.append(Review.submitted_at <= work.now - timedelta(days=wanted.age))
    return found


def groups_of(work: Work, rows: Sequence[Row], shown: Sequence[Row]) -> list[Group]:
    """Return the shown rows as groups with their lines; the counts are of all `rows`."""
    totals = Counter(row.key for row in rows)
    clear = Counter(row.key for row in rows if row.clear)
    groups: dict[str, Group] = {}
    lines = lines_of(work, shown)
    for row in shown:
        known = groups.setdefault(row.key, Group(row.key, row.label, totals[row.key], clear[row.key]))
        known.lines.append(lines[row.item_id])
    return list(groups.values())


def lines_of(work: Work, rows: Sequence[Row]) -> dict[int, Line]:
    """Return what the list says of each row, in four queries whatever their number."""
    ids = [row.item_id for row in rows]
    named = {
        item_id: (title, revises)
        for item_id, title, revises in work.session.execute(
            select(Item.id, Item.title, Item.revises_id).where(Item.id.in_(ids))
        )
    }
    authors: dict[int, str] = {}
    for item_id, name in work.session.execute(
        select(Credit.item_id, Credit.name).where(Credit.item_id.in_(ids)).order_by(Credit.position)
    ):
        authors.setdefault(item_id, name)
    lines = {
        row.item_id: Line(row, named[row.item_id][0], authors.get(row.item_id, ""), named[row.item_id][1] is not None)
        for row in rows
    }
    _add_warnings(work, lines)
    questions = select(Question).where(Question.item_id.in_(ids), Question.closed_at.is_(None)).order_by(Question.id)
    for question in work.session.scalars(questions):
        lines[question.item_id].asked = question
    return lines


def _add_warnings(work: Work, lines: dict[int, Line]) -> None:
    query = select(ReviewFinding.item_id, ReviewFinding.reason, ReviewFinding.params, ReviewFinding.weight).where(
        ReviewFinding.item_id.in_(list(lines)),
        ReviewFinding.dismissed_by.is_(None),
        ReviewFinding.weight.in_(("stop", "warn")),
    )
    for item_id, reason, params, weight in work.session.execute(query.order_by(ReviewFinding.id)):
        line = lines[item_id]
        if line.why is None or (weight == "stop" and line.weight != "stop"):
            line.why, line.weight = (reason, dict(params)), weight


def seconds_an_item(work: Work) -> int:
    """Return how long the person took for an item in the last days: the middle of the gaps between decisions of one
    sitting; a minute and a half when there is too little to tell."""
    since = work.now - timedelta(days=PACE_DAYS)
    query = select(Decision.created_at).where(Decision.actor_id == work.actor.user_id, Decision.created_at > since)
    moments = list(work.session.scalars(query.order_by(Decision.created_at).limit(2_000)))
    gaps = sorted((b - a).total_seconds() for a, b in pairwise(moments))
    sittings = [gap for gap in gaps if 0 < gap < 900]
    return round(sittings[len(sittings) // 2]) if len(sittings) >= 5 else 90

"""How far editions have come: open or closed, and how many have brought what they should, in a few queries for many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from plugins.training_actions import missing
from plugins.training_actions.actions import MANAGE
from plugins.training_actions.missing import Standing
from plugins.training_actions.models import Action, Edition
from plugins.training_actions.reading import HERE
from repository.api import Work, contains_words

SOON = 7  # days
PER_PAGE = 50
STATES = ("open", "soon", "closed", "coming")


@dataclass(frozen=True)
class Progress:
    """How many participants brought all, a part, or nothing yet."""

    all: int = 0
    part: int = 0
    none: int = 0

    @property
    def people(self) -> int:
        """How many participants there are."""
        return self.all + self.part + self.none


@dataclass
class Line:
    """A line of the staff's list: an action, and one of its editions where it has any."""

    action: Action
    edition: Edition | None
    state: str = ""
    days: int | None = None
    progress: Progress = field(default_factory=Progress)


@dataclass(frozen=True)
class Asked:
    """What the staff's list is narrowed to."""

    q: str = ""
    state: str = ""
    year: int | None = None
    page: int = 1


def state_of(edition: Edition, now: datetime) -> tuple[str, int | None]:
    """Return open, soon, closed or coming, and in how many days it closes (in the centre's own days; None: no date)."""
    today = now.astimezone(HERE).date()
    if edition.closes_at is None:
        return ("coming" if edition.starts_on and edition.starts_on > today else "open"), None
    if edition.closes_at <= now:
        return "closed", None
    days = (edition.closes_at.astimezone(HERE).date() - today).days
    if edition.starts_on and edition.starts_on > today:
        return "coming", days
    return ("soon" if days <= SOON else "open"), days


def progress_of(work: Work, edition_ids: Sequence[int]) -> dict[int, Progress]:
    """Return the progress of each edition, in three queries however many there are."""
    found = missing.standings(work, edition_ids) if edition_ids else {}
    order = (Standing.ALL, Standing.PART, Standing.NONE)
    return {edition_id: Progress(*(counts[standing] for standing in order)) for edition_id, counts in found.items()}


def lines(work: Work, asked: Asked) -> tuple[list[Line], int]:
    """Return a page of the actions in the person's care, each with its editions, and how many lines there are in all."""
    query = select(Action, Edition).outerjoin(Edition, (Edition.action_id == Action.id) & Edition.removed_at.is_(None))
    query = query.where(Action.removed_at.is_(None), *_conditions(work, asked))
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Edition.starts_on.desc().nulls_last(), Action.id.desc(), Edition.id.desc())
    rows = work.session.execute(ordered.limit(PER_PAGE).offset((asked.page - 1) * PER_PAGE)).all()
    progress = progress_of(work, [edition.id for _, edition in rows if edition])
    found = [Line(action, edition) for action, edition in rows]
    for line in found:
        if line.edition:
            line.state, line.days = state_of(line.edition, work.now)
            line.progress = progress[line.edition.id]
    return found, total


def _conditions(work: Work, asked: Asked) -> Iterable[Any]:
    yield in_care(work)
    if asked.q:
        columns = (Action.title, Action.accreditation, Edition.reference, Edition.name)
        yield or_(*(contains_words(column, asked.q) for column in columns))
    if asked.year:
        yield Edition.school_year == asked.year
    today = work.now.astimezone(HERE).date()
    open_now = or_(Edition.closes_at.is_(None), Edition.closes_at > work.now)
    if asked.state == "closed":
        yield Edition.closes_at <= work.now
    elif asked.state == "coming":
        yield open_now & (Edition.starts_on > today)
    elif asked.state in ("open", "soon"):
        yield Edition.id.is_not(None) & open_now & or_(Edition.starts_on.is_(None), Edition.starts_on <= today)


def closing(work: Work, most: int) -> list[Line]:
    """Return the editions in the person's care that close within days while somebody has not brought all, the next first."""
    ends = work.now + timedelta(days=SOON + 1)
    query = select(Action, Edition).join(Edition, Edition.action_id == Action.id)
    query = query.where(
        Action.removed_at.is_(None), Edition.removed_at.is_(None), *_conditions(work, Asked(state="soon"))
    )
    query = query.where(Edition.closes_at < ends).order_by(Edition.closes_at, Edition.id)
    rows = work.session.execute(query).all()
    progress = progress_of(work, [edition.id for _, edition in rows])
    found = [
        Line(action, edition, *state_of(edition, work.now), progress.get(edition.id, Progress()))
        for action, edition in rows
    ]
    return [line for line in found if line.state == "soon" and line.progress.all < line.progress.people][:most]


def in_care(work: Work) -> Any:
    """Return the condition for actions that the person may manage."""
    if work.actor.system:
        return True
    covered = work.actor.powers.get(MANAGE, frozenset())
    mine = Action.organisation_id.in_(covered - {0})
    return or_(mine, Action.organisation_id.is_(None)) if 0 in covered else mine


def years(work: Work) -> list[int]:
    """Return the school years of the editions in the person's care, the newest first."""
    query = select(Edition.school_year).join(Action).where(in_care(work), Edition.school_year.is_not(None)).distinct()
    return [year for year in work.session.scalars(query.order_by(Edition.school_year.desc())) if year]

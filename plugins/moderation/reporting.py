"""What decisions give to reports: how many materials were accepted and declined, and how long a decision took."""

from collections.abc import Iterable

from sqlalchemy import select

from plugins.moderation.acts import DECIDED
from plugins.moderation.models import Decision, Review
from repository.api import N_, Figure, Item, ReportCount, ReportScope, Work

DAY_S = 24 * 60 * 60


def _decided(work: Work, scope: ReportScope, kind: str) -> Iterable[Figure]:
    """Yield a figure for each material that was decided so, once a year; new versions of what is published are none."""
    rows = (
        select(scope.year_of(Decision.created_at).label("of_year"), Decision.item_id)
        .join(Item, Item.id == Decision.item_id)
        .where(
            Decision.kind == kind,
            Decision.undone_at.is_(None),
            Decision.draft_id.is_(None),
            Item.revises_id.is_(None),
            scope.within(Decision.created_at),
            scope.holds(Item.organisation_id),
        )
        .group_by("of_year", Decision.item_id)
    )
    return (Figure(year, 1, item_id) for year, item_id in work.session.execute(rows))


def accepted(work: Work, scope: ReportScope) -> Iterable[Figure]:
    """Yield the materials that were approved."""
    return _decided(work, scope, "approve")


def declined(work: Work, scope: ReportScope) -> Iterable[Figure]:
    """Yield the materials that were declined."""
    return _decided(work, scope, "decline")


def days(work: Work, scope: ReportScope) -> Iterable[Figure]:
    """Yield for each decided material in how many days that was, counted from when it was last handed in."""
    rows = (
        select(Review.submitted_at, Review.decided_at, Review.item_id, scope.year_of(Review.decided_at))
        .join(Item, Item.id == Review.item_id)
        .where(Review.state == DECIDED, scope.within(Review.decided_at), scope.holds(Item.organisation_id))
    )
    for handed_in, decided, item_id, year in work.session.execute(rows):
        if decided is not None:
            yield Figure(year, max(0.0, (decided - handed_in).total_seconds() / DAY_S), item_id)


COUNTS = (
    ReportCount("accepted", N_("Aceites"), accepted, weight=20),
    # One that was declined tells of its author: few are not told.
    ReportCount("declined", N_("Recusados"), declined, weight=22, people="declined"),
    ReportCount("decision_days", N_("Dias até decidir"), days, weight=24, median=True),
)

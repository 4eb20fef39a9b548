"""What lending gives to reports: how often things were lent or used where they stand, by thing and by municipality."""

from collections.abc import Iterable

from sqlalchemy import func, select

from plugins.physical_loans.figures import USED, school_of
from plugins.physical_loans.models import Booking, Desk
from repository.api import N_, Figure, ReportCount, ReportScope, Work, councils_of


def lent(work: Work, scope: ReportScope) -> Iterable[Figure]:
    """Yield the loans of each thing in each school year, those of the schools in the scope, else of its desks."""
    school = school_of().label("school")
    rows = (
        select(scope.year_of(Booking.starts_at).label("of_year"), Booking.thing_id, school, func.count())
        .join(Desk, Desk.id == Booking.desk_id)
        .where(USED, scope.within(Booking.starts_at), scope.holds(func.coalesce(school_of(), Desk.organisation_id)))
        .group_by("of_year", Booking.thing_id, "school")
    )
    councils = councils_of(work.session)
    for year, thing_id, place, number in work.session.execute(rows):
        council = councils.get(place or 0)
        yield Figure(year, number, thing_id, {"council": (council,) if council else ()})


BY = ("level", "group", "discipline", "council")
# A single loan tells of who borrowed: few are not told.
COUNTS = (ReportCount("lent", N_("Emprestados"), lent, weight=70, by=BY, people="lent"),)

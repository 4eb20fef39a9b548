"""Who may see which part of the house, and which school years there are to report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from repository.api import (
    N_,
    Item,
    NotAllowed,
    NotFound,
    Organisation,
    ReportScope,
    Work,
    councils_of,
    school_year_of,
)

READ = "reports.read"
YEARS = 5  # that one report looks back on
FIRST_MONTH = 9  # of a school year
OUTSIDE = 0  # what belongs to no organisation


@dataclass(frozen=True)
class Asked:
    """A report that was asked for: its school year, its part of the house (None: all of the person's), and the choices."""

    year: int
    place: Organisation | None
    scope: ReportScope
    years: Sequence[int]
    places: Sequence[Organisation]


def asked(work: Work, year: int | None = None, place_id: int | None = None) -> Asked:
    """Return what a person may see of a year and a place. Raises NotAllowed, and NotFound for a place they may not see."""
    if not work.actor.may_anywhere(READ):
        raise NotAllowed(N_("Só a equipa do centro vê os relatórios."))
    covered = _covered(work)
    councils = councils_of(work.session)
    places = _places(work, covered, {councils.get(place, "") for place in covered})
    place = next((each for each in places if each.id == place_id), None)
    if place_id is not None and place is None:
        raise NotFound(N_("Não há relatório desta organização."))
    years = _years(work)
    chosen = year if year in years else _usual(work.now, years)
    organisations = covered if place is None else _of_place(work, place, covered, councils)
    return Asked(chosen, place, ReportScope(organisations, chosen - YEARS + 1, chosen), years, places)


def _covered(work: Work) -> frozenset[int]:
    if work.actor.system:
        return frozenset(work.session.scalars(select(Organisation.id))) | {OUTSIDE}
    return frozenset(work.actor.powers[READ])


def _places(work: Work, covered: frozenset[int], councils: set[str]) -> list[Organisation]:
    """Return the clusters of the person and the municipalities they lie in, by kind and name."""
    rows = work.session.scalars(select(Organisation).where(Organisation.kind.in_(("cluster", "council"))))
    mine = [row for row in rows if (str(row.id) in councils if row.kind == "council" else row.id in covered)]
    return sorted(mine, key=lambda row: (row.kind, row.name))


def _of_place(work: Work, place: Organisation, covered: frozenset[int], councils: dict[int, str]) -> frozenset[int]:
    if place.kind == "council":
        return frozenset(each for each in covered if councils.get(each) == str(place.id))
    below = work.session.scalars(select(Organisation.id).where(Organisation.parent_id == place.id))
    return covered & {place.id, *below}


def _years(work: Work) -> list[int]:
    """Return the school years from the first publication until now, the newest first."""
    now = school_year_of(work.now)
    first = work.session.scalar(select(func.min(Item.published_at)))
    return list(range(now, min(now, school_year_of(first) if first else now) - 1, -1))


def _usual(now: datetime, years: Sequence[int]) -> int:
    """Return the year that is reported unless another is asked for: until December the one that has ended."""
    ended = now.month >= FIRST_MONTH and len(years) > 1
    return years[1] if ended else years[0]

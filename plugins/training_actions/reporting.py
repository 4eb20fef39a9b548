"""What actions give to reports: how many people should bring something and how many did, and which item is of which action."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Select, func, or_, select

from plugins.training_actions.contributions import DELIVERED
from plugins.training_actions.models import Action, Author, Contribution, Edition, Participant
from plugins.training_actions.reading import HERE
from repository.api import (
    N_,
    Figure,
    Item,
    ReportCount,
    ReportDimension,
    ReportScope,
    Work,
    councils_of,
    school_year_of,
)

BY = ("action", "group", "level", "council")


def _people(work: Work, scope: ReportScope) -> Select[int, str, int | None, int]:
    """Return the question how many people are in editions that have begun, by edition, group and school."""
    today = work.now.astimezone(HERE).date()
    return (
        select(Edition.id, Participant.group_code, Participant.organisation_id, func.count(Participant.id))
        .join(Edition, Edition.id == Participant.edition_id)
        .join(Action, Action.id == Edition.action_id)
        .where(
            Participant.role == "participant",
            Participant.removed_at.is_(None),
            Edition.removed_at.is_(None),
            Action.removed_at.is_(None),
            or_(Edition.starts_on.is_(None), Edition.starts_on <= today),
            scope.holds(func.coalesce(Participant.organisation_id, Action.organisation_id)),
        )
        .group_by(Edition.id, Participant.group_code, Participant.organisation_id)
    )


def expected(work: Work, scope: ReportScope) -> Iterable[Figure]:
    """Yield how many people should bring something, by action, group, level and municipality."""
    return _figures(work, scope, _people(work, scope))


def delivered(work: Work, scope: ReportScope) -> Iterable[Figure]:
    """Yield how many of them have handed something in, alone or with others."""
    brought = (
        select(Author.item_id)
        .join(Item, Item.id == Author.item_id)
        .where(Author.participant_id == Participant.id, Item.state.in_(DELIVERED))
        .correlate(Participant)
    )
    return _figures(work, scope, _people(work, scope).where(brought.exists()))


def _figures(work: Work, scope: ReportScope, people: Select[int, str, int | None, int]) -> Iterable[Figure]:
    editions, councils = _editions(work), councils_of(work.session)
    levels_of = {term.code: term.codes("levels") for term in work.services.vocabularies.groups}
    for edition_id, group, school, number in work.session.execute(people):
        year, action_id, levels = editions[edition_id]
        if year in scope.years:
            council = councils.get(school or 0)
            of = {
                "action": (str(action_id),),
                "group": (group,) if group else (),
                "level": levels_of.get(group) or levels,
                "council": (council,) if council else (),
            }
            yield Figure(year, number, of=of)


def _editions(work: Work) -> dict[int, tuple[int, int, Sequence[str]]]:
    """Return the school year, the action and the action's levels of each edition."""
    columns = (Edition.id, Edition.school_year, Edition.starts_on, Edition.created_at, Action.id, Action.levels)
    rows = work.session.execute(select(*columns).join(Action, Action.id == Edition.action_id))
    return {
        edition_id: (year or school_year_of(starts or made), action_id, levels)
        for edition_id, year, starts, made, action_id, levels in rows
    }


def _actions_of_items(work: Work) -> dict[int, Sequence[str]]:
    rows = select(Contribution.item_id, Edition.action_id).join(Edition, Edition.id == Contribution.edition_id)
    return {item_id: (str(action_id),) for item_id, action_id in work.session.execute(rows)}


def _titles(work: Work, values: Collection[str], _locale: str) -> Mapping[str, str]:
    wanted = {int(value) for value in values if value.isdecimal()}
    rows = work.session.execute(select(Action.id, Action.title))
    return {str(action_id): title for action_id, title in rows if action_id in wanted}


COUNTS = (
    ReportCount("expected", N_("Formandos"), expected, weight=10, by=BY, people="expected"),
    ReportCount("delivered", N_("Entregaram"), delivered, weight=12, by=BY, people="expected"),
)
DIMENSION = ReportDimension("action", N_("Ação de formação"), _actions_of_items, _titles, facet="action", weight=10)

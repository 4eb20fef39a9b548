"""What actions give to reports: people who should bring something, those who did, and which item is of which action."""

from datetime import UTC, date, datetime

from plugins.training_actions import reporting
from repository.api import ReportScope
from repository.models import Item, Organisation, State

YEAR = 2026


def figures(work_as, count, *organisations):
    with work_as() as work:
        return list(count(work, ReportScope(frozenset(organisations), YEAR - 1, YEAR)))


def told(found):
    return {(figure.year, figure.number, *(figure.of[name] for name in reporting.BY)) for figure in found}


def test_people_are_told_by_action_group_level_and_municipality(work_as, make_edition, join, bring, ana, centre):
    edition = make_edition(school_year=YEAR, starts_on=date(2026, 9, 14), levels=["pre"])
    one, two = join(edition, "Rosa", group_code="110"), join(edition, "Rui", group_code="110")
    join(edition, "Vera")  # of no known group: the levels of the action stand for hers
    join(edition, "Formadora", role="trainer")
    item, back = bring(edition, ana, one, two), bring(edition, ana, two)
    with work_as() as work:
        work.session.get_one(Item, back.id).state = State.CHANGES_REQUESTED
    action = (str(edition.action_id),)
    by_group, others = (action, ("110",), ("1ceb",), ()), (action, (), ["pre"], ())
    expected = figures(work_as, reporting.expected, centre.id)
    assert [(f.year, f.number, tuple(f.of[name] for name in reporting.BY)) for f in expected] in (
        [(YEAR, 2, by_group), (YEAR, 1, others)],
        [(YEAR, 1, others), (YEAR, 2, by_group)],
    )
    assert told(figures(work_as, reporting.delivered, centre.id)) == {(YEAR, 2, *by_group)}
    with work_as() as work:
        assert reporting.DIMENSION.of_items(work)[item.id] == action
        assert reporting.DIMENSION.words(work, action, "pt") == {action[0]: "Matemática com as mãos"}


def test_whoever_left_or_waits_for_a_course_to_begin_is_not_expected(work_as, make_edition, join, centre):
    coming = make_edition("Mais tarde", school_year=YEAR, starts_on=date(2100, 1, 1), closes_at=None)
    join(coming, "Rosa")
    left = join(make_edition(school_year=YEAR), "Rui")
    with work_as() as work:
        work.session.merge(left).removed_at = datetime(2026, 10, 1, tzinfo=UTC)
    assert figures(work_as, reporting.expected, centre.id) == []


def test_a_cluster_counts_its_own_people(work_as, make_edition, join, centre):
    with work_as() as work:
        cluster = Organisation(kind="cluster", name="Agrupamento do Rio", parent_id=centre.id)
        work.session.add(cluster)
    edition = make_edition(school_year=YEAR)
    join(edition, "Rosa", school="Agrupamento do Rio")
    join(edition, "Rui")
    assert [f.number for f in figures(work_as, reporting.expected, cluster.id)] == [1]
    assert sum(f.number for f in figures(work_as, reporting.expected, centre.id, cluster.id)) == 2

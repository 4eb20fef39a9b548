"""All that the plugin touches: two counts of people, by group and municipality, and where one can ask for what lacks."""

from collections.abc import Iterable, Mapping

from repository.api import Figure, ReportCount, ReportDimension, ReportScope, Work, hookimpl

PEOPLE: list[Figure] = []  # what a test tells
BROUGHT: list[Figure] = []
BY = ("group", "council", "shelf")


def people(_work: Work, scope: ReportScope) -> Iterable[Figure]:
    return (figure for figure in PEOPLE if figure.year in scope.years)


def brought(_work: Work, scope: ReportScope) -> Iterable[Figure]:
    return (figure for figure in BROUGHT if figure.year in scope.years)


@hookimpl
def register_report_counts() -> Iterable[ReportCount]:
    return (
        ReportCount("people", "Pessoas", people, 1, BY, people="people"),
        ReportCount("brought", "Trouxeram", brought, 2, BY, people="people"),
        ReportCount(
            "days", "Dias", lambda _work, scope: [Figure(scope.last, n) for n in (1, 2, 9)], 3, ("shelf",), median=True
        ),
    )


@hookimpl
def register_report_dimensions() -> Iterable[ReportDimension]:
    return (
        ReportDimension("shelf", "Estante", lambda _work: {}, lambda _work, values, _locale: {v: v for v in values}),
    )


@hookimpl
def places_to_ask(filters: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, str]]:
    return (("Pedir", f"/ask?level={filters['level'][0]}"),)

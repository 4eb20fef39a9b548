"""The pages: the year, everything by one dimension, one count by two, and the gaps."""

from dataclasses import replace
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext

from plugins.reports import gaps, grids
from plugins.reports.pages import files, saying, tables
from plugins.reports.pages.door import address, language, opened, pages
from plugins.reports.pages.of_year import SHOWN, of_year
from plugins.reports.scopes import Asked
from plugins.reports.tally import YEAR, Tally
from repository.api import N_, Invalid, NotFound, status_of, words_of


def _page(template: str, wanted: Asked, tally: Tally, **known: Any) -> str:
    ways = [(name, tables.label_of(tally, name)) for name in tally.dimensions]
    return render_template(
        f"reports/{template}.html",
        asked=wanted,
        ways=ways,
        address=address,
        say=saying,
        shown=tables.shown,
        inside=tables.inside,
        **known,
    )


@pages.get("")
def year() -> str:
    """The report of a school year."""
    wanted, tally = opened()
    told = of_year(wanted, tally)
    short = [told.parts[name] for name in SHOWN if name in told.parts and told.parts[name].lines]
    return _page("year", wanted, tally, told=told, short=short)


@pages.get("/by/<dimension>")
def by(dimension: str) -> str:
    """Everything by one dimension in a school year."""
    wanted, tally = opened()
    return _page("by", wanted, tally, table=_by(wanted, tally, dimension), dimension=dimension)


def _by(wanted: Asked, tally: Tally, dimension: str) -> tables.Table:
    if dimension not in (YEAR, *tally.dimensions):
        raise NotFound(N_("Não há nada neste endereço."))
    of_year = None if dimension == YEAR else wanted.year
    return tables.table_by(tally, dimension, grids.by_one(tally, dimension, of_year, language()))


@pages.get("/cross")
def cross() -> Any:
    """One count by two dimensions, in a school year or over several."""
    wanted, tally = opened()
    rows, columns, what = chosen = _crossed(tally)
    sides = [(name, tables.label_of(tally, name)) for name in (*tally.dimensions, YEAR)]
    counts = [(name, gettext(count.label)) for name, count in tally.counts.items()]
    known = {"sides": sides, "counts": counts, "chosen": {"rows": rows, "columns": columns, "what": what}}
    try:
        return _page("cross", wanted, tally, table=_cross(wanted, tally, *chosen), errors={}, **known)
    except Invalid as error:
        told = {error.field or "what": words_of(error)}
        return _page("cross", wanted, tally, table=None, errors=told, **known), status_of(error)


def _crossed(tally: Tally) -> tuple[str, str, str]:
    args = request.args
    rows, columns = args.get("rows", "level"), args.get("columns", YEAR)
    first = next((count.name for count in tally.counts_by(rows, columns)), "")
    return rows, columns, args.get("what", first)


def _cross(wanted: Asked, tally: Tally, rows: str, columns: str, what: str) -> tables.Table:
    of_year = None if YEAR in (rows, columns) else wanted.year
    return tables.table_of_two(
        tally, (rows, columns), what, grids.by_two(tally, (rows, columns), what, of_year, language())
    )


@pages.get("/gaps")
def gaps_page() -> str:
    """Which disciplines of which levels have nothing yet, with the ways to the search and to where one can ask."""
    wanted, tally = opened()
    return _page("gaps", wanted, tally, gaps=tables.gap_table(tally, gaps.gaps(tally.work, wanted.scope)))


# The same as files


@pages.get("/year.<kind>")
def year_file(kind: str) -> Response:
    """The report of a school year on paper, or all its tables as a workbook."""
    wanted, tally = opened()
    told = of_year(wanted, tally, whole=kind != "pdf")
    if kind == "pdf":
        by_year = replace(told.by_year, title=gettext("Anos letivos"))
        short = [by_year, *(told.parts[name] for name in SHOWN if name in told.parts)]
        return files.year_pdf(tally, told, [table for table in short if table.lines])
    return files.several(kind, [told.by_year, *told.parts.values(), told.gaps.table()], wanted)


@pages.get("/by/<dimension>.<kind>")
def by_file(dimension: str, kind: str) -> Response:
    """Everything by one dimension, as a file."""
    wanted, tally = opened()
    return files.one(kind, _by(wanted, tally, dimension), tally, wanted)


@pages.get("/cross.<kind>")
def cross_file(kind: str) -> Response:
    """One count by two dimensions, as a file."""
    wanted, tally = opened()
    return files.one(kind, _cross(wanted, tally, *_crossed(tally)), tally, wanted)


@pages.get("/gaps.<kind>")
def gaps_file(kind: str) -> Response:
    """The gaps, as a file."""
    wanted, tally = opened()
    found = tables.gap_table(tally, gaps.gaps(tally.work, wanted.scope), links=False)
    return files.one(kind, found.table(), tally, wanted)

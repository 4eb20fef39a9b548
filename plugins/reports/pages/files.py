"""Tables as CSV, workbooks and sheets of paper; the year as a report to hand on."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from flask import Response
from flask_babel import get_locale, gettext, ngettext

from plugins.reports.pages import saying
from plugins.reports.pages.door import language
from plugins.reports.pages.of_year import OfYear
from plugins.reports.pages.tables import GapTable, Table, shown
from plugins.reports.printed import Picture, Printed, YearReport
from plugins.reports.scopes import Asked
from plugins.reports.tally import Tally
from repository.api import N_, XLSX, NotFound, csv_lines, day_in_full, services, write_workbook

PDF = "application/pdf"
_WORD = re.compile("[a-z0-9]+")
MOST_NAMED = 12  # disciplines that lack, by name on paper


def one(kind: str, table: Table, tally: Tally, wanted: Asked) -> Response:
    """Return a table as a file. Raises NotFound for a kind that there is not."""
    name = file_name(wanted, table.title)
    if kind == "csv":
        return _answer("".join(csv_lines(table.rows())), "text/csv", f"{name}.csv")
    if kind == "xlsx":
        return _answer(write_workbook([(table.title, table.rows())]), XLSX, f"{name}.xlsx")
    if kind != "pdf":
        raise NotFound(N_("Não há nada neste endereço."))
    from plugins.reports import paper  # brings fpdf, which a server starts without

    words = _head(table.title, tally, wanted)
    data = paper.table_sheet(words, _printed(table), table.notes, language(), tally.work.now)
    return _answer(data, PDF, f"{name}.pdf", inline=True)


def several(kind: str, tables: Sequence[Table], wanted: Asked) -> Response:
    """Return tables as one workbook. Raises NotFound for another kind."""
    if kind != "xlsx":
        raise NotFound(N_("Não há nada neste endereço."))
    data = write_workbook([(table.title, table.rows()) for table in tables])
    return _answer(data, XLSX, f"{file_name(wanted)}.xlsx")


def file_name(wanted: Asked, title: str = "") -> str:
    """Return what a report of a year is called as a file: in the language of the page, in letters that every header takes."""
    what = gettext("relatorio")
    plain = unicodedata.normalize("NFKD", f"{what} {title}").encode("ascii", "ignore").decode()
    return "-".join([*_WORD.findall(plain.lower()), str(wanted.year), str(wanted.year + 1)])


def _answer(data: str | bytes, media_type: str, name: str, *, inline: bool = False) -> Response:
    way = "inline" if inline else "attachment"
    return Response(data, mimetype=media_type, headers={"Content-Disposition": f'{way}; filename="{name}"'})


def _head(title: str, tally: Tally, wanted: Asked) -> dict[str, str]:
    place = wanted.place.name if wanted.place else ""
    when = gettext("Ano letivo %(year)s", year=saying.year_words(wanted.year))
    return {
        "centre": str(services().settings["centre_name"]),
        "title": title,
        "about": f"{when} · {place}" if place else str(when),
        "made": gettext(
            "Contagens sem dados pessoais, feitas a %(day)s.", day=day_in_full(tally.work.now, str(get_locale()))
        ),
    }


def _printed(table: Table) -> Printed:
    """Return a table as text, for paper."""
    rows = [(line.words, [shown(cell) for cell in line.cells]) for line in table.lines]
    total = (gettext("Total"), [shown(cell) for cell in table.total]) if table.total is not None else None
    return Printed(table.title, table.first, table.heads, rows, total)


def year_pdf(tally: Tally, told: OfYear, tables: Sequence[Table]) -> Response:
    """Return the report of a year on paper, with some of its tables: what a head of centre hands on to the directors."""
    from plugins.reports import paper  # brings fpdf, which a server starts without

    found = told.found
    title = gettext("Relatório anual %(year)s", year=saying.year_words(found.asked.year))
    report = YearReport(
        words=_head(title, tally, found.asked),
        told=[gettext("Neste ano letivo ainda não há números.")] if found.is_empty else saying.sentences(found),
        facts=[(fact.number, fact.words, fact.before) for fact in saying.facts(found)],
        pictures=[] if found.is_empty else _pictures(told),
        tables=[] if found.is_empty else [*_actions(told), *map(_printed, tables)],
        gaps=_lacking(told.gaps),
        notes=list(dict.fromkeys(note for table in tables for note in table.notes)),
    )
    return _answer(
        paper.year_sheets(report, language(), tally.work.now), PDF, f"{file_name(found.asked)}.pdf", inline=True
    )


def _actions(told: OfYear) -> list[Printed]:
    if told.top is None:
        return []
    return [_printed(replace(told.top, title=gettext("Ações que mais deram às escolas")))]


def _pictures(told: OfYear) -> list[Picture]:
    found = []
    for table, name, finding, about in (
        (told.parts.get("level"), "published", saying.finding_of_levels, gettext("Materiais publicados por nível")),
        (told.by_year, "downloaded", saying.finding_of_downloads, gettext("Descarregamentos por ano letivo")),
    ):
        bars = [(line.words, number, shown(number)) for line, number in table.column(name)] if table else []
        if table and bars:
            found.append(Picture(finding(table), about, bars))
    return found


def _lacking(gaps: GapTable) -> tuple[str, list[tuple[str, str, str]]]:
    """Return the finding of the gaps, and for each level how much lacks and what."""
    rows = []
    for lack in gaps.lacking:
        named = ", ".join(lack.names[:MOST_NAMED])
        if (more := len(lack.names) - MOST_NAMED) > 0:
            named += " " + ngettext("e mais %(num)s", "e mais %(num)s", more)
        if lack.empty:
            of_all = gettext("%(some)s de %(all)s", some=shown(lack.empty), all=shown(lack.taught))
            rows.append((lack.words, of_all, named))
    return saying.finding_of_gaps(gaps), rows

"""Tables as CSV, workbooks and sheets of paper; the year as a report to hand on."""

from collections.abc import Mapping, Sequence

from flask import Response
from flask_babel import format_date, gettext, ngettext

from plugins.reports import paper
from plugins.reports.pages import saying
from plugins.reports.pages.door import language
from plugins.reports.pages.tables import GapTable, Line, Table, shown
from plugins.reports.scopes import Asked
from plugins.reports.tally import Tally
from plugins.reports.yearly import Yearly
from repository.api import N_, XLSX, NotFound, csv_lines, services, write_workbook

PDF = "application/pdf"
MOST_NAMED = 12  # disciplines that lack, by name on paper


def one(kind: str, table: Table, tally: Tally, wanted: Asked) -> Response:
    """Return a table as a file. Raises NotFound for a kind that there is not."""
    name = f"{table.name}-{wanted.year}-{wanted.year + 1}"
    if kind == "csv":
        return _answer("".join(csv_lines(table.rows())), "text/csv", f"{name}.csv")
    if kind == "xlsx":
        return _answer(write_workbook([(table.title, table.rows())]), XLSX, f"{name}.xlsx")
    if kind != "pdf":
        raise NotFound(N_("Não há nada neste endereço."))
    words = _head(table.title, tally, wanted)
    data = paper.table_sheet(words, _printed(table), table.notes, language(), tally.work.now)
    return _answer(data, PDF, f"{name}.pdf", inline=True)


def several(kind: str, tables: Sequence[Table], wanted: Asked) -> Response:
    """Return tables as one workbook. Raises NotFound for another kind."""
    if kind != "xlsx":
        raise NotFound(N_("Não há nada neste endereço."))
    data = write_workbook([(table.title, table.rows()) for table in tables])
    return _answer(data, XLSX, f"{file_name(wanted)}.xlsx")


def file_name(wanted: Asked) -> str:
    """Return what the report of a year is called as a file, in letters that every header takes."""
    return f"{gettext('relatorio')}-{wanted.year}-{wanted.year + 1}"


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
        "made": gettext("Contagens sem dados pessoais, feitas a %(day)s.", day=format_date(tally.work.now, "long")),
    }


def _printed(table: Table) -> paper.Printed:
    """Return a table as text, for paper."""
    rows = [(line.words, [shown(cell) for cell in line.cells]) for line in table.lines]
    total = (gettext("Total"), [shown(cell) for cell in table.total]) if table.total is not None else None
    return paper.Printed(table.title, table.first, table.heads, rows, total)


def year_pdf(
    tally: Tally, found: Yearly, parts: Mapping[str, Table], by_year: Table, gaps: GapTable, top: Sequence[Line]
) -> Response:
    """Return the report of a year on paper: what a head of centre hands to the council of directors."""
    wanted = found.asked
    title = gettext("Relatório anual %(year)s", year=saying.year_words(wanted.year))
    words = _head(title, tally, wanted)
    facts = [(fact.number, fact.words, fact.before) for fact in saying.facts(found)]
    pictures = [] if found.is_empty else _pictures(parts, by_year)
    tables = [] if found.is_empty else [_printed(table) for table in _of_year(parts, by_year, top)]
    notes = list(dict.fromkeys(note for table in (by_year, *parts.values()) for note in table.notes))
    told = saying.sentences(found) if not found.is_empty else [gettext("Neste ano letivo ainda não há números.")]
    data = paper.year_sheets(words, told, facts, pictures, tables, _lacking(gaps), notes, language(), tally.work.now)
    return _answer(data, PDF, f"{file_name(wanted)}.pdf", inline=True)


def _pictures(parts: Mapping[str, Table], by_year: Table) -> list[paper.Picture]:
    found = []
    if "level" in parts:
        bars = [(line.words, number, shown(number)) for line, number in parts["level"].column("published")]
        found.append(
            paper.Picture(saying.finding_of_levels(parts["level"]), gettext("Materiais publicados por nível"), bars)
        )
    bars = [(line.words, number, shown(number)) for line, number in by_year.column("downloaded")]
    found.append(
        paper.Picture(saying.finding_of_years(by_year, "downloaded"), gettext("Descarregamentos por ano letivo"), bars)
    )
    return [picture for picture in found if picture.bars]


def _of_year(parts: Mapping[str, Table], by_year: Table, top: Sequence[Line]) -> list[Table]:
    """Return the tables of the report: the actions that gave the most, then each other part."""
    found = [by_year]
    for name, table in parts.items():
        title = gettext("Por %(what)s", what=table.title.lower())
        lines = table.lines
        if name == "action" and len(top) < len(lines):
            title = gettext("As ações que mais deram às escolas")
            lines = top
        if lines:
            found.append(Table(table.name, title, table.first, table.heads, lines, table.total))
    return found


def _lacking(gaps: GapTable) -> tuple[str, list[tuple[str, str, str]]]:
    """Return the finding of the gaps, and for each level how much lacks and what."""
    taught = sum(all_of for _, _, all_of, _, _ in gaps.lacking)
    rows = []
    for _level, words, all_of, empty, names in gaps.lacking:
        if empty:
            more = len(names) - MOST_NAMED
            named = ", ".join(names[:MOST_NAMED])
            if more > 0:
                named += " " + ngettext("e mais %(num)s", "e mais %(num)s", more)
            rows.append((words, gettext("%(some)s de %(all)s", some=shown(empty), all=shown(all_of)), named))
    return saying.finding_of_gaps(gaps.empty, taught), rows

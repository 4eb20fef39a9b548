"""The figures of the lending desk: a sentence, tables with bars, and the same for spreadsheets."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from flask import Response, render_template, request
from flask_babel import format_date, gettext, ngettext

from plugins.physical_loans.figures import Figures, Idle, Missing, Use, figures
from plugins.physical_loans.pages.door import number, pages, signed_in
from plugins.physical_loans.pages.words import kind
from repository.api import N_, XLSX, NotFound, csv_lines, write_workbook

USE_HEADS = (
    N_("Empréstimos"), N_("Unidades"), N_("Em atraso"), N_("Perdidos"), N_("Não levantados"), N_("Em lista de espera"),
)  # fmt: skip
Lines = Iterator[Sequence[Any]]


@pages.get("/figures")
def figures_page() -> str:
    """What was used how much in a school year, what stood idle, and what went missing."""
    found = figures(signed_in(), number(request.args.get("year")))
    tables = [(name, gettext(title), _named(name, uses(found))) for name, (title, uses) in USES.items()]
    return render_template(
        "physical_loans/figures.html", found=found, tables=tables, sentence=sentence(found), heads=USE_HEADS,
        year_words=year_words,
    )  # fmt: skip


@pages.get("/figures/<name>.<kind>")
def figures_table(name: str, kind: str) -> Response:
    """One of the tables for a spreadsheet, as CSV or XLSX."""
    found = figures(signed_in(), number(request.args.get("year")))
    if name not in TABLES or kind not in ("csv", "xlsx"):
        raise NotFound(N_("Não há nada neste endereço."))
    rows = list(TABLES[name](name, found))
    if kind == "xlsx":
        response = Response(write_workbook([(gettext("Números"), rows)]), mimetype=XLSX)
    else:
        response = Response("".join(csv_lines(rows)), mimetype="text/csv")
    what = gettext("emprestimos")
    file = f"{what}-{gettext(FILES[name])}-{found.year}-{found.year + 1}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def sentence(found: Figures) -> str:
    """Return what the year was, in a sentence or two."""
    total = found.total
    if not total.loans:
        return gettext("Neste ano letivo ainda não saiu nada.")
    words = ngettext("Houve %(num)s empréstimo", "Houve %(num)s empréstimos", total.loans)
    used = sum(1 for use in found.things if use.loans)
    words += " " + ngettext("de %(num)s material.", "de %(num)s materiais.", used)
    words += " " + (
        ngettext("%(num)s voltou fora do prazo.", "%(num)s voltaram fora do prazo.", total.late)
        if total.late
        else gettext("Tudo voltou dentro do prazo.")
    )
    if found.idle:
        words += " " + ngettext(
            "%(num)s material não foi usado.", "%(num)s materiais não foram usados.", len(found.idle)
        )
    return words


def year_words(year: int) -> str:
    """Return a school year as the reports write it: 2026/2027."""
    return f"{year}/{year + 1}"


def _named(name: str, uses: Sequence[Use]) -> list[Use]:
    """Return the same uses under names that people read."""
    return [Use(**{**vars(use), "name": NAMES[name](use.name)}) for use in uses]


def _month(code: str) -> str:
    return str(format_date(date(2000, int(code), 1), "MMMM"))


NAMES: dict[str, Callable[[str], str]] = {
    "things": str,
    "categories": lambda code: kind(code) or gettext("Sem categoria"),
    "schools": lambda name: name or gettext("Escola não indicada"),
    "months": _month,
}
USES: dict[str, tuple[str, Callable[[Figures], Sequence[Use]]]] = {
    "months": (N_("Por mês"), lambda found: found.months),
    "things": (N_("Por material"), lambda found: found.things),
    "categories": (N_("Por categoria"), lambda found: found.categories),
    "schools": (N_("Por escola"), lambda found: found.schools),
}


def _use_lines(name: str, found: Figures) -> Lines:
    title, uses = USES[name]
    yield [gettext(title), *(gettext(head) for head in USE_HEADS)]
    for use in _named(name, uses(found)):
        yield use.name, use.loans, use.units, use.late, use.lost, use.not_picked_up, use.waited


def _idle_lines(_name: str, found: Figures) -> Lines:
    yield gettext("Material"), gettext("Exemplares"), gettext("Usado pela última vez")
    for each in found.idle:
        yield _idle_line(each)


def _idle_line(each: Idle) -> Sequence[Any]:
    return each.title, each.copies, each.last.date().isoformat() if each.last else ""


def _missing_lines(_name: str, found: Figures) -> Lines:
    yield gettext("Material"), gettext("Componente"), gettext("Faltas"), gettext("Por repor"), gettext("Consumível")
    for each in found.missing:
        yield _missing_line(each)


def _missing_line(each: Missing) -> Sequence[Any]:
    return each.title, each.part, each.missing, each.open, gettext("sim") if each.consumable else gettext("não")


# In letters that every header of HTTP takes.
FILES = {
    "months": N_("por-mes"),
    "things": N_("por-material"),
    "categories": N_("por-categoria"),
    "schools": N_("por-escola"),
    "idle": N_("nao-usados"),
    "missing": N_("faltas"),
}
TABLES: dict[str, Callable[[str, Figures], Lines]] = {
    **dict.fromkeys(USES, _use_lines),
    "idle": _idle_lines,
    "missing": _missing_lines,
}

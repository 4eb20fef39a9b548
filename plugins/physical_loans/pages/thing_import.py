"""Staff's page that takes an inventory as a table: first what it would do, then all of it or nothing."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, render_template, request
from flask_babel import gettext, ngettext

from plugins.physical_loans import columns, import_inventory, importing
from plugins.physical_loans.importing import Planned, Source
from plugins.physical_loans.pages.sending import MIMES, as_attachment
from plugins.physical_loans.pages.things_door import done, door, pages
from repository.api import N_, DomainError, Invalid, NotFound, begin, status_of, words_of

PAGE = "physical_loans/thing_import.html"
MOST_BYTES = 20 * 1024 * 1024
SHOWN = 200  # rows of the summary; the wrong ones come first


@pages.route("/things/import", methods=["GET", "POST"])
def table() -> Any:
    """The form that takes a table, what it would do, and the doing."""
    work = door()
    known: dict[str, Any] = {
        "names": {name: (words[0], words[1:6]) for name, words in columns.NAMES.items()},
        "typed": request.form.get("pasted", ""),
    }
    if request.method == "GET":
        return render_template(PAGE, errors={}, **known)
    try:
        source, kind = _source()
        planned = import_inventory.plan(work, source)
    except DomainError as error:
        return render_template(PAGE, errors={error.field or "": words_of(error)}, **known), status_of(error)
    wrong = any(row.problems for row in planned.rows)
    if request.form.get("do") == "apply" and not wrong:
        return _apply(source, known)
    known |= _summary(planned.rows) | {"carried": importing.carry(source), "kind": kind, "unknown": planned.unknown}
    return render_template(PAGE, errors={}, **known), 422 if wrong else 200


def _source() -> tuple[Source, str]:
    """Return the table that was sent, and the kind of file in which its errors go back. Raises Invalid for none."""
    if text := request.form.get("carried", ""):
        return importing.carried(text), "xlsx" if request.form.get("kind") == "xlsx" else "csv"
    sent, pasted = request.files.get("file"), request.form.get("pasted", "")
    data = sent.stream.read(MOST_BYTES + 1) if sent and sent.filename else pasted.encode()
    if not data.strip():
        raise Invalid(N_("Escolha um ficheiro, ou cole uma tabela."), field="file")
    kind = "xlsx" if data.startswith(b"PK") or not (sent and sent.filename) else "csv"
    return importing.read(data), kind


def _apply(source: Source, known: Mapping[str, Any]) -> Any:
    """Plan once more inside the transaction, for the house may have changed since the page was shown, and do it."""
    try:
        with begin() as work:
            planned = import_inventory.plan(work, source)
            import_inventory.carry_out(work, planned)
            counts = importing.counts(planned.rows)
    except DomainError as error:
        return render_template(PAGE, errors={"file": words_of(error)}, **known), status_of(error)
    new = ngettext("Entrou %(num)s exemplar", "Entraram %(num)s exemplares", counts["new"])
    changed = ngettext("mudou %(num)s", "mudaram %(num)s", counts["changed"])
    same = ngettext("%(num)s já cá estava igual", "%(num)s já cá estavam iguais", counts["unchanged"])
    said = zip((new, changed, same), (counts["new"], counts["changed"], counts["unchanged"]), strict=True)
    words = ", ".join(text for text, number in said if number) or gettext("Não mudou nada")
    flash(words[:1].upper() + words[1:] + ".", "success")
    return done("things")


def _summary(planned: list[import_inventory.PlannedCopy]) -> dict[str, Any]:
    order = {"error": 0, "changed": 1, "new": 2, "unchanged": 3}
    rows = sorted(planned, key=lambda row: (order[row.outcome], row.number))
    return {
        "rows": [_told(row) for row in rows[:SHOWN]],
        "hidden": max(0, len(rows) - SHOWN),
        "counts": importing.counts(planned),
    }


def _told(row: Planned) -> dict[str, Any]:
    return {
        "number": row.number,
        "label": row.label,
        "outcome": row.outcome,
        "problems": [importing.said(problem, words_of) for problem in row.problems],
        "changes": [(_field(name), _words(before), _words(after)) for name, before, after in row.changes],
    }


def _field(name: str) -> str:
    return columns.NAMES[name][0] if name in columns.NAMES else gettext("Balcão")


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


@pages.post("/things/import/errors")
def table_errors() -> Response:
    """The wrong rows of a table as a file, each with what is wrong with it."""
    work = door()
    source, kind = _source()
    planned = import_inventory.plan(work, source)
    return as_attachment(importing.error_rows(source.copies, planned.rows, words_of), kind, "erros")


@pages.get("/things/import/template.<any(csv, xlsx):kind>")
def table_template(kind: str) -> Response:
    """A table with the columns that are understood, and one row to show how they are filled in."""
    door()
    if kind not in MIMES:
        raise NotFound(N_("Não há nada neste endereço."))
    shown = list(columns.EXAMPLE)
    return as_attachment(
        [[columns.NAMES[name][0] for name in shown], [columns.EXAMPLE[name] for name in shown]], kind, "inventario"
    )

"""Commands of the plugin."""

from pathlib import Path

import click

from plugins.physical_loans import import_inventory, importing, printing
from plugins.physical_loans.import_inventory import PlannedCopy
from plugins.physical_loans.labels import FORMATS, sheets
from repository.api import (
    SYSTEM,
    Services,
    csv_lines,
    in_terminal,
    json_option,
    open_look,
    open_work,
    pass_prepared_services,
    report,
)


@click.group("loans")
def loans() -> None:
    """Lending: the inventory, its labels, and reminders."""


@loans.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--errors", "errors_to", type=click.Path(path_type=Path), help="Write the wrong rows to this CSV file.")
@json_option
@pass_prepared_services
def import_table(services: Services, file: Path, dry_run: bool, errors_to: Path | None, as_json: bool) -> None:
    """Take an inventory from the CSV or XLSX FILE, one row a copy: all of it, or nothing."""
    source = importing.read(file.read_bytes())
    with open_look(services, SYSTEM) as work:
        planned = import_inventory.plan(work, source)
    wrong = any(row.problems for row in planned.rows)
    if errors_to is not None and wrong:
        errors_to.write_text("".join(csv_lines(importing.error_rows(source.copies, planned.rows, str))), "utf-8")
    if not dry_run and not wrong:
        with open_work(services, SYSTEM) as work:
            import_inventory.carry_out(work, import_inventory.plan(work, source))
    _tell(planned.rows, applied=not dry_run and not wrong, as_json=as_json)
    if wrong:
        raise click.exceptions.Exit(1)


def _tell(planned: list[PlannedCopy], *, applied: bool, as_json: bool) -> None:
    rows = [
        {
            "row": row.number,
            "label": row.label,
            "outcome": row.outcome,
            "problems": [importing.said(problem, in_terminal) for problem in row.problems],
            "changes": [{"field": name, "before": before, "after": after} for name, before, after in row.changes],
        }
        for row in planned
    ]
    counts = importing.counts(planned)
    report({"applied": applied, "counts": counts, "rows": rows}, lambda: _lines(planned, applied), as_json=as_json)


def _lines(planned: list[PlannedCopy], applied: bool) -> list[str]:
    told = []
    for row in planned:
        words = [importing.said(problem, in_terminal) for problem in row.problems]
        words += [f"{name}: {before or '–'} → {after}" for name, before, after in row.changes]
        told.append(f"{row.outcome:<9} {row.number:>5}  {row.label}  {' · '.join(words)}".rstrip())
    counts = ", ".join(f"{count} {outcome}" for outcome, count in importing.counts(planned).items())
    return [*told, f"{counts}; {'done' if applied else 'nothing was changed'}."]


@loans.command("labels")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="3x8", help="Labels across and down on A4.")
@click.option("--copies", "chosen", default="", help="Inventory numbers, separated by commas; all without it.")
@click.option("--used", type=click.IntRange(0), default=0, help="How many labels of the first sheet are gone already.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The PDF to write.")
@pass_prepared_services
def labels(services: Services, form: str, chosen: str, used: int, output: Path) -> None:
    """Write labels with QR codes for copies to a PDF."""
    with open_look(services, SYSTEM) as work:
        wanted = [number.strip() for number in chosen.split(",") if number.strip()]
        found = [copy for copy in printing.printable(work) if not wanted or copy.inventory in wanted]
        absent = set(wanted) - {copy.inventory for copy in found}
        if absent:
            raise click.UsageError(f"no copy has the number {', '.join(sorted(absent))}")
        drawn = printing.labels_of(work, found)
        data = sheets(drawn, FORMATS[form], "Etiquetas", "pt-PT", work.now, used)
    output.write_bytes(data)
    click.echo(f"{len(drawn)} labels in {output}")

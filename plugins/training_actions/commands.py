"""Commands of the plugin."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from plugins.training_actions import actions as rules
from plugins.training_actions import import_actions, import_people, importing, table_undo
from plugins.training_actions.importing import Planned
from repository.api import (
    SYSTEM,
    Services,
    Table,
    Work,
    in_terminal,
    json_option,
    open_look,
    open_work,
    pass_services,
    report,
)

KEYS = sorted({*import_actions.KEYS, *import_people.KEYS})


@click.group("actions")
def actions() -> None:
    """Training actions, their editions, and the people in them."""


@actions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(["actions", "participants"]), default="actions", help="What the table lists.")
@click.option("--edition", "edition_id", type=int, help="The edition that participants are in.")
@click.option("--key", type=click.Choice(KEYS), help="What known rows are known by; reference, or email for people.")
@click.option("--sheet", default="", help="The sheet of a workbook; else the one whose header is known best.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--errors", "errors_to", type=click.Path(path_type=Path), help="Write the wrong rows to this file.")
@json_option
@pass_services
def import_table(
    services: Services,
    file: Path,
    kind: str,
    edition_id: int | None,
    key: str | None,
    sheet: str,
    dry_run: bool,
    errors_to: Path | None,
    as_json: bool,
) -> None:
    """Take actions and editions, or an edition's people, from the CSV or XLSX FILE: all of it, or nothing."""
    module: Any = import_people if kind == "participants" else import_actions
    key = key or next(iter(module.KEYS))
    if key not in module.KEYS or (kind == "participants") != (edition_id is not None):
        raise click.UsageError("participants need --edition and --key email or name; actions take no --edition")
    table = importing.read(file.read_bytes(), module.NAMES, sheet)
    with open_look(services, SYSTEM) as work:
        planned = _plan(services, work, table, key, edition_id)
    wrong = any(row.problems for row in planned)
    if errors_to is not None and wrong:
        errors_to.write_bytes(
            importing.as_file(importing.error_rows(table, planned, str), errors_to.suffix.lstrip("."))
        )
    if not dry_run and not wrong:
        with open_work(services, SYSTEM) as work:
            _carry_out(services, work, table, key, edition_id)
    _tell(planned, applied=not dry_run and not wrong, as_json=as_json)
    if wrong:
        raise click.exceptions.Exit(1)


def _plan(services: Services, work: Work, table: Table, key: str, edition_id: int | None) -> Sequence[Planned]:
    if edition_id is None:
        return import_actions.plan(work, table, key, services.vocabularies)[0]
    return import_people.plan(work, rules.get_edition(work, edition_id), table, key, services.vocabularies)[0]


def _carry_out(services: Services, work: Work, table: Table, key: str, edition_id: int | None) -> None:
    """Plan once more inside the transaction, for the house may have changed since, and do it."""
    if edition_id is None:
        rows, _ = import_actions.plan(work, table, key, services.vocabularies)
        table_undo.keep(work, None, import_actions.carry_out(work, rows))
    else:
        edition = rules.get_edition(work, edition_id)
        planned, _ = import_people.plan(work, edition, table, key, services.vocabularies)
        table_undo.keep(work, edition, import_people.carry_out(work, edition, planned))


def _tell(planned: Sequence[Planned], *, applied: bool, as_json: bool) -> None:
    counts = importing.counts(planned)
    rows = [
        {
            "row": row.number,
            "label": row.label,
            "outcome": row.outcome,
            "problems": [importing.said(problem, in_terminal) for problem in row.problems],
            "notes": [in_terminal(note) for note in row.notes],
            "changes": [{"field": name, "before": before, "after": after} for name, before, after in row.changes],
        }
        for row in planned
    ]
    report({"applied": applied, "counts": counts, "rows": rows}, lambda: _lines(planned, applied), as_json=as_json)


def _lines(planned: Sequence[Planned], applied: bool) -> list[str]:
    told = []
    for row in planned:
        words = [importing.said(problem, in_terminal) for problem in row.problems] + [
            in_terminal(note) for note in row.notes
        ]
        words += [f"{name}: {before or '–'} → {after}" for name, before, after in row.changes]
        told.append(f"{row.outcome:<9} {row.number:>5}  {row.label}  {' · '.join(words)}".rstrip())
    counts = ", ".join(f"{count} {outcome}" for outcome, count in importing.counts(planned).items())
    return [*told, f"{counts}; {'done' if applied else 'nothing was changed'}."]

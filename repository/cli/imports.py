"""`import`: a folder or a ZIP of real documents, with a table of what is known of them or without."""

from collections import Counter
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from repository import schema
from repository.cli.index import index_now
from repository.cli.people import find_organisation, find_person
from repository.console import in_terminal, json_option, on_terminal, pass_services, report
from repository.house import load_stored
from repository.importing.metadata import read_metadata, resolve
from repository.importing.outcome import Line, Outcome
from repository.importing.plan import Planned, plan_files, plan_table
from repository.importing.run import Order, run
from repository.importing.sources import Listing, open_source
from repository.models import State
from repository.permissions import actor_of
from repository.tables import csv_lines
from repository.work import SYSTEM, Services, open_look

SHARED = ("level", "year", "group", "discipline", "type", "licence", "language", "keyword")


def shared_options(command: Any) -> Any:
    """Add an option for each value that all imported files may share; several are repeated or separated by |."""
    for name in reversed(SHARED):
        command = click.option(f"--{name}", multiple=True, help=f"The {name} of all files; code or words.")(command)
    return command


@click.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--csv", "table", type=click.Path(path_type=Path), help="A table of what is known; only its files come in."
)
@click.option("--owner", required=True, help="Address of the account that the items belong to.")
@click.option("--organisation", default="", help="Number, code or name; the owner's own when it is not given.")
@click.option("--publish", is_flag=True, help="Publish what says enough; else everything stays a draft.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--report", "report_to", type=click.Path(path_type=Path), help="Also write the report to this CSV file.")
@shared_options
@json_option
@pass_services
def import_files(
    services: Services,
    source: Path,
    table: Path | None,
    owner: str,
    organisation: str,
    publish: bool,
    dry_run: bool,
    report_to: Path | None,
    as_json: bool,
    **shared: tuple[str, ...],
) -> None:
    """Take every document of SOURCE, a folder or a ZIP. What is here stays as it is. Ends with 1 when a file was refused."""
    schema.is_current(services)
    load_stored(services)
    order = make_order(services, owner, organisation, publish=publish, dry_run=dry_run)
    values = shared_values(services, shared)
    with open_source(source, table) as listing:
        planned = _plan(services, listing, table, values, complete=publish)
        lines = list(listing.left)
        progress = tqdm(
            total=sum(len(each.files) for each in planned), unit="file", disable=as_json or not on_terminal()
        )
        try:
            with progress:
                for done in run(services, planned, order):
                    lines += done
                    progress.update(len(done))
        finally:
            _tell(lines, order, report_to, as_json=as_json)
    if publish and not dry_run:
        index_now(services)
    if any(line.outcome == Outcome.REFUSED for line in lines):  # the others came in, and the report says which did not
        raise click.exceptions.Exit(1)


def make_order(services: Services, owner: str, organisation: str, *, publish: bool, dry_run: bool) -> Order:
    """Return the order for the owner's account. Raises NotFound for an unknown account or organisation."""
    with open_look(services, SYSTEM) as work:
        person = find_person(work, owner)
        homes = actor_of(work.session, services.hook, person, work.now.date()).organisation_ids
        place = find_organisation(work, organisation).id if organisation else next(iter(homes), None)
        return Order(person.id, place, publish, dry_run)


def shared_values(services: Services, shared: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return the shared values as codes. Raises Invalid for a word that no vocabulary knows."""
    given = {"keywords" if name == "keyword" else name: "|".join(texts) for name, texts in shared.items()}
    values, refused = resolve(services.vocabularies, given)
    for refusal in refused:
        raise refusal
    return values


def _plan(
    services: Services, listing: Listing, table: Path | None, values: dict[str, Any], *, complete: bool
) -> list[Planned]:
    if table is None:
        return plan_files(listing, values, services.vocabularies)
    described, unknown = read_metadata(read_table_file(table, listing, services), services.vocabularies)
    for word in unknown:
        click.echo(f"A column that is not known, and was not used: {word!r}", err=True)
    return plan_table(listing, described, values, services.vocabularies, complete=complete)


def read_table_file(table: Path, listing: Listing, services: Services) -> bytes:
    """Return the bytes of the table: a file of this machine, or one of that name inside the source."""
    if table.is_file():
        return table.read_bytes()
    for file in listing.files:
        if file.name == table.as_posix():
            listing.files.remove(file)
            with file.at(services.blobs.partial) as path:
                return path.read_bytes()
    raise click.BadParameter(f"there is no file {table}", param_hint="--csv")


def _tell(lines: list[Line], order: Order, report_to: Path | None, *, as_json: bool) -> None:
    rows = [_row(line) for line in lines]
    counts = Counter(line.outcome for line in lines)
    materials = Counter({line.item_id: line.state for line in lines if line.state}.values())
    data = {
        "dry_run": order.dry_run,
        "counts": {each.value: counts[each] for each in Outcome},
        "materials": {state: materials[state] for state in (State.PUBLISHED, State.DRAFT)},
        "files": rows,
    }
    report(data, lambda: [*map(_line, rows), _summary(counts, materials, order)], as_json=as_json)
    if report_to is not None:
        table = [["file", "outcome", "words", "item_id", "title", "state"], *(row.values() for row in rows)]
        report_to.write_text("".join(csv_lines(table)), "utf-8", newline="")


def _row(line: Line) -> dict[str, Any]:
    """Return a line as the report holds it, its notes in the language of the terminal."""
    words = " ".join(map(in_terminal, line.notes))
    said = {"file": line.file, "outcome": line.outcome, "words": words, "item_id": line.item_id, "title": line.title}
    return said | {"state": line.state}


def _line(row: dict[str, Any]) -> str:
    told = " · ".join(part for part in (row["title"], row["words"]) if part)
    where = f"#{row['item_id']}" if row["item_id"] else ""
    return f"{row['outcome']:<9} {row['file']}  {where} {told}".rstrip()


def _summary(counts: Counter[Outcome], materials: Counter[str], order: Order) -> str:
    """Return what became of the files, and of the materials that were made of them."""
    files = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome)
    if order.dry_run:
        return f"Dry run, nothing changed: {files}"
    return (
        f"Files: {files}. Materials: {materials[State.PUBLISHED]} published, {materials[State.DRAFT]} left as drafts."
    )

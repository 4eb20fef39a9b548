"""`backup` and `restore`."""

from pathlib import Path

import click

from repository import schema
from repository.backup import back_up
from repository.checking import check
from repository.cli.check import line
from repository.console import json_option, pass_services, refusing, report
from repository.house import ask_for_rebuild, build_services
from repository.restoring import fill_rows, restore_files
from repository.settings import instance_folder
from repository.work import Services


@click.command()
@click.argument("destination", type=click.Path(path_type=Path, file_okay=False))
@json_option
@pass_services
def backup(services: Services, destination: Path, as_json: bool) -> None:
    """Copy the database, then the files, to the folder DESTINATION; the next time only what is new."""
    schema.is_current(services)
    made = back_up(services, destination)
    data = {"destination": str(destination), "made_at": made.made_at, "files": len(made.blobs), "damaged": made.damaged}
    report(data, lambda: [f"{len(made.blobs)} files and the database copied to {destination}"], as_json=as_json)
    if made.damaged:
        click.echo(f"missing or damaged before the backup: {' '.join(made.damaged)}", err=True)
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path, file_okay=False))
@click.option("--instance", type=click.Path(path_type=Path), help="The empty folder to restore to.")
@json_option
def restore(source: Path, instance: Path | None, as_json: bool) -> None:
    """Put the backup in the folder SOURCE into an empty instance, prove it whole, and ask for a new index."""
    with refusing():
        place = (instance or instance_folder()).resolve()
        dump = restore_files(source, place)
        services = build_services(place)
        try:
            fill_rows(services.sessions.engine, dump, place)
            schema.upgrade(services)
            services.blobs.keep_reserve(services.settings["reserve_mb"])
            ask_for_rebuild(services)
            result = check(services, full=True)
        finally:
            services.close()
    report(result, lambda: [line(each) for each in result["findings"]], as_json=as_json)
    if not result["ok"]:
        raise click.exceptions.Exit(1)

"""`actions intake`: a course's files and its participants' list, from the command line."""

from pathlib import Path
from typing import Any

import click

from plugins.training_actions import intake, intake_job, intake_rehearsal
from plugins.training_actions.intake_files import Sent
from plugins.training_actions.intake_told import rehearsed, told
from plugins.training_actions.models import IntakeState
from repository.api import SYSTEM, Services, json_option, open_look, pass_services, report


@click.command("intake")
@click.argument("edition", type=int)
@click.argument("source", metavar="ZIP", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--participants", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The people's list.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@json_option
@pass_services
def take_in(
    services: Services, edition: int, source: Path, participants: Path | None, dry_run: bool, as_json: bool
) -> None:
    """Take the files of ZIP into EDITION as drafts of their authors. Running it again adds nothing."""
    table = participants.read_bytes() if participants else b""
    if dry_run:
        seen = intake_rehearsal.rehearse(services, SYSTEM, edition, source, table)
        _tell(rehearsed(edition, source.name, seen), as_json=as_json)
        return
    with source.open("rb") as stream:
        upload = intake.receive(services, SYSTEM, edition, [Sent(f"{source.stem}.zip", stream)], table)
    number = intake.begin(services, SYSTEM, edition, upload, sure=True)
    while _going(services, number):
        intake_job.run(services, [{"intake_id": number}])
    with open_look(services, SYSTEM) as work:
        found, _ = intake.get_intake(work, number)
        _tell(told(work, found), as_json=as_json)
        if found.state == IntakeState.REFUSED:
            raise click.exceptions.Exit(1)


def _going(services: Services, number: int) -> bool:
    with open_look(services, SYSTEM) as work:
        return intake.get_intake(work, number)[0].state in intake.OPEN


def _tell(data: dict[str, Any], *, as_json: bool) -> None:
    report(data, lambda: _lines(data), as_json=as_json)


def _lines(data: dict[str, Any]) -> list[str]:
    lines = [f"row {row}: {words}" for row, words in data["list_problems"]]
    if data["new_people"]:
        lines.append(f"new people: {', '.join(data['new_people'])}")
    for file in data["files"]:
        guesses = "; ".join(f"{', '.join(each['people'])} ({', '.join(each['why'])})" for each in file["guesses"])
        who = ", ".join(file["authors"]) or (f"? {guesses}" if file["state"] == "unmatched" and guesses else "")
        lines.append(f"{file['state']:<9} {file['file']}  {who}  {file['reason']}".rstrip())
    counts = ", ".join(f"{count} {state}" for state, count in sorted(data["counts"].items()))
    said = data["problem"] or counts
    return [*lines, f"{'Dry run, nothing changed: ' if data['dry_run'] else ''}{said}"]

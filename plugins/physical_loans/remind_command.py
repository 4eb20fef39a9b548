"""`repository loans remind`: sends now what is due, or says what would go."""

import json
from functools import partial

import click

from plugins.physical_loans import clockwork, reminders
from plugins.physical_loans.reminders import Reminder
from repository.api import SYSTEM, Services, json_option, open_look, open_work, pass_services


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and send nothing.")
@json_option
@pass_services
def remind(services: Services, dry_run: bool, as_json: bool) -> None:
    """Remind of loans whose return is near, due or late; each reminder goes once."""
    if dry_run:
        with open_look(services, SYSTEM) as work:
            found = list(reminders.all_due(work))
    else:
        found = clockwork.remind(partial(open_work, services, SYSTEM))
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "reminders": [_said(one) for one in found]}, ensure_ascii=False))
        return
    for one in found:
        how = "" if one.reached else "\t(no e-mail: told to the desk)"
        click.echo(f"{one.booking_id}\t{one.due_on.isoformat()}\t{one.offset:+d}\t{one.title}{how}")
    click.echo(f"{len(found)} {'would go' if dry_run else 'sent'}")


def _said(one: Reminder) -> dict[str, object]:
    return {
        "booking": one.booking_id,
        "thing": one.title,
        "due_on": one.due_on.isoformat(),
        "offset": one.offset,
        "letter": one.letter,
        "by_mail": one.reached,
    }

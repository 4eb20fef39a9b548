"""`repository moderation …`: what the checks say, for scripts and for whoever wants to know."""

import json
from typing import Any

import click

from repository.api import SYSTEM, Item, Services, checks_of, open_look, pass_services, run_checks


@click.group()
def moderation() -> None:
    """What the checks say of materials."""


@moderation.command()
@click.argument("items", type=int, nargs=-1, required=True, metavar="ITEM…")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_services
def check(services: Services, items: tuple[int, ...], as_json: bool) -> None:
    """Run every check on the items now and print what they say: code, reason in words, file."""
    said = {item_id: _check(services, item_id) for item_id in items}
    if as_json:
        click.echo(
            json.dumps([{"item": item_id, "findings": found} for item_id, found in said.items()], ensure_ascii=False)
        )
        return
    for item_id, found in said.items():
        click.echo(f"{item_id}: {len(found)}")
        for finding in found:
            click.echo(f"  {finding['weight']:<4} {finding['code']}: {finding['reason']}")


def _check(services: Services, item_id: int) -> list[dict[str, Any]]:
    """Return what the checks say of one item. Raises click.ClickException when there is none."""
    with open_look(services, SYSTEM) as work:
        item = work.session.get(Item, item_id)
        if item is None:
            raise click.ClickException(f"there is no item {item_id}")
        names = {file.id: file.name for file in item.files}
        return [
            {
                "code": code,
                "weight": found.weight,
                "reason": found.reason % found.params if found.params else found.reason,
                "file": names.get(found.file_id) if found.file_id else None,
                "fix": found.fix,
            }
            for code, found in run_checks(work, item, checks_of(services))
        ]

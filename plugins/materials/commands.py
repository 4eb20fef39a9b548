"""Commands of the plugin."""

import click
from sqlalchemy import select

from repository.api import N_, SYSTEM, File, NotFound, Services, enqueue, open_work, pass_services


@click.group("materials")
def materials() -> None:
    """Look after the materials and their files."""


@materials.command("re-examine")
@click.option("--item", "item_id", type=int, help="Only the files of this item.")
@pass_services
def re_examine(services: Services, item_id: int | None) -> None:
    """Read files again: their text, language, thumbnails and problems. The worker does the work."""
    count = ask_to_examine(services, item_id)
    if item_id is not None and not count:
        raise NotFound(N_("O material %(id)s não tem ficheiros."), id=item_id)
    click.echo(f"{count} files will be examined by the worker.")


def ask_to_examine(services: Services, item_id: int | None = None) -> int:
    """Put a look into each present file (of one item) into the queue; return how many."""
    with open_work(services, SYSTEM) as work:
        wanted = select(File.id).where(File.removed_at.is_(None)).order_by(File.id)
        if item_id is not None:
            wanted = wanted.where(File.item_id == item_id)
        ids = list(work.session.scalars(wanted))
        for file_id in ids:
            enqueue(work, "files.examine", key=str(file_id), priority=90, file_id=file_id)
    return len(ids)

"""`reindex`: a new index, built beside the old one."""

import time

import click

from repository import jobs, schema
from repository.console import pass_services
from repository.errors import Unavailable
from repository.house import ask_for_rebuild, load_stored
from repository.locks import worker_lock
from repository.search.engine import SearchError
from repository.words import N_
from repository.work import Services
from repository.worker import begin

LOOK_AGAIN_S = 0.5


@click.command()
@click.option("--wait", is_flag=True, help="Return when the new index answers.")
@pass_services
def reindex(services: Services, wait: bool) -> None:
    """Ask for a new index; the old one answers until the new one is ready."""
    schema.is_current(services)
    load_stored(services)
    ask_for_rebuild(services)
    if not wait:
        click.echo("A new index is asked for; the worker builds it.")
        return
    while not index_now(services) and _waiting(services):
        time.sleep(LOOK_AGAIN_S)
    try:
        count = services.search.engine.count()
    except SearchError as error:  # the log says what became of the job, which is tried again
        raise Unavailable(N_("O índice novo não ficou pronto: %(why)s"), why=str(error)) from error
    click.echo(f"The index holds {count} items.")


def index_now(services: Services) -> bool:
    """Run the index's jobs in this process, unless a worker is there to do it; return whether they were run here."""
    lock = worker_lock(services.instance)
    if not lock.acquire():
        return False
    try:
        begin(services)
        kinds = {name: kind for name, kind in jobs.job_kinds(services.hook).items() if name.startswith("search.")}
        while jobs.run_next(services, kinds):
            pass
    finally:
        lock.release()
    return True


def _waiting(services: Services) -> bool:
    with services.sessions.reading() as session:
        return jobs.waits(session, "search.rebuild")

"""`init`, `db` and `demo`: what makes an instance and keeps it up to its version."""

import click
from sqlalchemy import select
from tqdm import tqdm

from repository import schema
from repository.cli.index import index_now
from repository.console import json_option, on_terminal, pass_new_services, pass_services, report
from repository.first_run import has_administrator, setup_code
from repository.house import load_stored
from repository.models import Item, User
from repository.sealing import secret_key
from repository.work import Services


@click.command()
@json_option
@pass_new_services
def init(services: Services, as_json: bool) -> None:
    """Make the instance, or bring it up to this version. Safe to run again."""
    schema.upgrade(services)
    secret_key(services)
    services.instance.chmod(0o750)
    services.blobs.keep_reserve(services.settings["reserve_mb"])
    index_now(services)
    ready = {"instance": str(services.instance.absolute()), "setup_code": first_code(services)}
    report(ready, lambda: [f"Instance ready: {ready['instance']}"], as_json=as_json)


def first_code(services: Services) -> str:
    """Return the code that the first page asks for, or "" once somebody administers the instance."""
    with services.sessions.reading() as session:
        return "" if has_administrator(session) else setup_code(services.instance)


@click.group()
def db() -> None:
    """Move the database's schema by hand; `init` is enough for everyday use."""


@db.command()
@click.argument("revision", default="")
@pass_new_services
def upgrade(services: Services, revision: str) -> None:
    """Bring every line to its newest step, or one line to REVISION."""
    schema.upgrade(services, revision)


@db.command()
@click.argument("revision")
@pass_services
def downgrade(services: Services, revision: str) -> None:
    """Take a line back to REVISION, for example core@base. Make a backup first."""
    schema.downgrade(services, revision)


@db.command()
@click.argument("line")
@click.argument("message")
@pass_services
def revision(services: Services, line: str, message: str) -> None:
    """Write the next migration of LINE (core, or a plugin) from its models; read and try it before it is kept."""
    click.echo(schema.new_revision(services, line, message))


@db.command()
@json_option
@pass_services
def current(services: Services, as_json: bool) -> None:
    """Show the steps the database has, and those this version wants."""
    data = {"present": sorted(schema.present(services)), "wanted": sorted(schema.wanted(services))}
    report(data, lambda: [f"{name}: {' '.join(steps) or '-'}" for name, steps in data.items()], as_json=as_json)


def is_empty(services: Services) -> bool:
    """Return whether nobody has an account and nothing is deposited yet."""
    with services.sessions.reading() as session:
        return session.scalar(select(User.id).limit(1)) is None and session.scalar(select(Item.id).limit(1)) is None


FILLING = "Filling the demonstration centre: one to three minutes, only this time."


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when there is an account or an item already.")
@click.option("--password", default="", envvar="REPOSITORY_DEMO_PASSWORD", help="Of all accounts; else a random one.")
@json_option
@pass_services
def demo(services: Services, if_empty: bool, password: str, as_json: bool) -> None:
    """Load the demonstration centre: invented people, and about eighty materials. Safe to run again."""
    schema.is_current(services)
    load_stored(services)
    if if_empty and not is_empty(services):
        report({"loaded": 0}, list, as_json=as_json)
        return
    if not as_json:
        click.echo(FILLING, err=True)
    # Only here: what makes office files takes half a second to import, and 30 MB that no server needs.
    from repository.demo.load import load
    from repository.demo.material import demo_materials

    with tqdm(total=len(demo_materials()), unit="material", disable=as_json or not on_terminal()) as progress:
        accounts = load(services, password, lambda _title: progress.update())
    report({"loaded": progress.total, "accounts": accounts}, lambda: accounts, as_json=as_json)

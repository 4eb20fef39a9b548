"""`user` and `token`: accounts and personal tokens from the command line."""

import getpass
import sys
from typing import Any

import click
from sqlalchemy import select

from repository import accounts
from repository.console import json_option, pass_services, report
from repository.errors import Invalid, NotFound
from repository.models import Organisation, User
from repository.permissions import ROLES
from repository.words import N_
from repository.work import SYSTEM, Services, Work, open_look, open_work


@click.group()
def user() -> None:
    """Add and list accounts."""


@user.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What the person may do in the organisation.")
@click.option("--name", default="", help="The person's name; the address's first part when it is not given.")
@click.option("--organisation", default="", help="Number, code or name; the centre when it is not given.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")
@pass_services
def add(services: Services, email: str, role: str, name: str, organisation: str, password_stdin: bool) -> None:
    """Make the account EMAIL, or give an account that exists another role."""
    password = _password(password_stdin)
    with open_work(services, SYSTEM) as work:
        place = find_organisation(work, organisation) if organisation else _centre(work, services)
        person = accounts.find_user(work, email)
        if person is None:
            person = accounts.create_user(work, email, name or email.partition("@")[0], password)
        elif password:
            accounts.set_password(work, person, password)
        accounts.grant(work, person, role, place)
        said = f"{person.email}: {role}, {place.name}"
    click.echo(said)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    # Without a terminal there is nobody to ask: the person chooses a password by a mailed link.
    return getpass.getpass("Password (empty: the person chooses one by mail): ") if sys.stdin.isatty() else ""


def find_organisation(work: Work, text: str) -> Organisation:
    """Return the organisation with this number, code, name or short name. Raises NotFound."""
    for organisation in work.session.scalars(select(Organisation).order_by(Organisation.id)):
        names = {str(organisation.id), organisation.code, organisation.name, organisation.short_name} - {""}
        if text.strip().casefold() in {name.casefold() for name in names}:
            return organisation
    raise NotFound(N_("Não há nenhuma organização «%(name)s»."), name=text)


def _centre(work: Work, services: Services) -> Organisation:
    """Return the one organisation above all, made at first need."""
    found = work.session.scalars(select(Organisation).filter_by(kind="centre", parent_id=None).limit(2)).all()
    if len(found) > 1:
        raise Invalid(N_("Há mais do que um centro: diga qual com --organisation."), field="organisation")
    if found:
        return found[0]
    centre = Organisation(kind="centre", name=services.settings["centre_name"], short_name="")
    work.session.add(centre)
    work.session.flush()
    return centre


@user.command("list")
@json_option
@pass_services
def list_users(services: Services, as_json: bool) -> None:
    """List the accounts with their roles."""
    with open_look(services, SYSTEM) as work:
        people = [_row(person) for person in work.session.scalars(select(User).filter_by(deleted_at=None))]
    report(people, lambda: [_line(person) for person in people], as_json=as_json)


def _row(person: User) -> dict[str, Any]:
    roles = [{"role": each.role, "organisation": each.organisation.name} for each in person.memberships]
    closed, verified = person.disabled_at is not None, person.verified_at is not None
    return {
        "email": person.email,
        "name": person.name,
        "roles": roles,
        "verified": verified,
        "closed": closed,
        "demonstration": person.demonstration,
    }


def _line(person: dict[str, Any]) -> str:
    roles = ", ".join(f"{each['role']} ({each['organisation']})" for each in person["roles"])
    return f"{person['email']}\t{person['name']}\t{roles}{' [closed]' if person['closed'] else ''}"


@click.group()
def token() -> None:
    """Personal tokens for the API."""


@token.command()
@click.argument("email")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    help="What it may do, such as read, deposit or review (decide); may be given again.",
)
@click.option("--days", default=accounts.TOKEN_DAYS, show_default=True, help="How long it works.")
@click.option("--name", default="Command line", show_default=True, help="What it is for, as its owner reads it.")
@json_option
@pass_services
def create(services: Services, email: str, scopes: tuple[str, ...], days: int, name: str, as_json: bool) -> None:
    """Make a personal token for the account EMAIL; it is shown this once."""
    with open_work(services, SYSTEM) as work:
        secret = accounts.issue_token(work, find_person(work, email), name, scopes, days)
    report({"token": secret, "scopes": list(scopes), "days": days}, lambda: [secret], as_json=as_json)


def find_person(work: Work, email: str) -> User:
    """Return the account with this address. Raises NotFound."""
    person = accounts.find_user(work, email)
    if person is None:
        raise NotFound(N_("Não há nenhuma conta com o endereço %(email)s."), email=email)
    return person

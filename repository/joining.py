"""Joining and coming back: accounts that people ask for themselves, and the mailed links that open them.

A page only writes down that somebody asked. Looking the address up is left to a job, so that the page answers the same
thing in the same time whether the address is known or not.
"""

from datetime import date
from typing import Any

from repository import accounts, audit, signin
from repository.accounts import clean_email, clean_name, find_user
from repository.errors import Invalid
from repository.jobs import enqueue
from repository.mail import post
from repository.models import Membership, Organisation, User
from repository.words import N_, in_language
from repository.work import SYSTEM, Services, Work, open_work

WELCOME = (
    N_("A sua conta na Partilha"),
    N_(
        "Olá, %(name)s.\n\nTem uma conta na Partilha (%(centre)s). Para escolher a palavra-passe e entrar, abra esta "
        "ligação nos próximos 14 dias:\n\n%(link)s\n\nSe não pediu nada, pode ignorar esta mensagem."
    ),
)
PASSWORD = (
    N_("Escolher outra palavra-passe"),
    N_(
        "Olá, %(name)s.\n\nPara escolher outra palavra-passe na Partilha (%(centre)s), abra esta ligação nas próximas "
        "4 horas:\n\n%(link)s\n\nSe não pediu nada, pode ignorar esta mensagem: a palavra-passe fica como está."
    ),
)
KNOWN = (
    N_("Já tem conta na Partilha"),
    N_(
        "Olá, %(name)s.\n\nAlguém pediu uma conta na Partilha (%(centre)s) com este endereço, mas já tem uma. Se não "
        "se lembra da palavra-passe, escolha outra nas próximas 4 horas:\n\n%(link)s\n\nSe não pediu nada, pode "
        "ignorar esta mensagem."
    ),
)


def ask_for_account(
    work: Work, email: str, name: str, organisation_id: int | None, group_code: str, locale: str = "pt_PT"
) -> None:
    """Write down that somebody asks for an account as a teacher of a school. Raises Invalid for what cannot be used.

    `locale` is the language they read the page in: the mail and the pages after it keep to it.
    """
    email, name = clean_email(email), clean_name(name)
    school = work.session.get(Organisation, organisation_id or 0)
    if school is None or school.closed_at or school.kind == "council":
        raise Invalid(N_("Escolha a escola."), field="organisation")
    asked: dict[str, Any] = {
        "email": email,
        "full_name": name,
        "organisation_id": school.id,
        "group_code": group_code[:10],
        "locale": locale,
    }
    enqueue(work, "accounts.register", key=accounts.digest_of(email), priority=15, **asked)


def ask_for_password(work: Work, email: str) -> None:
    """Write down that somebody has forgotten a password. Raises Invalid for what is no address."""
    email = clean_email(email)
    enqueue(work, "accounts.remind", key=accounts.digest_of(email), priority=15, email=email)


def register(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Make the accounts asked for and mail each a link; who has one already is told so, in the mail alone."""
    for asked in payloads:
        with open_work(services, SYSTEM) as work:
            user = find_user(work, asked["email"])
            if user is None:
                user = new_teacher(work, asked["email"], asked["full_name"], asked["organisation_id"])
                user.group_code, user.locale = asked["group_code"], asked["locale"]
                send_link(work, services, user, "welcome")
            elif user.disabled_at is None:
                send_link(work, services, user, "password", KNOWN)


def new_teacher(work: Work, email: str, name: str, organisation_id: int | None) -> User:
    """Make the account of somebody who teaches at a school (None: at none that is known). Raises Invalid and Conflict.

    The caller knows that the address is theirs.
    """
    user = accounts.create_user(work, email, name)
    if organisation_id is not None:
        user.memberships.append(_teacher(work.now.date(), organisation_id))
    work.session.flush()
    return user


def _teacher(today: date, organisation_id: int) -> Membership:
    return Membership(organisation_id=organisation_id, role="teacher", valid_from=today)


def remind(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Mail a link for another password to those who have an account; nobody else hears anything."""
    for asked in payloads:
        with open_work(services, SYSTEM) as work:
            user = find_user(work, asked["email"])
            if user is not None and user.disabled_at is None:
                send_link(work, services, user, "password")


def link_for(work: Work, services: Services, user: User, purpose: str) -> str:
    """Return the address of a link that works once; it names the configured site, whatever a request claims."""
    audit.record(work, "account.link_made", user, after={"purpose": purpose})
    return f"{services.settings.public_url}/password/{signin.make_link(work, user, purpose)}"


def send_link(work: Work, services: Services, user: User, purpose: str, message: tuple[str, str] | None = None) -> str:
    """Post a message with a link that works once, in the person's language; return the link."""
    link = link_for(work, services, user, purpose)
    subject, body = message or (WELCOME if purpose == "welcome" else PASSWORD)
    said = {"name": user.name, "centre": services.settings["centre_name"], "link": link}
    post(work, user, in_language(subject, user.locale), in_language(body, user.locale, **said))
    return link

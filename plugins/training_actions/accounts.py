"""From a personal link to an account: one touch, and a mail to the known address that proves whose it is."""

import hmac
import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from plugins.training_actions import links
from plugins.training_actions.models import Author, Participant
from plugins.training_actions.names import called
from repository.api import (
    N_,
    SYSTEM,
    Invalid,
    Item,
    Services,
    User,
    Work,
    find_user,
    link_for,
    new_teacher,
    open_work,
    post,
    record,
    reindex,
    seal,
)

PURPOSE = "upload-link-account"
SECRET = re.compile(r"([1-9]\d{0,9})-(\d{10})-([A-Za-z0-9_-]{32})")
LIFE = timedelta(days=2)
LETTER = (
    N_("Criar a conta na Partilha"),
    N_(
        "Olá, %(name)s.\n\nPara ter uma conta na Partilha (%(centre)s) com tudo o que já entregou, abra esta ligação nos "
        "próximos dois dias:\n\n%(link)s\n\nSe não pediu nada, pode ignorar esta mensagem."
    ),
)


def _seal(services: Services, who: Participant, until: str) -> str:
    # The turn and the address are sealed too: a replaced link or a corrected address ends what was mailed before.
    return seal(services, PURPOSE, f"{who.id}:{who.link_turn}:{who.email.casefold()}:{until}")


def ask(work: Work, who: Participant) -> None:
    """Mail the known address what makes the link an account. Raises Invalid when there is no address."""
    if not who.email:
        raise Invalid(N_("Não temos um endereço de correio desta pessoa. Fale com o centro."))
    until = str(int((work.now + LIFE).timestamp()))
    secret = f"{who.id}-{until}-{_seal(work.services, who, until)}"
    settings = work.services.settings
    said = {
        "name": called(who.name),
        "centre": settings["centre_name"],
        "link": f"{settings.public_url}/u/confirm/{secret}",
    }
    subject, body = LETTER
    post(
        work, links.contact_of(work.services, who), links.say(subject, who.locale), links.say(body, who.locale, **said)
    )
    record(work, "training.account_asked", who)


def find(work: Work, secret: str) -> Participant:
    """Return whose mail this is. Raises Invalid when its time is over or it was not made here."""
    parts = SECRET.fullmatch(secret)
    who = work.session.get(Participant, int(parts[1])) if parts else None
    good = parts and who and hmac.compare_digest(parts[3], _seal(work.services, who, parts[2]))
    if not parts or not who or not good or datetime.fromtimestamp(int(parts[2]), UTC) <= work.now or who.removed_at:
        raise Invalid(N_("Esta ligação já foi usada ou passou do prazo. Peça outra."))
    return who


def confirm(services: Services, secret: str) -> str:
    """Join the person to the account of the address; return where a new one chooses its password, or "" for an old one.

    Whoever has the secret reads the mail of that address. Raises Invalid.
    """
    with open_work(services, SYSTEM) as work:
        who = find(work, secret)
        user = find_user(work, who.email)
        if user is not None and user.disabled_at is not None:
            raise Invalid(N_("A conta com este endereço está fechada. Fale com o centro."))
        url = ""
        if user is None:
            user = new_teacher(work, who.email, who.name, who.organisation_id or who.edition.action.organisation_id)
            user.group_code, user.locale = who.group_code, who.locale
            url = link_for(work, services, user, "welcome")
        for one in _same_person(work, who):
            join(work, one, user)
        return url


def _same_person(work: Work, who: Participant) -> list[Participant]:
    """Return the person in every edition: the same address and the same name, as an address may be of two."""
    same = select(Participant).where(func.lower(Participant.email) == who.email.lower(), Participant.name == who.name)
    return list(work.session.scalars(same.where(Participant.removed_at.is_(None))))


def join(work: Work, who: Participant, user: User) -> None:
    """Let what the person brought be the account's: theirs alone becomes its own, and their name leads to it."""
    who.user_id = user.id
    mine = select(Item).join(Author, Author.item_id == Item.id).where(Author.participant_id == who.id)
    for item in work.session.scalars(mine):
        item.owner_id = item.owner_id or user.id
        for credit in item.credits:
            if credit.name == who.name and credit.user_id is None:
                credit.user_id = user.id
        reindex(work, item)
    record(work, "training.account_joined", who, after={"user": user.id})

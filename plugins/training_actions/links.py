"""Personal upload links: derived and stored nowhere, so that staff may copy and print one again; ended by a number."""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugins.training_actions.models import Action, Edition, Participant
from plugins.training_actions.names import called
from plugins.training_actions.reading import HERE
from repository.api import (
    N_,
    SYSTEM,
    Actor,
    AuditEntry,
    Contact,
    Invalid,
    Services,
    Work,
    day_in_figures,
    in_language,
    now,
    open_look,
    open_work,
    post,
    record,
    seal,
)

WORDS = Path(__file__).parent / "translations"
PURPOSE = "upload-link"
TOKEN = re.compile(r"([1-9]\d{0,9})-([A-Za-z0-9_-]{32})")
# An edition without a closing date still ends some day: so long after the link was of use to anybody.
WITHOUT_CLOSING = timedelta(days=365)
SAME_PRESS = timedelta(minutes=1)

AUDIT = {
    "training.link_sent": N_("enviou a ligação pessoal"),
    "training.link_revoked": N_("anulou a ligação pessoal"),
    "training.link_reopened": N_("criou outra ligação pessoal"),
    "training.link_replaced": N_("trocou a ligação pessoal por outra"),
    "training.account_asked": N_("pediu uma conta pela ligação"),
    "training.account_joined": N_("ligou a pessoa a uma conta"),
    "training.contribution_begun": N_("começou a entregar"),
    "training.contribution_taken_away": N_("retirou o que tinha trazido"),
    "training.reminded": N_("lembrou o que falta entregar"),
}

LETTER = (
    N_("A sua ligação para entregar: %(action)s"),
    N_(
        "Olá, %(name)s.\n\nO que fez em «%(action)s» entrega-se nesta página, sem conta e do telemóvel se quiser:\n\n"
        "%(link)s\n\n%(until)s\n\nA ligação é só sua: não a reencaminhe. Se a perder, peça outra em %(lost)s\n\n%(centre)s"
    ),
)
UNTIL = N_("Pode entregar e corrigir até %(day)s.")
ANY_TIME = N_("Pode voltar e corrigir quando quiser.")


@dataclass(frozen=True)
class Found:
    """What a link opens: the person's id, and `ended` when it was a good link whose time is over."""

    participant_id: int
    ended: datetime | None = None


def token_of(services: Services, participant: Participant) -> str:
    """Return the secret part of a person's link; it changes with `link_turn`."""
    return f"{participant.id}-{seal(services, PURPOSE, f'{participant.id}:{participant.link_turn}')}"


def address_of(services: Services, participant: Participant) -> str:
    """Return the whole address of a person's link."""
    return f"{services.settings.public_url}/u/{token_of(services, participant)}"


def ends_at(services: Services, participant: Participant) -> datetime:
    """Return when the link stops opening anything: some time after the closing date, or what was set for the person."""
    if participant.link_expires_at:
        return participant.link_expires_at
    edition = participant.edition
    if edition.closes_at:
        return edition.closes_at + timedelta(days=services.settings["training_link_days"])
    return max(edition.created_at, participant.link_sent_at or edition.created_at) + WITHOUT_CLOSING


def find(session: Session, services: Services, token: str) -> Found | None:
    """Return what the token opens at this moment, or None for one that was forged, revoked or replaced."""
    parts = TOKEN.fullmatch(token)
    participant = session.get(Participant, int(parts[1])) if parts else None
    if participant is None or not hmac.compare_digest(token, token_of(services, participant)):
        return None
    edition = participant.edition
    gone = participant.removed_at or edition.removed_at or edition.action.removed_at
    if gone or participant.link_revoked_at:
        return None
    end = ends_at(services, participant)
    return Found(participant.id, end if end <= now() else None)


def actor_of(services: Services, token: str) -> Actor | None:
    """Return the person of a link as one who acts, or None when the link opens nothing."""
    with open_look(services, SYSTEM) as work:
        found = find(work.session, services, token)
        if found is None or found.ended:
            return None
        return _actor(work.session.get_one(Participant, found.participant_id))


def _actor(participant: Participant) -> Actor:
    home = participant.organisation_id or participant.edition.action.organisation_id
    return Actor(
        name=participant.name,
        locale=participant.locale,
        group_code=participant.group_code,
        labels=frozenset({"public", f"participant:{participant.id}"}),
        powers={"items.deposit": frozenset({home or 0})},
        organisation_ids=(home,) if home else (),
        acting=f"participant:{participant.id}",
    )


def contact_of(services: Services, participant: Participant, path: str = "") -> Contact:
    """Return the person as somebody to write to; `path` is added to the address of their page."""
    url = address_of(services, participant) + path
    return Contact(participant.name, participant.email, participant.locale, url, participant.user_id)


def send(work: Work, services: Services, participant: Participant) -> bool:
    """Mail the link to the known address; return whether there is one. A revoked link is opened anew.

    The mail is a part of the course and was not asked for as news, so that it cannot be stopped.
    """
    if not participant.email or participant.removed_at:
        return False
    reopen(work, participant)
    closes, locale = participant.edition.closes_at, participant.locale
    said = {
        "name": called(participant.name),
        "action": title_of(participant.edition),
        "link": address_of(services, participant),
        "lost": f"{services.settings.public_url}/u/lost",
        "until": say(UNTIL, locale, day=day_of(closes, locale)) if closes else say(ANY_TIME, locale),
        "centre": services.settings["centre_name"],
    }
    subject, body = LETTER
    to = contact_of(services, participant)
    post(work, to, say(subject, locale, action=said["action"]), say(body, locale, **said))
    participant.link_sent_at = work.now
    record(work, "training.link_sent", participant)
    return True


def say(text: str, locale: str, **params: object) -> str:
    """Return a sentence of this plugin in a person's language, with its places filled."""
    return in_language(text, locale, WORDS, **params)


def title_of(edition: Edition) -> str:
    """Return how people know an edition: the action's title and the edition's name."""
    return f"{edition.action.title}, {edition.name}" if edition.name else edition.action.title


def day_of(moment: datetime, locale: str) -> str:
    """Return the day of a moment at the centre, as mail writes it."""
    return day_in_figures(moment.astimezone(HERE), locale)


def send_all(work: Work, services: Services, people: Iterable[Participant], *, again: bool = False) -> int:
    """Mail their links to those who have not had theirs (with `again`: to all), and return to how many."""
    return sum(send(work, services, who) for who in people if again or who.link_sent_at is None)


def just_sent(work: Work, participant: Participant) -> bool:
    """Return whether the link was mailed within the last minute and nothing happened to the person since then.

    A button pressed twice sends one mail; a link that was ended or an address that was corrected in between is sent.
    """
    last = (
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "participant", AuditEntry.subject_id == participant.id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    entry = work.session.scalar(last)
    return entry is not None and entry.action == "training.link_sent" and entry.at > work.now - SAME_PRESS


def revoke(work: Work, participant: Participant) -> None:
    """End the person's link at once; only staff open another."""
    participant.link_turn += 1
    participant.link_revoked_at = work.now
    record(work, "training.link_revoked", participant)


def reopen(work: Work, participant: Participant) -> None:
    """Let somebody whose link was revoked have another; a link that opens stays as it is."""
    if participant.link_revoked_at:
        participant.link_revoked_at = participant.link_opened_at = None
        record(work, "training.link_reopened", participant)


def replace(work: Work, services: Services, participant: Participant) -> None:
    """End the person's link at once and mail another to the known address. Raises Invalid when there is none."""
    if not participant.email:
        raise Invalid(N_("Não temos um endereço de correio desta pessoa. Fale com o centro."))
    participant.link_turn += 1
    participant.link_opened_at = None
    record(work, "training.link_replaced", participant)
    send(work, services, participant)


def note_opened(services: Services, participant_id: int) -> None:
    """Write down that the person has opened the link, the first time."""
    with open_work(services, Actor(acting=f"participant:{participant_id}")) as work:
        participant = work.session.get_one(Participant, participant_id)
        if participant.link_opened_at is None:
            participant.link_opened_at = work.now


def resend(services: Services, payloads: list[dict[str, str]]) -> None:
    """Mail the links of the address to the address: nobody else learns whether it is known. A job."""
    for asked in payloads:
        with open_work(services, SYSTEM) as work:
            for participant in _of_address(work, asked["email"]):
                if ends_at(services, participant) > work.now:
                    send(work, services, participant)


def _of_address(work: Work, email: str) -> list[Participant]:
    """Return those with this address whose link was not taken from them."""
    known = (
        select(Participant)
        .join(Edition, Edition.id == Participant.edition_id)
        .join(Action, Action.id == Edition.action_id)
        .where(func.lower(Participant.email) == email.strip().lower(), Participant.removed_at.is_(None))
        .where(Participant.link_revoked_at.is_(None), Edition.removed_at.is_(None), Action.removed_at.is_(None))
    )
    return list(work.session.scalars(known.order_by(Participant.id)))

"""What moderation writes to people: asked for with the change, written by a job, in the language of whom it goes to."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from plugins.moderation.fingerprints import contents
from plugins.moderation.models import Decision, Question, Review
from repository.api import (
    N_,
    SYSTEM,
    Contact,
    Item,
    MailKind,
    Services,
    Work,
    enqueue,
    in_language,
    open_work,
    post,
    seal,
)

JOB = "moderation.tell"
CATALOGUES = Path(__file__).parent / "translations"
KINDS = (
    MailKind("moderation.received", N_("Recebemos o que entregou")),
    MailKind("moderation.question", N_("Perguntas sobre o que entregou, e um lembrete")),
    MailKind("moderation.decided", N_("O que o centro decidiu sobre o que entregou")),
    MailKind("moderation.digest", N_("O que espera por si na moderação, uma vez por dia"), digest=True),
)
WORDS = {
    "received": (
        N_("Recebemos «%(title)s»"),
        N_("Está entregue. O centro vê o material antes de o publicar e escreve a seguir.\n\nVer como está: %(url)s\n"),
    ),
    "question": (
        N_("Uma pergunta sobre «%(title)s»"),
        N_("Antes de publicar, o centro pergunta:\n\n%(said)s\n\nResponder, sem conta nem senha: %(answer)s\n"),
    ),
    "reminder": (
        N_("Falta responder: «%(title)s»"),
        N_("O material espera por esta resposta:\n\n%(said)s\n\nResponder, sem conta nem senha: %(answer)s\n"),
    ),
    "approve": (
        N_("Está publicado: «%(title)s»"),
        N_("O material já se encontra na pesquisa. Obrigado por o partilhar.\n\nVer: %(public)s\n"),
    ),
    "return": (
        N_("Falta um pormenor em «%(title)s»"),
        N_("O centro pede uma alteração antes de publicar:\n\n%(said)s\n\nAlterar e entregar de novo: %(url)s\n"),
    ),
    "decline": (
        N_("Não foi publicado: «%(title)s»"),
        N_("O centro decidiu não publicar este material. A razão:\n\n%(said)s\n\nVer o material: %(url)s\n"),
    ),
}
KIND_OF = {"received": "moderation.received", "question": "moderation.question", "reminder": "moderation.question"}
WITH_NOTE = N_("O centro deixou uma nota:\n\n%(said)s\n")
DIGEST = (
    N_("%(count)s por decidir na Partilha"),
    N_("Esperam por uma decisão: %(count)s. O mais antigo chegou há %(days)s dias.\n\nVer a fila: %(url)s\n"),
)


def ask(work: Work, what: str, row_id: int, *, after: timedelta = timedelta()) -> None:
    """Ask for a mail about an item ("received"), a decision or a question to be written."""
    enqueue(work, JOB, key=f"{what}:{row_id}", run_after=work.now + after, what=what, row_id=row_id)


def tell_decision(work: Work, decision: Decision) -> None:
    """Ask for the mail about a decision; it is written when the minutes are over in which it may be taken back."""
    if decision.kind in ("approve", "return", "decline"):
        ask(work, decision.kind, decision.id)


def write(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Write each mail into the outbox, unless what it tells of has been taken back meanwhile."""
    for payload in payloads:
        with open_work(services, SYSTEM) as work:
            found = _about(services, work, payload["what"], payload["row_id"])
            if found is not None:
                _write(services, work, payload["what"], *found)


def _about(services: Services, work: Work, what: str, row_id: int) -> tuple[Item, dict[str, Any]] | None:
    """Return the item a mail is about and what its places are filled with; None when there is nothing to tell."""
    if what == "received":
        review, item = work.session.get(Review, row_id), work.session.get(Item, row_id)
        return (item, {}) if item is not None and review is not None and review.decided_at is None else None
    if what in ("question", "reminder"):
        question = work.session.get(Question, row_id)
        if question is None or question.answered_at or question.closed_at:
            return None
        if what == "question" and (early := _early(services, work, question.asked_at)) > timedelta():
            ask(work, what, row_id, after=early)
            return None
        token = f"{question.id}-{seal(services, 'moderation.answer', str(question.id))}"
        link = f"{services.settings.public_url}/moderation/answers/{token}"
        return work.session.get_one(Item, question.item_id), {"said": question.text, "answer": link}
    decision = work.session.get(Decision, row_id)
    if decision is None or decision.undone_at is not None:
        return None
    if (early := _early(services, work, decision.created_at)) > timedelta():
        ask(work, what, row_id, after=early)
        return None
    return work.session.get_one(Item, decision.item_id), {"said": decision.note}


def _early(services: Services, work: Work, done_at: datetime) -> timedelta:
    """Return how long what was done at that time may still be taken back without anybody hearing of it."""
    return timedelta(minutes=services.settings["moderation_mail_minutes"]) - (work.now - done_at)


def _write(services: Services, work: Work, what: str, item: Item, filled: dict[str, Any]) -> None:
    subject, body = WORDS[what]
    site = services.settings.public_url
    for contact in contacts(work, item):
        known = filled | {"title": item.title, "public": f"{site}/items/{item.id}", "url": _absolute(site, contact.url)}
        said = in_language(body, contact.locale, CATALOGUES, **known)
        if what == "approve":
            said += "".join(f"\n{part}" for part in _afterwards(site, work, item, contact, filled))
        title = in_language(subject, contact.locale, CATALOGUES, **known)
        post(
            work,
            contact,
            title,
            said,
            kind=KIND_OF.get(what, "moderation.decided"),
            key=_once(work, what, item, contact),
        )


def _once(work: Work, what: str, item: Item, contact: Contact) -> str:
    """Return the key of a letter that goes once: taken out and put back, what was handed in is no news the second time."""
    if what != "received":
        return ""
    decided = work.session.scalar(select(func.max(Decision.id)).where(Decision.item_id == item.id)) or 0
    told = f"{item.id}:{contents(item)}:{decided}:{contact.address.strip().lower()}"
    return f"moderation.received:{sha256(told.encode()).hexdigest()}"


def contacts(work: Work, item: Item) -> list[Contact]:
    """Return whom to write to about the item, each address once."""
    found: dict[str, Contact] = {}
    for answer in work.hook.item_contacts(work=work, item=item):
        for contact in answer or ():
            found.setdefault(contact.address.strip().lower(), contact)
    return list(found.values())


def _afterwards(site: str, work: Work, item: Item, contact: Contact, filled: dict[str, Any]) -> Iterator[str]:
    """Yield the note of an approval, and what other plugins offer to those responsible: a receipt, say."""
    if filled.get("said"):
        yield in_language(WITH_NOTE, contact.locale, CATALOGUES, **filled)
    for answer in work.hook.item_notices(work=work, item=item):
        yield from (f"{notice.text} {_absolute(site, notice.url)}".strip() + "\n" for notice in answer or ())


def _absolute(site: str, url: str) -> str:
    return f"{site}{url}" if url.startswith("/") else url or site


def remind(services: Services, work: Work) -> None:
    """Ask once for a reminder of each question that has waited too long."""
    since = work.now - timedelta(days=services.settings["moderation_reminder_days"])
    waiting = select(Question).filter_by(answered_at=None, closed_at=None, reminded_at=None)
    for question in work.session.scalars(waiting.where(Question.asked_at <= since)):
        question.reminded_at = work.now
        ask(work, "reminder", question.id)

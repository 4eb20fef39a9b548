"""Something back: a code for what was accepted, a page anybody can check it on, and the same as a PDF."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from plugins.training_actions import links
from plugins.training_actions.authorship import authors_of
from plugins.training_actions.models import Author, Contribution, Edition, Participant
from plugins.training_actions.names import called
from repository.api import N_, SYSTEM, Item, NotFound, Services, State, Work, counts_of, enqueue, open_work, post

# No I, L, O, U or Z: what is written by hand or told on the telephone comes out right. 31 is a prime.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "Z": "2", "U": "V"})
LENGTH = 8  # 39 bits: guessing one that exists is as good as hopeless
JOB = KIND = "training_actions.thanks"
LETTER = (
    N_("Está publicado: %(title)s"),
    N_(
        "Olá, %(name)s.\n\nO centro publicou «%(title)s». Obrigado: outra pessoa vai dar esta aula sem começar do zero."
        "\n\nO recibo, com o código %(code)s e com quantas vezes foi visto e descarregado:\n\n%(receipt)s\n\n"
        "A página do material:\n\n%(item)s\n\n%(centre)s"
    ),
)


def new_code() -> str:
    """Return a code such as PQ7-4MKD-2F: eight signs at random and a check sign, in groups."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return shown(signs + check_sign(signs))


def check_sign(signs: str) -> str:
    """Return the sign that follows from the others: one wrong sign, or two neighbours swapped, are always noticed.

    Each sign counts by its place, 1 to 8, modulo 31, which is a prime.
    """
    return ALPHABET[sum(place * ALPHABET.index(sign) for place, sign in enumerate(signs, 1)) % len(ALPHABET)]


def shown(signs: str) -> str:
    """Return nine signs in the groups people read them in."""
    return f"{signs[:3]}-{signs[3:7]}-{signs[7:]}"


def read_code(text: str) -> str | None:
    """Return a code as typed by hand in its one right form, or None when it can be none."""
    signs = re.sub(r"[\s-]", "", text.upper()).translate(MISREAD)
    if len(signs) != LENGTH + 1 or any(sign not in ALPHABET for sign in signs):
        return None
    return shown(signs) if signs[-1] == check_sign(signs[:-1]) else None


def note_published(work: Work, item: Item, *, restored: bool = False) -> None:
    """Give a published contribution its code, which new versions keep, and ask for the thanks when there were none.

    What was withdrawn and only came back is thanked for no more than before.
    """
    contribution = work.session.get(Contribution, item.id)
    if contribution is None:
        return
    give_code(work, contribution)
    if contribution.thanked_at is None and not restored:
        _ask(work, item.id, timedelta(minutes=work.services.settings["training_thanks_minutes"]))


def _ask(work: Work, item_id: int, after: timedelta) -> None:
    enqueue(work, JOB, key=str(item_id), run_after=work.now + after, item_id=item_id)


def thank(services: Services, payloads: list[dict[str, int]]) -> None:
    """Thank the authors of what is still published, once: what was taken back meanwhile is never mailed. A job."""
    for payload in payloads:
        with open_work(services, SYSTEM) as work:
            item = work.session.get(Item, payload["item_id"])
            contribution = work.session.get(Contribution, payload["item_id"], with_for_update=True)
            if item is not None and contribution is not None and contribution.thanked_at is None:
                _thank_authors(work, item, contribution)


def _thank_authors(work: Work, item: Item, contribution: Contribution) -> None:
    if item.state != State.PUBLISHED or item.published_at is None:
        return
    # Taken back and published again, the minutes begin anew.
    early = timedelta(minutes=work.services.settings["training_thanks_minutes"]) - (work.now - item.published_at)
    if early > timedelta():
        _ask(work, item.id, early)
        return
    edition = work.session.get_one(Edition, contribution.edition_id)
    for author in authors_of(work, item.id):
        who = work.session.get_one(Participant, author.participant_id)
        _thank(work, who, item, edition, contribution.receipt_code)
    contribution.thanked_at = work.now


def give_code(work: Work, contribution: Contribution) -> str:
    """Return the code of a contribution, a new one when it has none."""
    while not contribution.receipt_code:
        code = new_code()
        if work.session.scalar(select(Contribution.item_id).filter_by(receipt_code=code)) is None:
            contribution.receipt_code = code
    return contribution.receipt_code


def _thank(work: Work, who: Participant, item: Item, edition: Edition, code: str) -> None:
    site, locale = work.services.settings.public_url, who.locale
    said = {
        "name": called(who.name),
        "title": item.title,
        "code": code,
        "receipt": f"{site}/receipts/{code}",
        "item": f"{site}/items/{item.id}",
        "centre": work.services.settings["centre_name"],
    }
    subject, body = LETTER
    title = links.say(subject, locale, title=item.title)
    post(work, links.contact_of(work.services, who), title, links.say(body, locale, **said), kind=KIND)


@dataclass(frozen=True)
class Receipt:
    """What a code proves, as the material says it now; `withdrawn` when it is no longer to be found."""

    code: str
    item: Item
    authors: tuple[str, ...]
    edition: Edition
    withdrawn: bool
    accepted_at: datetime | None
    counts: dict[str, int]


def find(work: Work, text: str) -> Receipt:
    """Return what the code proves; of what is not open to everybody only that it was accepted. Raises NotFound."""
    code = read_code(text)
    contribution = work.session.scalar(select(Contribution).filter_by(receipt_code=code)) if code else None
    item = work.session.get(Item, contribution.item_id) if contribution else None
    if code is None or contribution is None or item is None:
        raise NotFound(N_("Não há nenhum recibo com este código. Veja se está bem escrito."))
    return Receipt(
        code=code,
        item=item,
        authors=tuple(credit.name for credit in item.credits),
        edition=work.session.get_one(Edition, contribution.edition_id),
        withdrawn=item.state != State.PUBLISHED,
        accepted_at=item.published_at,
        counts=counts_of(work, [item.id])[item.id],
    )


def of_account(work: Work, user_id: int) -> list[tuple[Item, str]]:
    """Return what somebody with an account has receipts for, the latest first."""
    mine = (
        select(Item, Contribution.receipt_code)
        .join(Contribution, Contribution.item_id == Item.id)
        .join(Author, Author.item_id == Item.id)
        .join(Participant, Participant.id == Author.participant_id)
        .where(Participant.user_id == user_id, Contribution.receipt_code != "")
        .order_by(Item.published_at.desc(), Item.id.desc())
    )
    return [(item, code) for item, code in work.session.execute(mine)]

"""What people of an edition are known by beyond their link: labels of accounts, whom to write to, their own page."""

from collections.abc import Iterable, Iterator, Sequence

from flask_babel import gettext
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from plugins.training_actions import links, receipts
from plugins.training_actions.deadlines import contribution_of
from plugins.training_actions.models import Action, Author, Edition, Participant
from plugins.training_actions.progress import in_care
from repository.api import Actor, AuditPerson, Contact, Item, Panel, Work

# Asked at every request of somebody with an account: made once, and for plain rows.
TAKES_PART = select(Participant.id, Participant.role, Participant.edition_id, Participant.removed_at).where(
    Participant.user_id == bindparam("user_id")
)


def labels_of(session: Session, user_id: int) -> Iterator[str]:
    """Yield what somebody with an account holds in the editions they are, or were, in."""
    for participant_id, role, edition_id, removed_at in session.execute(TAKES_PART, {"user_id": user_id}).all():
        yield f"participant:{participant_id}"
        if role == "trainer" and removed_at is None:
            yield f"trainers:{edition_id}"


def contacts_of(work: Work, item: Item) -> Iterator[Contact]:
    """Yield the authors of a contribution who have no account, each with their own link's page of it."""
    contribution = contribution_of(work.session, item)
    if contribution is None:
        return
    signed = select(Participant).join(Author, Author.participant_id == Participant.id)
    people = signed.where(Author.item_id == contribution.item_id, Participant.user_id.is_(None)).order_by(
        Author.position
    )
    for who in work.session.scalars(people):
        if who.email:
            yield links.contact_of(work.services, who, f"/items/{item.id}")


def panels_of(work: Work, actor: Actor) -> Iterable[Panel]:
    """Yield the editions that somebody with an account may still bring something to, and their receipts."""
    if actor.user_id is None:
        return
    mine = (
        select(Participant)
        .join(Edition, Edition.id == Participant.edition_id)
        .join(Action, Action.id == Edition.action_id)
        .where(Participant.user_id == actor.user_id, Participant.removed_at.is_(None))
        .where(Edition.removed_at.is_(None), Action.removed_at.is_(None), Participant.link_revoked_at.is_(None))
        .order_by(Edition.closes_at.desc())
    )
    alive = [who for who in work.session.scalars(mine) if links.ends_at(work.services, who) > work.now]
    editions = [
        (links.title_of(who.edition), f"/u/{links.token_of(work.services, who)}", who.edition.closes_at)
        for who in alive
    ]
    given = receipts.of_account(work, actor.user_id)
    if editions or given:
        context = {"title": gettext("As minhas formações"), "editions": editions, "receipts": given}
        yield Panel("training-brought", "training_actions/panel_brought.html", context, 20, "aside")


def acting(work: Work, codes: Sequence[str]) -> Iterator[AuditPerson]:
    """Yield how the audit trail says who came by a personal link, named for who manages their action. One question."""
    ids = {int(code.partition(":")[2]): code for code in codes if code.startswith("participant:")}
    if not ids:
        return
    query = select(Participant.id, Participant.name).join(Edition).join(Action)
    names = dict(work.session.execute(query.where(Participant.id.in_(ids), in_care(work))).all())
    for number, code in ids.items():
        name = names.get(number)
        by_link = gettext("%(name)s, por ligação pessoal", name=name) if name else gettext("por ligação pessoal")
        yield AuditPerson(code, by_link)

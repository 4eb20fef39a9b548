"""Who made a contribution: several are authors of group work, and any of them may change who they are."""

from collections.abc import Sequence

from sqlalchemy import select

from plugins.training_actions.models import Author, Participant
from repository.api import N_, Invalid, Item, Work, grant, revoke, set_credits


def sign(work: Work, item: Item, people: Sequence[Participant]) -> None:
    """Let these people be the authors of a contribution: by name, and by what each may do."""
    known = {row.participant_id: row for row in authors_of(work, item.id)}
    wanted = {who.id: who for who in people}
    for gone in known.keys() - wanted.keys():
        work.session.delete(known[gone])
        revoke(work, item, f"participant:{gone}")
    for position, who in enumerate(people):
        row = known.get(who.id) or Author(item_id=item.id, participant_id=who.id)
        row.position = position
        work.session.add(row)
        grant(work, item, f"participant:{who.id}")
    work.session.flush()
    set_credits(work, item, [(who.name, who.user_id) for who in people])


def authors_of(work: Work, item_id: int) -> list[Author]:
    """Return who signed a contribution, in the order of the names."""
    rows = select(Author).where(Author.item_id == item_id).order_by(Author.position, Author.participant_id)
    return list(work.session.scalars(rows))


def set_authors(work: Work, item: Item, participant_ids: Sequence[int], me: Participant) -> None:
    """Name those who made it together; whoever says so stays among them. Raises Invalid for people of other editions."""
    present = {who.id: who for who in me.edition.participants if not who.removed_at}
    before = [row.participant_id for row in authors_of(work, item.id)]
    left = [one for one in before if one not in present]  # who left the edition keeps what they brought
    if set(participant_ids) - present.keys():
        raise Invalid(N_("Escolha pessoas desta turma."), field="authors")
    wanted = list(dict.fromkeys([*(one for one in before if one in (*participant_ids, me.id, *left)), me.id]))
    wanted += [one for one in participant_ids if one not in wanted]
    if wanted != before:
        sign(work, item, [work.session.get_one(Participant, one) for one in wanted])

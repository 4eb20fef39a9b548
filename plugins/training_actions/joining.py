"""Joins what is there already to the edition that it came out of, as a table of an import or the centre tells."""

from collections.abc import Iterable, Mapping

from sqlalchemy import or_, select

from plugins.training_actions import receipts
from plugins.training_actions.models import Action, Author, Contribution, Edition, Participant
from plugins.training_actions.reading import name_key, one_line, reference_key
from repository.api import N_, Invalid, Item, State, Work, grant, reindex


def take(work: Work, item: Item, values: Mapping[str, str]) -> list[str]:
    """Join a draft to the edition in `action`, and return the names that were taken. Raises Invalid for none or several."""
    if not values.get("action", "").strip():
        return []
    join(work, item, edition_named(work, values["action"]))
    return ["action"]


def edition_named(work: Work, text: str) -> Edition:
    """Return the edition with this reference, else the only one of the action with this accreditation number or title.

    Raises Invalid for none, and for several.
    """
    said = one_line(text)
    present = select(Edition).join(Action).where(Edition.removed_at.is_(None), Action.removed_at.is_(None))
    referred = [
        row for row in work.session.scalars(present) if reference_key(row.reference) == reference_key(said) != ""
    ]
    named = present.where(or_(Action.accreditation == said, Action.title == said))
    found = referred or (list(work.session.scalars(named)) if said else [])
    if not found:
        raise Invalid(N_("Não há nenhuma ação com a referência, o número ou o título «%(text)s»."), text=said)
    if len(found) > 1:
        raise Invalid(N_("Há mais do que uma turma de «%(text)s». Indique a referência da turma."), text=said)
    return found[0]


def join(work: Work, item: Item, edition: Edition) -> Contribution:
    """Let the item be a contribution to the edition, by those of its authors who are in it; said twice, it is so once.

    What is published already gets its receipt, but nobody is written to.
    """
    contribution = work.session.get(Contribution, item.id)
    if contribution is None:
        contribution = Contribution(item_id=item.id, edition_id=edition.id, created_at=work.now)
        work.session.add(contribution)
    contribution.edition_id = edition.id
    work.session.flush()
    for position, who in enumerate(dict.fromkeys(_authors(item, edition))):
        if work.session.get(Author, (item.id, who.id)) is None:
            work.session.add(Author(item_id=item.id, participant_id=who.id, position=position))
        grant(work, item, f"participant:{who.id}")
    grant(work, item, f"trainers:{edition.id}")
    if item.state == State.PUBLISHED:
        receipts.give_code(work, contribution)
        reindex(work, item)
    return contribution


def _authors(item: Item, edition: Edition) -> Iterable[Participant]:
    """Yield the people of the edition who are credited: by their account, or by a name that only one of them has."""
    people = [who for who in edition.participants if not who.removed_at]
    for credit in item.credits:
        known = [who for who in people if who.user_id is not None and who.user_id == credit.user_id]
        alike = known or [who for who in people if name_key(who.name) == name_key(credit.name)]
        if len(alike) == 1:
            yield alike[0]

"""Whose account answers for somebody of an edition, and for the drafts that were made for them."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select

from plugins.training_actions.models import Author, Contribution, Participant
from repository.api import Item, State, User, Work, record


def leave(work: Work, who: Participant) -> None:
    """Part somebody from an account that is not theirs, and it from the drafts that only staff have worked on.

    What the account brought or changed itself stays its own.
    """
    account, who.user_id = who.user_id, None
    if account is None:
        return
    for item, author in _untouched(work, [who.id]):
        for credit in item.credits:
            if credit.position == author.position and credit.user_id == account:
                credit.user_id = None
        if item.owner_id == account:
            item.owner_id = next((credit.user_id for credit in item.credits if credit.user_id), None)
    record(work, "training.account_left", who, before={"user": account})


def link(work: Work, accounts: Mapping[Participant, User]) -> None:
    """Join people to their accounts, with the drafts that only staff have worked on."""
    for who, user in accounts.items():
        who.user_id = user.id
        record(work, "training.account_joined", who, after={"user": user.id})
    people = {who.id: user.id for who, user in accounts.items()}
    for item, author in _untouched(work, list(people)):
        item.owner_id = item.owner_id or people[author.participant_id]
        for credit in item.credits:
            if credit.position == author.position and credit.user_id is None:
                credit.user_id = people[author.participant_id]


def _untouched(work: Work, ids: Sequence[int]) -> Iterator[tuple[Item, Author]]:
    """Yield the drafts of these people that an intake made and nobody has changed since they were given."""
    query = (
        select(Item, Author)
        .join(Author, Author.item_id == Item.id)
        .join(Contribution, Contribution.item_id == Item.id)
        .where(
            Author.participant_id.in_(ids),
            Contribution.intake_id.is_not(None),
            Item.state == State.DRAFT,
            Item.updated_at <= Contribution.created_at,
        )
        .order_by(Item.id, Author.position)
    )
    yield from ((item, author) for item, author in work.session.execute(query).all())

"""Who may do what with something handed in, and when: the one table of moderation."""

from dataclasses import dataclass

from repository.api import N_, UNDECIDED, State

WAITING, ASKED, LATER, DECIDED = "waiting", "asked", "later", "decided"
OPEN = (WAITING, ASKED)
LOOKED_AT = (*UNDECIDED, State.PUBLISHED)


@dataclass(frozen=True)
class Act:
    """An act: its words, in which states of the review and of the item it may be done, and what becomes of both.

    `needs` is what `allow` is asked. An empty `review_after` or `item_after` leaves things as they are; `noted` asks for
    a reason in words.
    """

    label: str
    reviews: tuple[str, ...]
    items: tuple[State, ...]
    needs: str = "review"
    review_after: str = ""
    item_after: str = ""
    noted: bool = False


ACTS = {
    "claim": Act(N_("Ficar com este"), (WAITING, ASKED, LATER), LOOKED_AT, item_after=State.IN_REVIEW),
    "release": Act(N_("Largar"), (WAITING, ASKED, LATER), LOOKED_AT),
    "edit": Act(N_("Corrigir a ficha"), OPEN, UNDECIDED, item_after=State.IN_REVIEW),
    "ask": Act(N_("Perguntar"), (WAITING,), UNDECIDED, review_after=ASKED, item_after=State.IN_REVIEW, noted=True),
    "opinion": Act(N_("Dar parecer"), (WAITING, ASKED, LATER), LOOKED_AT, noted=True),
    "approve": Act(N_("Aprovar"), OPEN, UNDECIDED, "publish", DECIDED, State.PUBLISHED),
    "return": Act(
        N_("Devolver"),
        (WAITING, ASKED, LATER),
        LOOKED_AT,
        review_after=DECIDED,
        item_after=State.CHANGES_REQUESTED,
        noted=True,
    ),
    "decline": Act(N_("Recusar"), OPEN, UNDECIDED, review_after=DECIDED, item_after=State.DECLINED, noted=True),
    "look": Act(N_("Está visto"), (LATER,), (State.PUBLISHED,), review_after=DECIDED),
}
DECISIONS = ("approve", "return", "decline", "look", "opinion")

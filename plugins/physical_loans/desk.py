"""All that is done at the desk, under one name, as pages and the API call it."""

from plugins.physical_loans.at_desk import AlreadyDone
from plugins.physical_loans.handing_out import approve, decline, hand_out, prepare, swap, unprepare
from plugins.physical_loans.taking_back import Return, complete, find, lose, restore, take_back, unblock
from plugins.physical_loans.undoing import undo_hand_out, undo_lose, undo_take_back
from plugins.physical_loans.walk_in import WhoIsIt, lend, named, new_borrower

__all__ = [
    "AlreadyDone",
    "Return",
    "WhoIsIt",
    "approve",
    "complete",
    "decline",
    "find",
    "hand_out",
    "lend",
    "lose",
    "named",
    "new_borrower",
    "prepare",
    "restore",
    "swap",
    "take_back",
    "unblock",
    "undo_hand_out",
    "undo_lose",
    "undo_take_back",
    "unprepare",
]

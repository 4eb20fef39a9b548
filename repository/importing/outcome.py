"""What became of each file of an import."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a file."""

    ADDED = "added"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    SKIPPED = "skipped"  # hidden and system files, and files that a table does not name


@dataclass(frozen=True)
class Line:
    """One file of the report; `words` says why, or what is still missing. A dry run has no `item_id` yet."""

    file: str
    outcome: Outcome
    words: str = ""
    item_id: int | None = None
    title: str = ""

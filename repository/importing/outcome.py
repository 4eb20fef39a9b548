"""What became of each file of an import."""

from dataclasses import dataclass
from enum import StrEnum

from repository.errors import DomainError


class Outcome(StrEnum):
    """What became of a file."""

    ADDED = "added"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    SKIPPED = "skipped"  # hidden and system files, and files that a table does not name


@dataclass(frozen=True)
class Line:
    """One file of the report; `notes` say why, or what is still missing. A dry run has no `item_id` yet.

    `state` is that of the item that this import has made or published, and empty for all else.
    """

    file: str
    outcome: Outcome
    notes: tuple[DomainError, ...] = ()
    item_id: int | None = None
    title: str = ""
    state: str = ""

    @property
    def words(self) -> str:
        """The notes as they are written, for who translates the whole of them or keeps it."""
        return " ".join(map(str, self.notes))

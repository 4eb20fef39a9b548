"""Taking the names of authors and of their computers out of all files of a course at once, and putting them back."""

from collections.abc import Iterator

from sqlalchemy import select

from plugins.training_actions.contributions import contribution_of
from plugins.training_actions.models import Contribution, Edition
from plugins.training_actions.tray import drafts_of
from repository.api import (
    UNDECIDED,
    File,
    FileState,
    Item,
    State,
    Work,
    allowed,
    clean,
    cleanable,
    originals,
    put_hidden_back,
    record,
)


def naming_files(work: Work, edition: Edition) -> list[File]:
    """Return the files of the edition that hide a name or a place, as far as the person may change them now."""
    return [file for item in _within_reach(work, edition) for file in item.files if cleanable(file)]


def count_naming(work: Work, edition: Edition) -> int:
    """Return how many files of the edition's drafts and of what waits for a decision hide a name or a place."""
    query = (
        select(File)
        .join(Item)
        .join(Contribution, Contribution.item_id == Item.id)
        .where(Contribution.edition_id == edition.id, Contribution.intake_id.is_not(None), File.removed_at.is_(None))
        .where(Item.state.in_((State.DRAFT, *UNDECIDED)), File.state == FileState.READY)
    )
    return sum(cleanable(file) for file in work.session.scalars(query))


def take_out(work: Work, edition: Edition) -> int:
    """Ask for all these files to be cleaned, and return how many; a draft stays as untouched by its authors as it was."""
    files = naming_files(work, edition)
    count = sum(clean(work, file) for file in files)
    _keep_fresh(work, files)
    if files:
        record(work, "training.names_taken_out", edition, after={"files": len(files)})
    return count


def put_back(work: Work, edition: Edition) -> int:
    """Undo `take_out` where the files are still within reach; return how many are as they were before."""
    files = [file for item in _within_reach(work, edition) for file in item.files]
    before = originals(work, files)
    back = [file for file in files if file.id in before]
    for file in back:
        put_hidden_back(work, file)
    _keep_fresh(work, back)
    if back:
        record(work, "training.names_put_back", edition, after={"files": len(back)})
    return len(back)


def _within_reach(work: Work, edition: Edition) -> Iterator[Item]:
    drafts, _theirs = drafts_of(work, edition)
    yield from drafts
    waiting = (
        select(Item)
        .join(Contribution, Contribution.item_id == Item.id)
        .where(Contribution.edition_id == edition.id, Contribution.intake_id.is_not(None), Item.state.in_(UNDECIDED))
        .order_by(Item.id)
    )
    yield from (item for item in work.session.scalars(waiting) if allowed(work, "review", item))


def _keep_fresh(work: Work, files: list[File]) -> None:
    for item in {file.item for file in files}:
        contribution = contribution_of(work.session, item)
        if contribution is not None and contribution.created_at < item.updated_at:
            contribution.created_at = item.updated_at

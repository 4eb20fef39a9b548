"""The rules of handing in: a draft is begun with what is known, keeps what is valid, and says what is missing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from plugins.materials import adaptations, details
from repository.api import (
    N_,
    DomainError,
    File,
    FileState,
    FileText,
    Invalid,
    Item,
    State,
    Work,
    clean,
    create_draft,
    describe,
    enqueue,
    find_user,
    missing,
    order,
    put_back,
    put_hidden_back,
    remove,
    rename,
    restrict,
    set_credits,
    submit,
)

OPEN_STATES = (State.DRAFT, State.CHANGES_REQUESTED)
FROM_FILE = ("title", "summary", "language", "keywords")  # what may have been read in a file
FOR_TEACHERS = "verified"


@dataclass(frozen=True)
class Known:
    """What the house knows before anything is typed: from the recruitment group, and the licence it recommends."""

    group: str = ""
    levels: tuple[str, ...] = ()
    disciplines: tuple[str, ...] = ()
    licence: str = ""


@dataclass
class Said:
    """What a form said, parts that were not sent left out: `item` and `lesson` by field, `names` by file.

    `restricted` are the files only for teachers, `errors` what could not be read. `shown` are the proposals that
    the person had before them: an empty field that was proposed since is not a wish to empty it.
    """

    item: dict[str, Any] = field(default_factory=dict)
    lesson: dict[str, Any] = field(default_factory=dict)
    authors: list[str] | None = None
    note: str | None = None
    names: dict[int, str] = field(default_factory=dict)
    restricted: set[int] | None = None
    shown: set[str] | None = None
    errors: dict[str, DomainError] = field(default_factory=dict)


def begin(work: Work, known: Known) -> Item:
    """Return a new draft of the person's own, filled with what is already known. Raises NotAllowed."""
    draft = create_draft(work)
    sure = {"group": [known.group] if known.group else [], "licence": known.licence}
    # With several levels or disciplines to choose from, a guess would be wrong more often than right.
    guessed = {"level": known.levels, "discipline": known.disciplines}
    proposals = sure | {name: list(codes) for name, codes in guessed.items() if len(codes) == 1}
    proposals = {name: value for name, value in proposals.items() if value}
    describe(work, draft, proposals, by_person=False)
    draft.proposed = list(proposals)
    if work.actor.name:
        set_credits(work, draft, [(work.actor.name, work.actor.user_id)])
    work.session.flush()
    return draft


def own_drafts(work: Work, most: int | None = None) -> list[Item]:
    """Return what the person has begun and not handed in, the latest first; no more than `most`."""
    mine = select(Item).where(Item.owner_id == work.actor.user_id, Item.state.in_(OPEN_STATES), Item.kind == "digital")
    newest = mine.order_by(Item.updated_at.desc(), Item.id.desc()).limit(most)
    return list(work.session.scalars(newest)) if work.actor.signed_in else []


def save(work: Work, item: Item, said: Said) -> dict[str, DomainError]:
    """Keep all that is valid, and return what is not, by field: a mistake in one field never costs the others."""
    errors = dict(said.errors)

    def attempt(name: str, act: Callable[[], None]) -> None:
        try:
            act()
        except Invalid as error:
            errors[error.field or name] = error

    for name, value in _changes(item, said).items():
        if name == "licence":
            attempt(name, lambda: adaptations.check_licence(work, item, said.item["licence"]))
        if name not in errors:
            attempt(name, lambda name=name, value=value: describe(work, item, {name: value}))  # type: ignore[misc]
    _let_level_follow(work, item, said)
    for name, value in said.lesson.items():
        attempt(name, lambda name=name, value=value: details.set_details(work, item, {name: value}))  # type: ignore[misc]
    if said.authors is not None:
        attempt("authors", lambda: set_authors(work, item, said.authors or []))
    if said.note is not None:
        attempt("note", lambda: adaptations.set_note(work, item, said.note or ""))
    _save_files(work, item, said, attempt)
    _keep_inside(work, item)
    return errors


def _changes(item: Item, said: Said) -> dict[str, Any]:
    changed = {}
    for name, value in said.item.items():
        unseen = said.shown is not None and name in item.proposed and name not in said.shown
        present = getattr(item, name) if hasattr(item, name) else item.codes(name)
        if value != present and not (unseen and not value):
            changed[name] = value
    return changed


def _let_level_follow(work: Work, item: Item, said: Said) -> None:
    """A level that is only guessed follows the years that were chosen alone, and stays a guess."""
    if said.item.get("year") and "level" not in said.item and "level" in item.proposed:
        levels = work.services.vocabularies.levels_with(item.codes("level"), said.item["year"])
        describe(work, item, {"level": levels}, by_person=False)


def _keep_inside(work: Work, item: Item) -> None:
    """What is licensed for the centre's own use is never open to everybody."""
    if item.licence == "INT" and item.audience == "public":
        describe(work, item, {"audience": "members"})


def _save_files(work: Work, item: Item, said: Said, attempt: Callable[[str, Callable[[], None]], None]) -> None:
    for file in item.files:
        name = said.names.get(file.id, file.name)
        if name != file.name:
            attempt(f"name-{file.id}", lambda file=file, name=name: rename(work, file, name))  # type: ignore[misc]
    if said.restricted is not None:
        set_restricted(work, item, said.restricted)


def set_restricted(work: Work, item: Item, file_ids: set[int]) -> None:
    """Keep exactly these files for teachers who are known to teach."""
    for file in item.files:
        wanted = FOR_TEACHERS if file.id in file_ids else ""
        if file.audience == wanted:
            continue
        restrict(work, file, wanted)
        if wanted:
            _forget_proposals(work, item)


def _forget_proposals(work: Work, item: Item) -> None:
    """Take back what was read in a file that is now closed, unless an open file says the same; then read those again."""
    openly = _words_of_open_files(work, item)
    closed = []
    for name in set(FROM_FILE) & set(item.proposed) - {"language"}:
        value = getattr(item, name)
        said = value if isinstance(value, list) else [value]
        if not all(" ".join(words.rstrip("…").split()) in openly for words in said):
            setattr(item, name, [] if isinstance(value, list) else "")
            closed.append(name)
    kinds: dict[str, Any] = {name: empty for name, empty in (("year", []), ("type", "")) if name in item.proposed}
    describe(work, item, kinds, by_person=False)
    closed += kinds
    item.proposed = [name for name in item.proposed if name not in closed]
    for file in item.files if closed else []:
        if not file.audience:
            enqueue(work, "files.examine", key=str(file.id), priority=20, file_id=file.id)


def _words_of_open_files(work: Work, item: Item) -> str:
    ids = [file.id for file in item.files if not file.audience]
    pages = select(FileText.text).where(FileText.file_id.in_(ids)).order_by(FileText.file_id, FileText.page)
    return " ".join(" ".join(work.session.scalars(pages)).split())


def set_authors(work: Work, item: Item, lines: Sequence[str]) -> None:
    """Name the authors, one a line: a name, or the address of a colleague, who may then edit too. Raises Invalid."""
    accounts = {credit.name: credit.user_id for credit in item.credits}
    people: list[tuple[str, int | None]] = []
    for line in filter(None, (line.strip() for line in lines)):
        if "@" in line:
            user = find_user(work, line)
            if user is None:
                raise Invalid(
                    N_("Não há nenhuma conta com o endereço «%(address)s». Escreva antes o nome."),
                    field="authors",
                    address=line[:120],
                )
            people.append((user.name, user.id))
        else:
            people.append((line, accounts.get(line)))
    if people != [(credit.name, credit.user_id) for credit in item.credits]:
        set_credits(work, item, list(dict.fromkeys(people)))


def step(work: Work, item: Item, file_id: int, by: int) -> None:
    """Move a file up (-1) or down (1) in the list; at the end it stays where it is."""
    ids = [file.id for file in item.files]
    if file_id not in ids:
        return
    here = ids.index(file_id)
    there = min(max(here + by, 0), len(ids) - 1)
    ids.insert(there, ids.pop(here))
    order(work, item, ids)


def file_of(item: Item, file_id: int) -> File | None:
    """Return the file of this draft, removed ones too; None for the file of another."""
    return next((file for file in item.all_files if file.id == file_id), None)


def take_off(work: Work, item: Item, file_id: int) -> File | None:
    """Take a file off the draft and return it; taken off twice it stays off."""
    file = file_of(item, file_id)
    if file is not None and file.removed_at is None:
        remove(work, file)
    return file


def bring_back(work: Work, item: Item, file_id: int) -> None:
    """Undo `take_off`."""
    file = file_of(item, file_id)
    if file is not None and file.removed_at is not None:
        put_back(work, file)


def clean_file(work: Work, item: Item, file_id: int) -> None:
    """Ask for a file without its hidden data; the file of another draft stays as it is."""
    file = file_of(item, file_id)
    if file is not None and file.removed_at is None:
        clean(work, file)


def bring_hidden_back(work: Work, item: Item, file_id: int) -> None:
    """Undo `clean_file`."""
    file = file_of(item, file_id)
    if file is not None and file.removed_at is None:
        put_hidden_back(work, file)


def hand_in(work: Work, item: Item) -> dict[str, DomainError]:
    """Hand the draft in, or return what it still needs, by field."""
    wants: Mapping[str, DomainError] = {error.field or "": error for error in missing(item)}
    if not wants:
        try:
            submit(work, item)
        except Invalid as error:
            return {error.field or "": error}
    return dict(wants)


def being_read(item: Item) -> bool:
    """Return whether the house is still looking into one of the draft's files."""
    return any(file.state == FileState.PENDING for file in item.files)

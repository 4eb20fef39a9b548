"""The life of an item: what it says, how it moves from state to state, and its versions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from repository import audit, indexing
from repository.errors import Conflict, Invalid, NotAllowed, NotFound
from repository.jobs import enqueue
from repository.models import (
    AuditEntry,
    Credit,
    File,
    FileState,
    FileText,
    Item,
    ItemGrant,
    ItemTerm,
    ItemVersion,
    State,
)
from repository.permissions import allowed, may_see, require, require_permission
from repository.words import N_
from repository.work import Work

MOVES = {
    (State.DRAFT, "submit"): State.SUBMITTED,
    (State.CHANGES_REQUESTED, "submit"): State.SUBMITTED,
    (State.SUBMITTED, "recall"): State.DRAFT,
    (State.SUBMITTED, "review"): State.IN_REVIEW,
    (State.SUBMITTED, "publish"): State.PUBLISHED,
    (State.IN_REVIEW, "publish"): State.PUBLISHED,
    (State.SUBMITTED, "return"): State.CHANGES_REQUESTED,
    (State.IN_REVIEW, "return"): State.CHANGES_REQUESTED,
    (State.SUBMITTED, "decline"): State.DECLINED,
    (State.IN_REVIEW, "decline"): State.DECLINED,
    (State.DECLINED, "reopen"): State.IN_REVIEW,
    (State.PUBLISHED, "return"): State.CHANGES_REQUESTED,  # looked at only after it was published
    (State.PUBLISHED, "undo"): State.IN_REVIEW,
    (State.CHANGES_REQUESTED, "undo"): State.IN_REVIEW,
    (State.CHANGES_REQUESTED, "reinstate"): State.PUBLISHED,
    (State.PUBLISHED, "withdraw"): State.WITHDRAWN,
    (State.PUBLISHED, "archive"): State.ARCHIVED,
    (State.WITHDRAWN, "restore"): State.PUBLISHED,
    (State.ARCHIVED, "restore"): State.PUBLISHED,
    (State.DRAFT, "discard"): State.DISCARDED,
    (State.CHANGES_REQUESTED, "discard"): State.DISCARDED,
    (State.DISCARDED, "recover"): State.DRAFT,
}
EDITABLE = (State.DRAFT, State.CHANGES_REQUESTED)
UNDECIDED = (State.SUBMITTED, State.IN_REVIEW)
PLAIN_FIELDS = ("title", "summary", "language", "type", "licence", "audience", "link", "keywords", "changes")
VOCABULARIES = ("level", "year", "group", "discipline")
AUDIENCES = ("public", "members", "organisation")
LIMITS = {"title": 300, "summary": 4000, "link": 1000, "changes": 500}


def move(work: Work, item: Item, name: str) -> None:
    """Move the item along the table of moves. Raises Conflict when its state does not allow it."""
    target = MOVES.get((item.state, name))
    if target is None:
        raise Conflict(N_("O material já não está nesse estado. Veja como está agora."))
    audit.record(work, f"item.{name}", item, {"state": item.state}, {"state": target})
    item.state, item.updated_at = target, work.now


def get(work: Work, item_id: int) -> Item:
    """Return the item if the person may see it. Raises NotFound otherwise, whatever the reason."""
    item = work.session.get(Item, item_id)
    if item is None or not may_see(work, item):
        raise NotFound(N_("Não há nada neste endereço."))
    return item


def create_draft(
    work: Work, *, kind: str = "digital", organisation_id: int | None = None, owner_id: int | None = None
) -> Item:
    """Begin an item of the person's own (or of `owner_id`, when the house itself acts). Raises NotAllowed."""
    if not work.actor.system and not work.actor.may_anywhere("items.deposit"):
        require_permission(work, "items.deposit", organisation_id)
    home = work.actor.organisation_ids[0] if work.actor.organisation_ids else None
    item = Item(
        kind=kind,
        state=State.DRAFT,
        owner_id=owner_id or work.actor.user_id,
        created_at=work.now,
        updated_at=work.now,
        organisation_id=organisation_id or home,
        keywords=[],
        proposed=[],
    )
    work.session.add(item)
    work.session.flush()
    audit.record(work, "item.created", item)
    return item


def describe(work: Work, item: Item, values: Mapping[str, Any], *, by_person: bool = True) -> None:
    """Change what a draft says: plain fields, and lists of codes for level, year, group and discipline.

    Unknown names are ignored, so a request cannot set what it should not. Raises Invalid, NotAllowed and Conflict.
    """
    require_changeable(work, item)
    given = {name: values[name] for name in PLAIN_FIELDS if name in values}
    _check(given)
    for name, value in given.items():
        setattr(item, name, value)
    for vocabulary in VOCABULARIES:
        if vocabulary in values:
            set_codes(item, vocabulary, values[vocabulary])
    if by_person:
        item.proposed = [name for name in item.proposed if name not in values]
    item.updated_at = work.now


def require_changeable(work: Work, item: Item) -> None:
    """Raise unless the person may change what the item says now: its authors in a draft, reviewers while they decide."""
    if item.state in UNDECIDED and allowed(work, "review", item):
        return
    require(work, "edit", item)
    if item.state not in EDITABLE:
        raise Conflict(N_("O material já não está em rascunho. Veja como está agora."))


def grant(work: Work, item: Item, label: str) -> None:
    """Open the item, in any state, to those who hold the label; said twice, it is there once."""
    if label not in [given.label for given in item.grants]:
        item.grants.append(ItemGrant(label=label))
        if item.state == State.PUBLISHED:
            reindex(work, item)


def revoke(work: Work, item: Item, label: str) -> None:
    """Undo `grant`."""
    item.grants[:] = [given for given in item.grants if given.label != label]
    if item.state == State.PUBLISHED:
        reindex(work, item)


def _check(values: Mapping[str, Any]) -> None:
    for name, most in LIMITS.items():
        if len(values.get(name, "")) > most:
            raise Invalid(N_("Use no máximo %(most)s caracteres."), field=name, most=most)
    if values.get("audience", "public") not in AUDIENCES:
        raise Invalid(N_("Escolha quem pode ver."), field="audience")
    link = values.get("link", "")
    if link and not link.startswith(("https://", "http://")):
        raise Invalid(N_("A ligação começa por https://"), field="link")
    keywords = values.get("keywords", ())
    if len(keywords) > 30 or any(len(word) > 80 for word in keywords):
        raise Invalid(N_("Use no máximo 30 palavras-chave curtas."), field="keywords")


def set_codes(item: Item, vocabulary: str, codes: Iterable[str]) -> None:
    """Replace the item's codes of one vocabulary, keeping their order."""
    wanted = list(dict.fromkeys(codes))
    kept = {term.code: term for term in item.terms if term.vocabulary == vocabulary}
    for code, term in kept.items():
        if code not in wanted:
            item.terms.remove(term)
    for position, code in enumerate(wanted):
        if code in kept:
            kept[code].position = position
        else:
            item.terms.append(ItemTerm(vocabulary=vocabulary, code=code, position=position))


def set_credits(work: Work, item: Item, people: Sequence[tuple[str, int | None]]) -> None:
    """Replace the authors: pairs of the name as printed and the account's id, or None. Raises Invalid."""
    require(work, "edit", item)
    if len(people) > 60 or any(not name.strip() or len(name) > 120 for name, _ in people):
        raise Invalid(N_("Escreva um nome por autor, até 60 autores."), field="authors")
    item.credits[:] = [Credit(position=n, name=name.strip(), user_id=user) for n, (name, user) in enumerate(people)]
    item.updated_at = work.now


def missing(item: Item) -> list[Invalid]:
    """Return what a draft still needs before it can be submitted, each with its field."""
    wants = []
    if not item.title.strip():
        wants.append(Invalid(N_("Dê um título ao material."), field="title"))
    if not item.codes("level"):
        wants.append(Invalid(N_("Escolha pelo menos um nível de ensino."), field="level"))
    if not item.licence and (item.kind == "digital" or item.files):  # nobody licenses a robot, but its manual
        wants.append(Invalid(N_("Diga o que os colegas podem fazer com o material."), field="licence"))
    if item.kind == "digital" and not item.files and not item.link:
        wants.append(Invalid(N_("Junte pelo menos um ficheiro ou uma ligação."), field="files"))
    return wants


def submit(work: Work, item: Item) -> None:
    """Hand the draft in; it is published at once unless somebody has to look at it first. Raises Invalid."""
    require(work, "submit", item)
    if wants := missing(item):
        raise wants[0]
    move(work, item, "submit")
    item.submitted_at = work.now
    work.hook.item_submitted(work=work, item=item)
    if not work.hook.needs_review(work=work, item=item):
        _publish(work, item)


def publish(work: Work, item: Item) -> Item:
    """Make the item findable and return it; a new version is taken over by the item it revises, which is returned."""
    require(work, "publish", item)
    return _publish(work, item)


def _publish(work: Work, item: Item) -> Item:
    move(work, item, "publish")
    if item.revises_id is not None:
        item = _take_over(work, item)
    item.version += 1
    item.published_at = item.published_at or work.now
    work.session.flush()
    work.session.add(
        ItemVersion(
            item_id=item.id,
            number=item.version,
            snapshot=_snapshot(work, item),
            actor_id=work.actor.user_id,
            created_at=work.now,
        )
    )
    work.hook.item_published(work=work, item=item, restored=False)
    reindex(work, item)
    return item


def withdraw(work: Work, item: Item) -> None:
    """Take the item out of sight; it can be restored."""
    require(work, "withdraw", item)
    move(work, item, "withdraw")
    work.hook.item_withdrawn(work=work, item=item)
    reindex(work, item)


def restore(work: Work, item: Item) -> None:
    """Bring a withdrawn item back as it was. What the centre withdrew, only the centre brings back."""
    require(work, "withdraw", item)
    withdrawn = (item.state, "restore") in MOVES
    if withdrawn and _withdrawn_by(work, item) != work.actor.user_id and not allowed(work, "publish", item):
        raise NotAllowed(N_("O centro retirou este material. Fale com o centro para o repor."))
    move(work, item, "restore")
    work.hook.item_published(work=work, item=item, restored=True)
    reindex(work, item)


def _withdrawn_by(work: Work, item: Item) -> int | None:
    acts = ("item.withdraw", "item.archive")
    entries = select(AuditEntry.actor_id).where(AuditEntry.subject_kind == "item", AuditEntry.subject_id == item.id)
    return work.session.scalar(entries.where(AuditEntry.action.in_(acts)).order_by(AuditEntry.id.desc()).limit(1))


def discard(work: Work, item: Item) -> None:
    """Put a draft into the bin, from where `recover` brings it back for thirty days."""
    require(work, "edit", item)
    move(work, item, "discard")


def recover(work: Work, item: Item) -> None:
    """Take a draft out of the bin."""
    require(work, "edit", item)
    move(work, item, "recover")


def recall(work: Work, item: Item) -> None:
    """Take back a submitted item that nobody has begun to review."""
    require(work, "submit", item)
    move(work, item, "recall")


def begin_version(work: Work, item: Item) -> Item:
    """Return the draft of a new version of a published item: the one already begun, or a copy of the item."""
    require(work, "edit", item)
    if item.state != State.PUBLISHED:
        raise Conflict(N_("Só um material publicado pode ter uma nova versão."))
    open_states = (*EDITABLE, State.SUBMITTED, State.IN_REVIEW)
    begun = work.session.scalar(select(Item).where(Item.revises_id == item.id, Item.state.in_(open_states)))
    return begun or copy(work, item, revises=True)


def copy(work: Work, source: Item, *, revises: bool) -> Item:
    """Return a new draft that says what `source` says, with its files; of the same owner when it revises it."""
    owner = source.owner_id if revises else None
    draft = create_draft(
        work, kind=source.kind, organisation_id=source.organisation_id if revises else None, owner_id=owner
    )
    draft.revises_id = source.id if revises else None
    _copy_description(source, draft)
    draft.changes = ""  # what an earlier version changed is not what this one will
    draft.credits[:] = [Credit(position=c.position, name=c.name, user_id=c.user_id) for c in source.credits]
    if revises:
        draft.grants[:] = [ItemGrant(label=given.label) for given in source.grants]
    for file in source.files:
        if revises or not file.audience:
            _copy_file(work, file, draft)
    work.session.flush()
    work.hook.item_copied(work=work, source=source, copy=draft)
    return draft


def _copy_description(source: Item, target: Item) -> None:
    for name in PLAIN_FIELDS:
        value = getattr(source, name)
        setattr(target, name, list(value) if isinstance(value, list) else value)
    for vocabulary in VOCABULARIES:
        set_codes(target, vocabulary, source.codes(vocabulary))


def _copy_file(work: Work, file: File, target: Item) -> File:
    same = (
        "position",
        "name",
        "media_type",
        "family",
        "size",
        "sha256",
        "audience",
        "state",
        "problem",
        "hidden",
        "page_count",
        "has_thumbnail",
        "preview_count",
    )
    twin = File(item_id=target.id, created_at=work.now, **{name: getattr(file, name) for name in same})
    target.all_files.append(twin)
    work.session.flush()
    for text in work.session.scalars(select(FileText).filter_by(file_id=file.id)):
        work.session.add(FileText(file_id=twin.id, page=text.page, text=text.text))
    if twin.state == FileState.PENDING:
        enqueue(work, "files.examine", key=str(twin.id), file_id=twin.id)
    return twin


def _take_over(work: Work, draft: Item) -> Item:
    """Let the revised item say what `draft` says; the files of the old version stay with their version."""
    target = work.session.get_one(Item, draft.revises_id)
    if target.state != State.PUBLISHED:
        raise Conflict(N_("O material de que isto é nova versão já não está publicado."))
    _copy_description(draft, target)
    target.credits[:] = [Credit(position=c.position, name=c.name, user_id=c.user_id) for c in draft.credits]
    for file in target.files:
        file.removed_at = work.now
    work.session.flush()
    for file in draft.files:
        _copy_file(work, file, target)
    work.session.refresh(target, ["all_files"])
    work.hook.item_copied(work=work, source=draft, copy=target)
    draft.state, target.updated_at = State.DISCARDED, work.now
    return target


def _snapshot(work: Work, item: Item) -> dict[str, Any]:
    said = {name: getattr(item, name) for name in PLAIN_FIELDS}
    codes = {vocabulary: item.codes(vocabulary) for vocabulary in VOCABULARIES}
    more = {name: said for part in work.hook.version_said(work=work, item=item) for name, said in (part or {}).items()}
    people = {"authors": [credit.name for credit in item.credits], "files": [file.id for file in item.files]}
    return said | codes | people | {"more": more}


def say_again(work: Work, item: Item, snapshot: Mapping[str, Any]) -> None:
    """Let the item say what an earlier version of it said, with the files that it had."""
    for name in PLAIN_FIELDS:
        setattr(item, name, snapshot[name])
    for vocabulary in VOCABULARIES:
        set_codes(item, vocabulary, snapshot[vocabulary])
    accounts = {credit.name: credit.user_id for credit in item.credits}
    names = snapshot["authors"]
    item.credits[:] = [Credit(position=n, name=name, user_id=accounts.get(name)) for n, name in enumerate(names)]
    for file in item.all_files:
        if file.id in snapshot["files"]:
            file.removed_at = None
        elif file.removed_at is None:
            file.removed_at = work.now
    item.updated_at = work.now
    work.hook.version_restored(work=work, item=item, said=snapshot.get("more", {}))


def reindex(work: Work, item: Item) -> None:
    """Ask for the item's place in the index to be made anew."""
    indexing.ask(work, item.id)

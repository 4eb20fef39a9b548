"""Adapting a material: whose work it comes from, and which licences may follow which."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal, select

from plugins.materials.models import Adaptation
from repository.api import (
    EDITABLE,
    N_,
    Conflict,
    Figure,
    Invalid,
    Item,
    NotAllowed,
    ReportCount,
    ReportScope,
    State,
    Work,
    copy,
    count,
    counted_by_year,
    may_see,
    record,
    require_permission,
    set_credits,
)
from repository.api import Relative as FamilyMember

_BY_NC = ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-NC-ND-4.0")
_BY = ("CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-ND-4.0", *_BY_NC)
_FREE = ("GPL-3.0", "GPL-2.0", "GFDL-1.3", "MPL-2.0")  # of software and its documents: each keeps itself
# Which licences an adaptation may have, by the licence of its source: the chart of Creative Commons for adapters, and
# ours for internal use, which never leaves the centre. No entry: it may not be adapted.
FOLLOWS: dict[str, tuple[str, ...]] = {
    "CC0-1.0": ("CC0-1.0", *_BY, *_FREE, "INT"),
    "CC-BY-4.0": (*_BY, *_FREE, "INT"),
    "CC-BY-SA-4.0": ("CC-BY-SA-4.0",),
    "CC-BY-NC-4.0": (*_BY_NC, "INT"),
    "CC-BY-NC-SA-4.0": ("CC-BY-NC-SA-4.0",),
    **{code: (code,) for code in _FREE},
    "INT": ("INT",),
}
MOST_SHOWN = 200
DEEPEST = 20  # adaptations of adaptations


@dataclass(frozen=True)
class Relative:
    """A material of the same family that the person may see; `depth` counts the steps from the first one shown."""

    item: Item
    depth: int
    note: str


def may_be_adapted(item: Item) -> bool:
    """Return whether the material's licence lets others adapt it."""
    return item.licence in FOLLOWS


def adapt(work: Work, source: Item) -> Item:
    """Return a draft that starts from `source` and keeps its credit; the one already begun, if there is one.

    Raises NotAllowed when the licence forbids it or the person may not hand in, Conflict when it is not published.
    """
    if not work.actor.may_anywhere("items.deposit"):
        require_permission(work, "items.deposit")
    if source.state != State.PUBLISHED:
        raise Conflict(N_("Só um material publicado se pode adaptar."))
    if not may_be_adapted(source):
        raise NotAllowed(N_("A licença deste material não deixa partilhar adaptações. Pode usá-lo tal como está."))
    return _begun(work, source) or _begin(work, source)


def _begun(work: Work, source: Item) -> Item | None:
    mine = (
        select(Item)
        .join(Adaptation, Adaptation.item_id == Item.id)
        .where(Adaptation.source_id == source.id, Item.owner_id == work.actor.user_id, Item.state == State.DRAFT)
    )
    return work.session.scalar(mine.limit(1)) if work.actor.signed_in else None


def _begin(work: Work, source: Item) -> Item:
    draft = copy(work, source, revises=False)
    # The authors of the source are credited, and get no rights over the adaptation.
    set_credits(work, draft, [(work.actor.name, work.actor.user_id)] if work.actor.name else [])
    draft.licence = FOLLOWS[source.licence][0] if source.licence not in FOLLOWS[source.licence] else source.licence
    work.session.add(
        Adaptation(
            item_id=draft.id,
            source_id=source.id,
            source_version=source.version,
            source_licence=source.licence,
            credit=credit_line(source),
        )
    )
    record(work, "item.adapted", draft, after={"source": source.id, "version": source.version})
    return draft


def credit_line(source: Item) -> str:
    """Return the source as it is to be credited: authors, title and version."""
    authors = ", ".join(credit.name for credit in source.credits)
    return f"{authors}, «{source.title}»" if authors else f"«{source.title}»"


def origin(work: Work, item: Item) -> Adaptation | None:
    """Return where the material comes from, also for the draft of its new version; None for an original."""
    item_id = item.revises_id or item.id
    return work.once(("materials_origin", item_id), lambda: work.session.get(Adaptation, item_id))


def licences_allowed(work: Work, item: Item) -> tuple[str, ...] | None:
    """Return the licences that the draft may have because of its source; None for an original: all of them."""
    known = origin(work, item)
    return None if known is None else FOLLOWS.get(known.source_licence, ())


def check_licence(work: Work, item: Item, licence: str) -> None:
    """Raise Invalid when the source's licence does not let the adaptation have this one."""
    allowed = licences_allowed(work, item)
    if allowed is not None and licence and licence not in allowed:
        raise Invalid(N_("A licença do original não deixa usar esta numa adaptação."), field="licence")


def set_note(work: Work, item: Item, note: str) -> None:
    """Say in a sentence what the adaptation changed. Raises Invalid and Conflict."""
    known = origin(work, item)
    if known is None or item.state not in EDITABLE:
        raise Conflict(N_("O material já não está em rascunho. Veja como está agora."))
    if len(note) > 500:
        raise Invalid(N_("Use no máximo %(most)s caracteres."), field="note", most=500)
    known.note = note


def ancestors(work: Work, item: Item) -> list[Relative]:
    """Return the sources of the material, the first original first. Those the person may not see are left out."""
    chain: list[Relative] = []
    known = origin(work, item)
    while known is not None and known.source_id is not None and len(chain) < MOST_SHOWN:
        source = work.session.get_one(Item, known.source_id)
        known = work.session.get(Adaptation, source.id)
        chain.append(Relative(source, 0, known.note if known else ""))
    seen = [relative for relative in reversed(chain) if may_see(work, relative.item)]
    return [Relative(relative.item, depth, relative.note) for depth, relative in enumerate(seen)]


def descendants(work: Work, item: Item) -> list[Relative]:
    """Return the published adaptations of the material that the person may see, and theirs, each after its source."""
    return work.once(
        ("materials_descendants", item.id), lambda: list(_below(work, _tree(work, item), item.id))[:MOST_SHOWN]
    )


def _tree(work: Work, item: Item) -> dict[int | None, list[tuple[Item, str]]]:
    """Return all adaptations below a material with their notes, by the id of their source, in one query."""
    first = select(Adaptation.item_id, literal(0).label("depth")).where(Adaptation.source_id == item.id)
    tree = first.cte("below", recursive=True)
    deeper = select(Adaptation.item_id, tree.c.depth + 1).join(tree, Adaptation.source_id == tree.c.item_id)
    tree = tree.union(deeper.where(tree.c.depth < DEEPEST))
    nearest = select(tree.c.item_id, func.min(tree.c.depth).label("depth")).group_by(tree.c.item_id).subquery()
    rows = work.session.execute(
        select(Adaptation.source_id, Item, Adaptation.note)
        .join(Item, Item.id == Adaptation.item_id)
        .join(nearest, nearest.c.item_id == Item.id)
        .order_by(nearest.c.depth, Item.id)
        .limit(MOST_SHOWN * 2)
    )
    found: dict[int | None, list[tuple[Item, str]]] = {}
    for source_id, child, note in rows:
        found.setdefault(source_id, []).append((child, note))
    return found


def _below(
    work: Work, tree: Mapping[int | None, Sequence[tuple[Item, str]]], source_id: int, depth: int = 0, level: int = 0
) -> Iterator[Relative]:
    """Yield what is below a source; one that is not shown does not make those below it a step deeper."""
    for child, note in tree.get(source_id, ()):
        shown = child.state == State.PUBLISHED and may_see(work, child)
        if shown:
            yield Relative(child, depth, note)
        if level < DEEPEST:
            yield from _below(work, tree, child.id, depth + shown, level + 1)


def family(work: Work, item: Item) -> Iterator[FamilyMember]:
    """Yield the whole family of a material, from the first original on, if it has more than one member."""
    chain = ancestors(work, item)
    root = chain[0].item if chain else item
    below = descendants(work, root)
    if below:
        yield FamilyMember(root.id)
        yield from (FamilyMember(one.item.id, one.depth + 1, one.note) for one in below)


def count_published(work: Work, item: Item) -> None:
    """Count, for the source, an adaptation that is published for the first time."""
    if item.published_at == work.now:
        _count(work, item, 1)


def count_undone(work: Work, item: Item) -> None:
    """Take the count back when the only publication of an adaptation is undone."""
    if item.published_at is None:
        _count(work, item, -1)


def _count(work: Work, item: Item, times: int) -> None:
    known = work.session.get(Adaptation, item.id)
    source = work.session.get(Item, known.source_id) if known and known.source_id else None
    if source is not None:
        count(work, source, "adapted", times)


def _adapted(work: Work, scope: ReportScope) -> Iterable[Figure]:
    return counted_by_year(work, scope, "adapted")


COUNTS = (ReportCount("adapted", N_("Adaptados"), _adapted, weight=64),)

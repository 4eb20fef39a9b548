"""Tried it: what a teacher who used an item tells the others, and what they tell its authors alone."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from sqlalchemy import false, func, or_, select

from plugins.level_views import asking
from plugins.level_views.models import Thanks, TriedNote
from plugins.level_views.seen import one_line, seen
from repository.api import (
    N_,
    Credit,
    Invalid,
    Item,
    NotAllowed,
    NotFound,
    State,
    Work,
    ask_before_showing,
    get,
    may_see,
    record,
    require_permission,
)

LONGEST = {"class_type": 120, "changed": 600, "worked": 600, "question": 300, "strength": 300, "suggestion": 300}
LONGEST_WHY = 300
MOST_SHOWN = 50
MOST_OF_MINE = 5
GONE = N_("Esta nota já não está na página.")


@dataclass(frozen=True)
class Said:
    """What the form asks: the first four for everybody, the last three for those who made the item."""

    level: str = ""
    class_type: str = ""
    changed: str = ""
    worked: str = ""
    question: str = ""
    strength: str = ""
    suggestion: str = ""


@dataclass(frozen=True)
class Heard:
    """An item of the person's own with how many tried it, how many thank for it, and what was told only to its authors."""

    item: Item
    tried: int
    thanks: int


NAMES = tuple(field.name for field in fields(Said))


def tell(work: Work, item_id: int, said: Said, confirmed: str = "") -> TriedNote:
    """Tell how it went; a person has one note of an item, and telling again changes it.

    Raises Invalid and NotAllowed, and Doubtful for what names somebody and is not `confirmed`.
    """
    item = tellable(work, item_id)
    checked = _checked(work, said)
    row = own_note(work, item)
    if row is not None:
        _check_not_hidden(row)
    before = _values(row) if row is not None and row.taken_at is None else {}
    new = {name: text for name, text in checked.items() if name != "level" and text != before.get(name)}
    ask_before_showing(work, new, confirmed, place=f"level_views.tried:{item.id}")
    asking.answered(work, item.id)
    if row is not None and before == checked:
        return row
    row = row or TriedNote(item_id=item.id, user_id=work.actor.user_id)
    for name, value in checked.items():
        setattr(row, name, value)
    row.told_at, row.taken_at, row.before = work.now, None, before
    work.session.add(row)
    record(work, "level_views.tried", row, after={"item": item.id})
    return row


def _check_not_hidden(row: TriedNote) -> None:
    if row.hidden_at is not None:
        raise NotAllowed(N_("O centro tirou a sua nota da página: %(why)s"), why=row.hidden_why)


def restore(work: Work, note_id: int) -> TriedNote:
    """Let one's own note say again what it said before its last change; twice is once. Raises NotFound and NotAllowed."""
    row = _own(work, note_id)
    _check_not_hidden(row)
    if row.before:
        for name, value in row.before.items():
            setattr(row, name, value)
        row.before = {}
        record(work, "level_views.tried_restored", row)
    return row


def tellable(work: Work, item_id: int) -> Item:
    """Return an item that the person may tell of: published, and not their own. Raises NotFound and NotAllowed."""
    if not work.actor.may_anywhere("items.deposit"):
        require_permission(work, "items.deposit")
    item = get(work, item_id)
    if item.state != State.PUBLISHED:
        raise NotFound(N_("Este material não está publicado."))
    if is_of(work, item):
        raise NotAllowed(N_("Este material é seu: quem o experimenta são os colegas."))
    return item


def _checked(work: Work, said: Said) -> dict[str, str]:
    values = {name: seen(getattr(said, name)) for name in NAMES}
    values["class_type"] = one_line(values["class_type"])
    for name, most in LONGEST.items():
        if len(values[name]) > most:
            raise Invalid(N_("Use no máximo %(most)s letras."), field=name, most=most)
    if values["level"] not in [term.code for term in work.services.vocabularies.levels]:
        raise Invalid(N_("Escolha o nível em que experimentou."), field="level")
    if not values["worked"] and not values["changed"]:
        raise Invalid(N_("Conte numa frase o que resultou ou o que mudou."), field="worked")
    return values


def _values(row: TriedNote) -> dict[str, str]:
    return {name: getattr(row, name) for name in NAMES}


def said_in(row: TriedNote) -> Said:
    """Return what a note says, for the form."""
    return Said(**_values(row))


def own_note(work: Work, item: Item) -> TriedNote | None:
    """Return the person's note of an item, also one that was taken away or hidden."""
    if work.actor.user_id is None:
        return None
    return work.session.scalar(select(TriedNote).filter_by(item_id=item.id, user_id=work.actor.user_id))


def is_of(work: Work, item: Item) -> bool:
    """Return whether the person made the item."""
    return work.actor.signed_in and work.actor.user_id in (item.owner_id, *(credit.user_id for credit in item.credits))


def is_staff(work: Work, item: Item) -> bool:
    """Return whether the person may hide what others wrote of an item: staff of where it lies, and of no other place."""
    return work.actor.may("items.publish", item.organisation_id)


def hears(work: Work, item: Item, row: TriedNote) -> bool:
    """Return whether the person reads what a note says to the authors: they, and whoever wrote it; not even staff does."""
    return is_of(work, item) or (work.actor.signed_in and row.user_id == work.actor.user_id)


def notes_of(work: Work, item: Item) -> list[TriedNote]:
    """Return the notes on an item's page, the newest first; staff and whoever wrote it see one that was hidden, too."""
    query = select(TriedNote).filter_by(item_id=item.id, taken_at=None)
    if not is_staff(work, item):
        mine = TriedNote.user_id == work.actor.user_id if work.actor.user_id is not None else false()
        query = query.where(or_(TriedNote.hidden_at.is_(None), mine))
    return list(work.session.scalars(query.order_by(TriedNote.told_at.desc(), TriedNote.id.desc()).limit(MOST_SHOWN)))


def count(work: Work, item: Item) -> int:
    """Return how many tried an item."""
    query = select(func.count()).select_from(TriedNote).filter_by(item_id=item.id, taken_at=None, hidden_at=None)
    return work.session.scalar(query) or 0


def take_away(work: Work, note_id: int, away: bool = True) -> TriedNote:
    """Take one's own note off the page, or put it back; twice is once. Raises NotFound and NotAllowed."""
    row = _own(work, note_id)
    if bool(row.taken_at) != away:
        row.taken_at = work.now if away else None
        record(work, "level_views.tried_taken" if away else "level_views.tried_back", row)
    return row


def hide(work: Work, note_id: int, why: str) -> TriedNote:
    """Hide a note from the page for a reason, which its author reads: the centre's staff. Raises Invalid and NotAllowed."""
    row, why = shown_note(work, note_id), one_line(why)
    if not why:
        raise Invalid(N_("Diga porquê: quem escreveu a nota lê a razão."), field="why")
    if len(why) > LONGEST_WHY:
        raise Invalid(N_("Use no máximo %(most)s letras."), field="why", most=LONGEST_WHY)
    if row.hidden_at is None:
        row.hidden_at, row.hidden_why = work.now, why
        record(work, "level_views.tried_hidden", row, after={"why": why})
    return row


def show(work: Work, note_id: int) -> TriedNote:
    """Show a hidden note again: the centre's staff. Raises NotAllowed."""
    row = shown_note(work, note_id)
    if row.hidden_at is not None:
        record(work, "level_views.tried_shown", row, before={"why": row.hidden_why})
        row.hidden_at, row.hidden_why = None, ""
    return row


def _note(work: Work, note_id: int) -> TriedNote:
    row = work.session.get(TriedNote, note_id)
    item = work.session.get(Item, row.item_id) if row is not None else None
    if row is None or item is None or not may_see(work, item):
        raise NotFound(GONE)
    return row


def _own(work: Work, note_id: int) -> TriedNote:
    row = _note(work, note_id)
    if not work.actor.signed_in or row.user_id != work.actor.user_id:
        raise NotAllowed(N_("Só quem escreveu a nota a pode mudar ou retirar."))
    return row


def shown_note(work: Work, note_id: int) -> TriedNote:
    """Return a note for the staff who hides it. Raises NotFound and NotAllowed."""
    row = _note(work, note_id)
    require_permission(work, "items.publish", get(work, row.item_id).organisation_id)
    return row


def thank(work: Work, item_id: int, thanks: bool) -> None:
    """Thank those who made an item, or take it back; twice is once. Raises NotAllowed and NotFound."""
    if work.actor.user_id is None:
        raise NotAllowed(N_("Inicie sessão para agradecer."))
    item = get(work, item_id)
    if item.state != State.PUBLISHED or is_of(work, item):
        raise NotAllowed(N_("Só se agradece o que os colegas publicaram."))
    known = work.session.get(Thanks, (item.id, work.actor.user_id))
    if thanks and known is None:
        work.session.add(Thanks(item_id=item.id, user_id=work.actor.user_id, thanked_at=work.now))
    elif not thanks and known is not None:
        work.session.delete(known)


def thanks_of(work: Work, item: Item) -> int:
    """Return how many thank for an item."""
    return work.session.scalar(select(func.count()).select_from(Thanks).filter_by(item_id=item.id)) or 0


def thanked(work: Work, item: Item) -> bool:
    """Return whether the person thanked for an item."""
    return work.actor.signed_in and work.session.get(Thanks, (item.id, work.actor.user_id)) is not None


def heard(work: Work) -> list[Heard]:
    """Return what came back to a person for what they made, the most tried first; in the same few queries."""
    user_id = work.actor.user_id
    if user_id is None:
        return []
    mine = select(Item.id).where(
        or_(Item.owner_id == user_id, Item.id.in_(select(Credit.item_id).where(Credit.user_id == user_id)))
    )
    shown = (TriedNote.taken_at.is_(None), TriedNote.hidden_at.is_(None))
    tried = dict(_counted(work, TriedNote.item_id, TriedNote.item_id.in_(mine), *shown))
    thanks = dict(_counted(work, Thanks.item_id, Thanks.item_id.in_(mine)))
    ids = sorted(tried.keys() | thanks.keys(), key=lambda id_: (-tried.get(id_, 0), -thanks.get(id_, 0), -id_))
    first = ids[:MOST_OF_MINE]
    found = {item.id: item for item in work.session.scalars(select(Item).where(Item.id.in_(first)))}
    return [Heard(found[id_], tried.get(id_, 0), thanks.get(id_, 0)) for id_ in first if id_ in found]


def _counted(work: Work, column: object, *where: object) -> Iterable[tuple[int, int]]:
    query = select(column, func.count()).where(*where).group_by(column)  # type: ignore[call-overload]
    return [(id_, number) for id_, number in work.session.execute(query)]

"""What is used together: the kits that a lesson needs, and the lessons that use a kit."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager, selectinload

from plugins.physical_loans.models import Need, Thing
from plugins.physical_loans.rules import DESK
from repository.api import (
    N_,
    Conflict,
    Invalid,
    Item,
    NotAllowed,
    NotFound,
    State,
    Work,
    allowed,
    fold,
    may_see,
    record,
)

MOST_NEEDS = 12
MOST_OF_ONE = 999
MOST_PROPOSED = 3
AUDIT = {
    "loan.need": N_("ligou um material a um kit"),
    "loan.need_not": N_("desligou um material de um kit"),
}


def may_say(work: Work, item: Item) -> bool:
    """Return whether the person may say what the material needs: who may edit it, and the desk."""
    return item.kind != "physical" and (allowed(work, "edit", item) or work.actor.may(DESK, item.organisation_id))


def needs_of(work: Work, item: Item) -> list[tuple[Need, Thing]]:
    """Return what a material needs, those that the person may see."""
    wanted = (
        select(Need, Thing)
        .join(Thing, Thing.item_id == Need.thing_id)
        .join(Item, Item.id == Thing.item_id)
        .where(Need.item_id == item.id, Item.state == State.PUBLISHED)
        .options(contains_eager(Thing.item).options(selectinload(Item.terms), selectinload(Item.all_files)))
        .order_by(Need.id)
    )
    return [(need, thing) for need, thing in work.session.execute(wanted) if may_see(work, thing.item)]


def things_of(work: Work, item_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return the things that each of the materials needs, those that need any; one query."""
    wanted = (
        select(Need.item_id, Need.thing_id)
        .join(Item, Item.id == Need.thing_id)
        .where(Need.item_id.in_(item_ids), Item.state == State.PUBLISHED)
        .order_by(Need.id)
    )
    found: dict[int, list[int]] = {}
    for item_id, thing_id in work.session.execute(wanted):
        found.setdefault(item_id, []).append(thing_id)
    return found


def users_of(work: Work, thing: Thing, most: int = 12) -> list[Item]:
    """Return the published materials that use a thing, newest first."""
    wanted = (
        select(Item)
        .join(Need, Need.item_id == Item.id)
        .where(Need.thing_id == thing.item_id, Item.state == State.PUBLISHED)
        .options(selectinload(Item.terms), selectinload(Item.credits), selectinload(Item.all_files))
        .order_by(Item.published_at.desc(), Item.id.desc())
        .limit(most * 2)
    )
    return [item for item in work.session.scalars(wanted) if may_see(work, item)][:most]


def used_in(work: Work, item_ids: Sequence[int]) -> list[tuple[Thing, int]]:
    """Return the things that the materials use, with how many of the materials use each, most used first."""
    if not item_ids:
        return []
    counted = (
        select(Need.thing_id, func.count().label("times")).where(Need.item_id.in_(item_ids)).group_by(Need.thing_id)
    ).subquery()
    wanted = (
        select(Thing, counted.c.times)
        .join(counted, counted.c.thing_id == Thing.item_id)
        .join(Item, Item.id == Thing.item_id)
        .where(Item.state == State.PUBLISHED)
        .options(
            selectinload(Thing.item).selectinload(Item.terms),
            selectinload(Thing.item).selectinload(Item.credits),
            selectinload(Thing.item).selectinload(Item.all_files),
        )
        .order_by(counted.c.times.desc(), Item.title, Item.id)
    )
    return [(thing, times) for thing, times in work.session.execute(wanted) if may_see(work, thing.item)]


def say(work: Work, item: Item, thing: Thing, quantity: int = 0) -> None:
    """Say that a material is used with a thing; said again, it is the quantity said last."""
    _check_may(work, item)
    if not 0 <= quantity <= MOST_OF_ONE:
        raise Invalid(N_("Escreva uma quantidade entre 1 e %(most)s."), "quantity", most=MOST_OF_ONE)
    if not may_see(work, thing.item):
        raise NotFound(N_("Este material não existe ou já não se empresta."))
    known = work.session.scalar(select(Need).filter_by(item_id=item.id, thing_id=thing.item_id))
    if known is not None and known.quantity == quantity:
        return
    if known is not None:
        known.quantity = quantity
    else:
        count = work.session.scalar(select(func.count()).select_from(Need).where(Need.item_id == item.id)) or 0
        if count >= MOST_NEEDS:
            raise Conflict(N_("Um material liga-se a %(most)s kits, no máximo."), most=MOST_NEEDS)
        work.session.add(Need(item_id=item.id, thing_id=thing.item_id, quantity=quantity))
    try:
        work.session.flush()
    except IntegrityError as error:
        raise Conflict(N_("Este mesmo pedido está a ser atendido. Repita daqui a um minuto.")) from error
    record(work, "loan.need", item, after={"thing": thing.item_id, "quantity": quantity})


def take_back(work: Work, item: Item, thing_id: int) -> None:
    """Say that a material is not used with a thing after all; what was never said is no matter."""
    _check_may(work, item)
    gone = work.session.execute(delete(Need).where(Need.item_id == item.id, Need.thing_id == thing_id))
    if gone.rowcount:  # type: ignore[attr-defined]
        record(work, "loan.need_not", item, before={"thing": thing_id})


def _check_may(work: Work, item: Item) -> None:
    if not may_say(work, item):
        raise NotAllowed(N_("Só os autores do material e o centro dizem que kits ele usa."))


def proposed(work: Work, words: Iterable[str], said: Iterable[int]) -> list[Thing]:
    """Return things whose title holds the words of something that a material says it needs, and are not said yet."""
    wanted = [need for text in words if (need := _words(text))]
    if not wanted:
        return []
    known = set(said)
    fitting = [
        thing_id
        for thing_id, title in _titles(work)
        if thing_id not in known and (own := _words(title)) and any(need <= own or own <= need for need in wanted)
    ]
    return _seen(work, fitting, MOST_PROPOSED)


def search(work: Work, q: str, most: int = 8) -> list[Thing]:
    """Return things whose title holds all the words typed."""
    words = fold(q).split()
    fitting = [thing_id for thing_id, title in _titles(work) if all(word in fold(title) for word in words)]
    return _seen(work, fitting, most) if words else []


def _titles(work: Work) -> list[tuple[int, str]]:
    wanted = select(Thing.item_id, Item.title).join(Item, Item.id == Thing.item_id)
    rows = work.session.execute(wanted.where(Item.state == State.PUBLISHED).order_by(Item.title, Item.id))
    return [(row[0], row[1]) for row in rows]


def _seen(work: Work, thing_ids: Sequence[int], most: int) -> list[Thing]:
    """Return the first of the things that the person may see, in order."""
    some = list(thing_ids[: most * 4])
    rows = work.session.scalars(select(Thing).where(Thing.item_id.in_(some)).options(selectinload(Thing.item)))
    found = {thing.item_id: thing for thing in rows}
    return [found[one] for one in some if one in found and may_see(work, found[one].item)][:most]


def _words(text: str) -> frozenset[str]:
    """Return the words of a text that say something, without accents and without the plural's s."""
    words = "".join(c if c.isalnum() else " " for c in fold(text)).split()
    return frozenset(word.rstrip("s") for word in words if len(word) > 3)

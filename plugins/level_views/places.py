"""The territory: a person's school, its cluster, its council, the whole centre, and what a search in each filters by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from repository.api import Item, Organisation, Work

ORDER = ("school", "cluster", "council", "centre")


@dataclass(frozen=True)
class Place:
    """An organisation as a scope of searches; `council_id` is the council that it lies in."""

    id: int
    kind: str
    name: str
    parent_id: int | None
    council_id: int | None

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """What a search in the place is filtered by; in the whole centre by nothing."""
        if self.kind == "centre":
            return {}
        return {"council" if self.kind == "council" else "org": (str(self.id),)}


def all_places(session: Session) -> dict[int, Place]:
    """Return every organisation by id, in one query."""
    rows = session.scalars(select(Organisation).order_by(Organisation.name))
    return {row.id: Place(row.id, row.kind, row.short_name or row.name, row.parent_id, row.council_id) for row in rows}


def mine(work: Work, known: Mapping[int, Place]) -> list[Place]:
    """Return the person's places from the nearest to the widest, the whole centre last; none without a membership."""
    found: dict[int, Place] = {}
    for organisation_id in work.actor.organisation_ids:
        for place in upwards(known, organisation_id):
            found[place.id] = place
            if place.council_id is not None and place.council_id in known:
                found[place.council_id] = known[place.council_id]
    return sorted(found.values(), key=lambda place: (ORDER.index(place.kind), place.name))


def upwards(known: Mapping[int, Place], organisation_id: int | None) -> Iterator[Place]:
    """Yield an organisation and those above it, the nearest first."""
    seen: set[int] = set()
    while organisation_id is not None and organisation_id in known and organisation_id not in seen:
        seen.add(organisation_id)
        yield known[organisation_id]
        organisation_id = known[organisation_id].parent_id


def chosen(known: Mapping[int, Place], text: str) -> Place | None:
    """Return the place of an address, or None for what is none."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    return known.get(number)


def council_of(work: Work, item: Item) -> str:
    """Return the council of an item for the index, empty where there is none: that of its school, else of the cluster."""
    here = work.session.get(Organisation, item.organisation_id) if item.organisation_id else None
    for _ in ORDER:
        if here is None or here.council_id is not None:
            break
        here = work.session.get(Organisation, here.parent_id) if here.parent_id else None
    return str(here.council_id) if here and here.council_id else ""

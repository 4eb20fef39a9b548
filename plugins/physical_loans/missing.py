"""What is in a copy, what misses of it, and what follows: a task, a copy that may not leave, a word to who has it next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from plugins.physical_loans import moves, rehoming
from plugins.physical_loans.at_desk import MISSING
from plugins.physical_loans.models import Booking, Component, Copy, CopyEvent, Shortage
from repository.api import N_, Invalid, Work

CONDITIONS = {
    "new": N_("como novo"),
    "good": N_("bom"),
    "worn": N_("usado"),
    "damaged": N_("danificado"),
}
Counts = Mapping[int, int]  # component → how many are there


@dataclass(frozen=True)
class Part:
    """A component of a copy: how many belong in it, and how many should be there now."""

    component: Component
    there: int

    @property
    def missing(self) -> int:
        """How many were missing already."""
        return self.component.expected - self.there


@dataclass(frozen=True)
class Counted:
    """What counting a copy changed: [component, missing before, missing after]; `lost` says that somebody has to answer
    for some of it, `blocked` that the copy may not leave because of it."""

    changes: tuple[tuple[int, int, int], ...] = ()
    lost: bool = False
    blocked: bool = False


def parts_of(work: Work, copies: Sequence[Copy]) -> dict[int, list[Part]]:
    """Return what is in each copy, in the order of its list; two queries for any number of copies."""
    ids, things = [copy.id for copy in copies], {copy.thing_id for copy in copies}
    wanted = select(Component).where(
        Component.thing_id.in_(things),
        Component.removed_at.is_(None),
        or_(Component.copy_id.is_(None), Component.copy_id.in_(ids)),
    )
    components = list(work.session.scalars(wanted.order_by(Component.position, Component.id)))
    missing = {(line.copy_id, line.component_id): line.missing for line in open_lines(work, ids)}
    return {
        copy.id: [
            Part(each, max(0, each.expected - missing.get((copy.id, each.id), 0)))
            for each in components
            if each.thing_id == copy.thing_id and each.copy_id in (None, copy.id)
        ]
        for copy in copies
    }


def open_lines(work: Work, copy_ids: Sequence[int]) -> list[Shortage]:
    """Return what misses of these copies now."""
    wanted = select(Shortage).where(Shortage.copy_id.in_(copy_ids), Shortage.resolved_at.is_(None))
    return list(work.session.scalars(wanted.order_by(Shortage.since, Shortage.id)))


def count(work: Work, copy: Copy, counts: Counts, booking: Booking | None = None, note: str = "") -> Counted:
    """Write down how many of each component are in the copy; what is not named is as complete as it was.

    A copy without an essential part is blocked, and free again when it is complete. Raises Invalid for counts that
    cannot be, or of a component that is not in the copy.
    """
    parts = {part.component.id: part for part in parts_of(work, [copy])[copy.id]}
    changes, lost = [], False
    for component_id, there in counts.items():
        part = parts.get(component_id)
        if part is None or not 0 <= there <= part.component.expected:
            name = part.component.name if part else ""
            raise Invalid(N_("Conte outra vez: %(name)s não pode ser %(count)s."), "counts", name=name, count=there)
        after = part.component.expected - there
        if after != part.missing:
            _write(work, copy, part, after, booking, note)
            changes.append((component_id, part.missing, after))
            lost = lost or (after > part.missing and not part.component.consumable)
    work.session.flush()
    return Counted(tuple(changes), lost, block(work, copy))


def _write(work: Work, copy: Copy, part: Part, after: int, booking: Booking | None, note: str) -> None:
    line = next((each for each in open_lines(work, [copy.id]) if each.component_id == part.component.id), None)
    if line is None:
        line = Shortage(copy_id=copy.id, component_id=part.component.id, missing=after, since=work.now)
        work.session.add(line)
    if booking is not None and after > part.missing:
        line.booking_id = booking.id
    line.missing = max(after, 1)  # a line that is settled keeps how many it was about
    line.note = note[:300] or line.note or ""
    line.resolved_at = None if after else work.now
    work.session.flush()


def block(work: Work, copy: Copy) -> bool:
    """Block the copy while an essential part misses (a consumable one: all of it), free it when none does any more.

    Returns whether an essential part misses. What a person blocked for another reason stays blocked.
    """
    parts = parts_of(work, [copy])[copy.id]
    needed = [part for part in parts if part.component.essential and part.missing]
    gone = [part for part in needed if not part.component.consumable or part.there == 0]
    if gone and (not copy.blocked or copy.blocked.startswith(MISSING)):
        copy.blocked = (MISSING + ", ".join(f"{part.component.name} ({part.missing})" for part in gone))[:300]
    elif not gone and copy.blocked.startswith(MISSING):
        copy.blocked = ""
    work.session.flush()
    return bool(gone)


def words(lines: Sequence[Shortage]) -> str:
    """Return what misses, as «cabo USB (1), tapete (2)»."""
    return ", ".join(f"{line.component.name} ({line.missing})" for line in lines)


def clear_the_way(work: Work, copy: Copy) -> rehoming.Replaced:
    """Move the reservations of a copy that may not leave to others, and warn those that found none."""
    replaced = rehoming.clear(work, copy)
    for booking in replaced.affected:
        warn(work, booking, copy)
    return replaced


def warn_next(work: Work, copy: Copy) -> None:
    """Tell whoever has the copy next that something misses in it."""
    for kept in rehoming.reservations_of(work, copy)[:1]:
        warn(work, kept.booking, copy)


def warn(work: Work, booking: Booking, copy: Copy) -> None:
    """Have the worker tell a borrower what misses in the copy that is reserved for them."""
    lines = {line.component_id: line.missing for line in open_lines(work, [copy.id])}
    moves.tell(work, booking, "warn", after={"copy": copy.id, "missing": [[key, n] for key, n in lines.items()]})


def log(work: Work, copy: Copy, kind: str, text: str) -> None:
    """Add a line to the copy's own log."""
    event = CopyEvent(copy_id=copy.id, kind=kind, text=text, actor_id=work.actor.user_id, at=work.now)
    work.session.add(event)

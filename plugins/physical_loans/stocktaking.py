"""Looking whether everything is there: what was seen, what was not, and what turned up where it does not belong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from plugins.physical_loans import catalogue, copies
from plugins.physical_loans.models import Booking, Copy, CopyState, Desk, Hold, HoldState, Sighting, Stocktake, Thing
from repository.api import N_, Conflict, Invalid, NotFound, Work, record

GONE = (CopyState.LOST, CopyState.WRITTEN_OFF)
AUDIT = {
    "stocktake.started": N_("começou a conferir o inventário"),
    "stocktake.closed": N_("acabou de conferir o inventário"),
}


@dataclass(frozen=True)
class Seen:
    """What a scanned code was: seen, again, lent (on loan to somebody), elsewhere, gone (lost or written off), unknown."""

    outcome: str
    text: str
    copy: Copy | None = None


@dataclass
class Tally:
    """How far a stocktake has come; `short` are copies of which fewer units were counted than there should be."""

    seen: list[tuple[Copy, int]] = field(default_factory=list)
    left: list[Copy] = field(default_factory=list)
    short: list[tuple[Copy, int]] = field(default_factory=list)
    elsewhere: list[tuple[Copy, int]] = field(default_factory=list)
    gone: list[tuple[Copy, int]] = field(default_factory=list)
    out: list[Copy] = field(default_factory=list)

    @property
    def expected(self) -> int:
        """How many copies should be found."""
        return len(self.left) + len(self.seen)


def start(work: Work, desk_id: int) -> Stocktake:
    """Begin to look at a desk; where that has been begun, it goes on. Raises NotFound, NotAllowed."""
    desk = work.session.get(Desk, desk_id)
    if desk is None:
        raise NotFound(N_("Este balcão não existe."))
    catalogue.require_manager(work, desk.organisation_id)
    begun = open_at(work, desk_id)
    if begun is not None:
        return begun
    stocktake = Stocktake(desk_id=desk_id, actor_id=work.actor.user_id, started_at=work.now)
    work.session.add(stocktake)
    record(work, "stocktake.started", stocktake, after={"desk": desk_id})
    return stocktake


def open_at(work: Work, desk_id: int) -> Stocktake | None:
    """Return the stocktake that is going on at a desk."""
    return work.session.scalar(select(Stocktake).filter_by(desk_id=desk_id, closed_at=None).limit(1))


def get(work: Work, stocktake_id: int) -> Stocktake:
    """Return a stocktake of a desk the person works at. Raises NotFound."""
    found = work.session.get(Stocktake, stocktake_id)
    desk = work.session.get(Desk, found.desk_id) if found else None
    if found is None or desk is None or not catalogue.may_manage(work.actor, desk.organisation_id):
        raise NotFound(N_("Esta conferência não existe."))
    return found


def recent(work: Work) -> list[Stocktake]:
    """Return the latest stocktakes of the desks the person works at."""
    mine = [desk.id for desk in catalogue.desks(work, closed=True)]
    wanted = select(Stocktake).where(Stocktake.desk_id.in_(mine)).order_by(Stocktake.started_at.desc()).limit(30)
    return list(work.session.scalars(wanted))


def see(work: Work, stocktake: Stocktake, text: str, counted: int | None = None) -> Seen:
    """Note that the copy with a code was seen, and how many units of it; seen again, the last count holds.

    Raises Conflict when the stocktake is over, Invalid for a count that cannot be.
    """
    if stocktake.closed_at is not None:
        raise Conflict(N_("Esta conferência já acabou. Comece outra."))
    copy = copies.by_label(work, text) if text.strip() else None
    if copy is None:
        return Seen("unknown", text.strip()[:60])
    number = copy.stock if counted is None else counted
    if not 0 <= number <= copies.MOST_STOCK:
        raise Invalid(N_("Diga quantas unidades contou, até %(most)s."), "counted", most=copies.MOST_STOCK)
    sighting = work.session.get(Sighting, (stocktake.id, copy.id))
    again = sighting is not None
    if sighting is None:
        sighting = Sighting(stocktake_id=stocktake.id, copy_id=copy.id, counted=number, at=work.now)
        work.session.add(sighting)
    elif counted is not None:
        sighting.counted, sighting.at = number, work.now
    work.session.flush()
    if copy.state in GONE:
        return Seen("gone", copy.inventory, copy)
    if copy.desk_id != stocktake.desk_id:
        return Seen("elsewhere", copy.inventory, copy)
    if _units_out(work, [copy.id]).get(copy.id, 0) >= copy.stock:
        return Seen("lent", copy.inventory, copy)
    return Seen("again" if again else "seen", copy.inventory, copy)


def loans_of(work: Work, found: Sequence[Copy]) -> list[tuple[Copy, Booking]]:
    """Return the copies that are on loan as a whole, each with a loan that it is on; one query."""
    wanted = select(Hold).where(Hold.copy_id.in_([copy.id for copy in found]), Hold.state == HoldState.OUT)
    out: dict[int, list[Hold]] = {}
    for hold in work.session.scalars(wanted.options(joinedload(Hold.booking)).order_by(Hold.id)):
        out.setdefault(hold.copy_id, []).append(hold)
    return [(copy, out[copy.id][0].booking) for copy in found if len(out.get(copy.id, ())) >= copy.stock]


def unsee(work: Work, stocktake: Stocktake, copy_id: int) -> None:
    """Take back that a copy was seen."""
    if stocktake.closed_at is not None:
        raise Conflict(N_("Esta conferência já acabou. Comece outra."))
    sighting = work.session.get(Sighting, (stocktake.id, copy_id))
    if sighting is not None:
        work.session.delete(sighting)


def tally(work: Work, stocktake: Stocktake) -> Tally:
    """Return what was seen and what was not, in three queries; what is lent is not looked for."""
    counted = {row.copy_id: row.counted for row in _sightings(work, stocktake)}
    wanted = select(Copy).where((Copy.desk_id == stocktake.desk_id) | Copy.id.in_(counted))
    wanted = wanted.options(joinedload(Copy.thing).joinedload(Thing.item))
    found = list(work.session.scalars(wanted.order_by(Copy.inventory)))
    out = _units_out(work, [copy.id for copy in found])
    result = Tally()
    for copy in found:
        _place(result, copy, counted.get(copy.id), out.get(copy.id, 0), stocktake.desk_id)
    return result


def _sightings(work: Work, stocktake: Stocktake) -> Sequence[Sighting]:
    return work.session.scalars(select(Sighting).filter_by(stocktake_id=stocktake.id)).all()


def _units_out(work: Work, copy_ids: Iterable[int]) -> dict[int, int]:
    out: dict[int, int] = {}
    wanted = select(Hold.copy_id).where(Hold.copy_id.in_(list(copy_ids)), Hold.state == HoldState.OUT)
    for copy_id in work.session.scalars(wanted):
        out[copy_id] = out.get(copy_id, 0) + 1
    return out


def _place(result: Tally, copy: Copy, counted: int | None, out: int, desk_id: int) -> None:
    if copy.state in GONE:
        if counted is not None:
            result.gone.append((copy, counted))
    elif copy.desk_id != desk_id:
        result.elsewhere.append((copy, counted or 0))
    elif counted is None and out >= copy.stock:
        result.out.append(copy)
    elif counted is None:
        result.left.append(copy)
    else:
        result.seen.append((copy, counted))
        if counted + out < copy.stock:
            result.short.append((copy, counted))


def close(work: Work, stocktake: Stocktake) -> None:
    """End the stocktake: what was seen counts as looked at today. Ended twice, it has ended once."""
    if stocktake.closed_at is not None:
        return
    found = tally(work, stocktake)
    for copy, counted in found.seen:
        copy.checked_on = work.now.date()
        copies.note(work, copy, "counted", f"{counted}/{copy.stock}", audited=False)
    stocktake.closed_at = work.now
    after = {"seen": len(found.seen), "left": len(found.left), "short": len(found.short)}
    record(work, "stocktake.closed", stocktake, after=after)


def mark_lost(work: Work, stocktake: Stocktake, copy_ids: Iterable[int]) -> int:
    """Give up copies that were not seen, those that somebody chose; return how many. Raises Conflict before the end."""
    if stocktake.closed_at is None:
        raise Conflict(N_("Acabe primeiro a conferência."))
    chosen, lost = set(copy_ids), 0
    for copy in tally(work, stocktake).left:
        if copy.id in chosen:
            copies.set_state(work, copy, "lose", f"{stocktake.started_at:%Y-%m-%d}")
            lost += 1
    return lost

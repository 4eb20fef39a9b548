"""Taking back what was lent: all or a part of it, complete or not; giving it up for lost, and finding it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from plugins.physical_loans import care, missing, moves, rehoming
from plugins.physical_loans.at_desk import (
    DAMAGED,
    AlreadyDone,
    blocked,
    check_desk,
    check_works_at,
    holds_of,
    moment_words,
)
from plugins.physical_loans.handing_out import flush
from plugins.physical_loans.missing import Counted, Counts
from plugins.physical_loans.models import Booking, BookingState, Copy, CopyState, Hold, HoldState, Shortage
from repository.api import N_, Conflict, Invalid, Item, State, Work

S = BookingState
LONGEST = 300


@dataclass(frozen=True)
class Return:
    """What came back. Everything that is not said is as it should be: all of it, complete, in the condition it was.

    By copy: `counts` how many of a component are in it; `units` how many of it came back, where it is not everything
    (copies that are not named did not come then); `conditions` codes of missing.CONDITIONS. `settled` says that memory
    cards were wiped and sessions ended, where the thing asks for it.
    """

    counts: Mapping[int, Counts] = field(default_factory=dict)
    units: Mapping[int, int] | None = None
    conditions: Mapping[int, str] = field(default_factory=dict)
    note: str = ""
    settled: bool = True


def take_back(work: Work, booking: Booking, returned: Return | None = None) -> None:
    """Take back what is out. What stays out stays on loan; what misses is a task and warns whoever has the copy next.

    Raises AlreadyDone for what came back before, Invalid for counts that cannot be.
    """
    check_desk(work, booking)
    returned = returned or Return()
    _check_out(work, booking)
    _check_said(booking, returned)
    back = _coming_back(booking, returned)
    for kept in back:
        kept.state, kept.back_at = HoldState.BACK, work.now
    flush(work)
    still_out = {kept.copy_id for kept in holds_of(booking, HoldState.OUT)}
    copies = [copy for copy in dict.fromkeys(kept.copy for kept in back) if copy.id not in still_out]
    counted = {copy.id: _look_at(work, booking, copy, returned) for copy in copies}
    _close(work, booking, back, counted, returned)


def _check_out(work: Work, booking: Booking) -> None:
    if booking.state in (S.RETURNED, S.INCOMPLETE):
        when = moment_words(work, booking, "returned_at")
        raise AlreadyDone(N_("Já foi devolvido, em %(day)s às %(time)s."), **when)
    if booking.state == S.LOST:
        raise Conflict(N_("Foi dado por perdido. Se apareceu, diga que foi encontrado."))
    if booking.state != S.OUT:
        raise Conflict(N_("Esta reserva não está entregue: não há nada a receber."))


def _check_said(booking: Booking, returned: Return) -> None:
    ids = {kept.copy_id for kept in holds_of(booking, HoldState.OUT)}
    if {*returned.counts, *(returned.units or {}), *returned.conditions} - ids:
        raise Invalid(N_("Esse exemplar não saiu com este empréstimo."), "copies")
    if any(code not in missing.CONDITIONS for code in returned.conditions.values()):
        raise Invalid(N_("Escolha o estado em que voltou."), "condition")
    if len(returned.note) > LONGEST:
        raise Invalid(N_("Use no máximo %(most)s caracteres."), "note", most=LONGEST)


def _coming_back(booking: Booking, returned: Return) -> list[Hold]:
    out = holds_of(booking, HoldState.OUT)
    if returned.units is None:
        return out
    back: list[Hold] = []
    for copy_id in dict.fromkeys(kept.copy_id for kept in out):
        of_copy, count = [kept for kept in out if kept.copy_id == copy_id], returned.units.get(copy_id, 0)
        if not 0 <= count <= len(of_copy):
            raise Invalid(N_("Só estão fora %(count)s. Conte outra vez."), "units", count=len(of_copy))
        back += of_copy[:count]
    if not back:
        raise Invalid(N_("Diga quantos voltaram."), "units")
    return back


def _look_at(work: Work, booking: Booking, copy: Copy, returned: Return) -> Counted:
    """Write down what is in the copy and how it is, and see to whoever has it next."""
    counted = missing.count(work, copy, returned.counts.get(copy.id, {}), booking, returned.note)
    condition = returned.conditions.get(copy.id, copy.condition)
    if condition == "damaged" and copy.condition != "damaged" and not copy.blocked:
        copy.blocked = DAMAGED
    care.see_to(work, copy, returned.settled)
    if condition != copy.condition or counted.changes or returned.note:
        missing.log(work, copy, "checked", returned.note or _found(work, copy))
    copy.condition, copy.checked_on = condition, work.now.date()
    if copy.state == CopyState.LOST:  # somebody had given it up while it was out
        copy.state = CopyState.AVAILABLE
    work.session.flush()
    if copy.blocked or copy.state != CopyState.AVAILABLE:
        missing.clear_the_way(work, copy)
    elif any(after > before for _, before, after in counted.changes):
        missing.warn_next(work, copy)
    return counted


def _found(work: Work, copy: Copy) -> str:
    return missing.words(missing.open_lines(work, [copy.id]))


def _close(work: Work, booking: Booking, back: list[Hold], counted: Mapping[int, Counted], returned: Return) -> None:
    said: dict[str, object] = {
        "holds": [kept.id for kept in back],
        "counts": {str(copy_id): each.changes for copy_id, each in counted.items() if each.changes},
        "settled": returned.settled,
    }
    if holds_of(booking, HoldState.OUT):
        moves.tell(work, booking, "take_back_part", after={"state": booking.state, **said})
    elif any(kept.ends > work.now for kept in holds_of(booking, HoldState.RESERVED)):
        moves.move(work, booking, "put_back", **said)
    else:
        moves.free(booking)  # lessons that passed without it
        booking.returned_at = work.now
        lost = any(each.lost for each in counted.values()) or bool(owed(work, booking))
        booking.reason = missing.words(owed(work, booking))[:500]
        moves.move(work, booking, "take_back_incomplete" if lost else "take_back", **said)
        _tell_used(work, booking)
    flush(work)


def _tell_used(work: Work, booking: Booking) -> None:
    """Let plugins know that somebody used the kit, as far as the house knows who."""
    item = work.session.get_one(Item, booking.thing_id)
    if booking.borrower_id is not None and item.state == State.PUBLISHED:
        work.hook.item_used(work=work, item=item, user_id=booking.borrower_id)


def owed(work: Work, booking: Booking) -> list[Shortage]:
    """Return what misses since this loan, consumables left out: they are there to be used."""
    ids = {kept.copy_id for kept in booking.holds}
    lines = missing.open_lines(work, sorted(ids))
    return [line for line in lines if line.booking_id == booking.id and not line.component.consumable]


def restore(work: Work, line: Shortage, found: int | None = None, note: str = "") -> None:
    """Put back so many of what misses (None: all), found or bought; a loan of which nothing misses any more is returned."""
    check_works_at(work, line.copy.desk)
    if line.resolved_at is not None:
        raise AlreadyDone(N_("Essa peça já está outra vez no lugar."))
    found = line.missing if found is None else found
    if not 1 <= found <= line.missing:
        raise Invalid(N_("Faltam %(count)s. Conte outra vez."), "found", count=line.missing)
    booking = work.session.get(Booking, line.booking_id) if line.booking_id else None
    missing.count(work, line.copy, {line.component_id: line.component.expected - line.missing + found}, note=note)
    missing.log(work, line.copy, "checked", f"{line.component.name}: +{found}")
    if booking is not None and booking.state == S.INCOMPLETE and not owed(work, booking):
        moves.move(work, booking, "complete")
    flush(work)


def complete(work: Work, booking: Booking) -> None:
    """Say that all that was missing of a loan is there again; its copies may leave again."""
    check_desk(work, booking)
    if booking.state == S.RETURNED:
        raise AlreadyDone(N_("Já não falta nada deste empréstimo."))
    lines = owed(work, booking)
    for line in lines:
        restore(work, line)
    if not lines:
        moves.move(work, booking, "complete")
    flush(work)


def unblock(work: Work, copy: Copy) -> None:
    """Let a copy leave again that came back damaged and was seen to. Raises Conflict while an essential part misses."""
    check_works_at(work, copy.desk)
    if not copy.blocked:
        raise AlreadyDone(N_("%(copy)s já se pode emprestar."), copy=copy.inventory)
    if missing.block(work, copy):
        raise blocked(copy)
    if copy.condition == "damaged":
        copy.condition = "worn"
    copy.blocked = ""
    missing.log(work, copy, "checked", "")
    flush(work)


def lose(work: Work, booking: Booking, note: str = "") -> None:
    """Give up what is still out for lost: the copies are lent no more, and of what is lent by number there is less."""
    check_desk(work, booking)
    if booking.state == S.LOST:
        raise AlreadyDone(N_("Já está dado por perdido."))
    _check_out(work, booking)
    gone = holds_of(booking, HoldState.OUT)
    for kept in gone:
        kept.state = HoldState.LOST
    moves.free(booking)
    flush(work)
    by_copy = {copy: sum(kept.copy is copy for kept in gone) for copy in dict.fromkeys(kept.copy for kept in gone)}
    lowered, moved = {}, {}
    for copy, count in by_copy.items():
        lowered[str(copy.id)], moved[str(copy.id)] = _lose_copy(work, copy, count)
    booking.reason = note.strip()[:500] or booking.reason
    moves.move(work, booking, "lose", holds=[kept.id for kept in gone], stock=lowered, moved=moved)
    flush(work)


def _lose_copy(work: Work, copy: Copy, count: int) -> tuple[int, dict[str, bool]]:
    """Return by how much the stock was lowered (0 for a whole copy, or where others still count on all of it), and the
    bookings that were moved to other copies, with whether they had asked for this one."""
    missing.log(work, copy, "lost", "" if copy.stock == 1 else f"-{count}")
    if count >= copy.stock:
        copy.state = CopyState.LOST
        work.session.flush()
        replaced = missing.clear_the_way(work, copy)
        return 0, {str(each.id): each in replaced.asked for each in replaced.moved}
    return (count if _lower(work, copy, copy.stock - count) else 0), {}


def _lower(work: Work, copy: Copy, stock: int) -> bool:
    """Lower the stock; units are numbers only, so that who has a number above it gets one below."""
    high = [kept for kept in rehoming.kept_of(work, copy) if kept.unit > stock]
    for kept in high:
        unit = rehoming.lower_unit(work, copy, kept, stock)
        if unit is None:
            return False
        kept.unit = unit
        flush(work)
    copy.stock = stock
    flush(work)
    return True


def find(work: Work, booking: Booking, returned: Return | None = None) -> None:
    """Take back what had been given up for lost; its copies are lent again."""
    check_desk(work, booking)
    if booking.state != S.LOST:
        _check_out(work, booking)
        raise Conflict(N_("Não está dado por perdido: receba-o como os outros."))
    gone = holds_of(booking, HoldState.LOST)
    lose_said = moves.last_said(work, booking, "lose")
    for kept in gone:
        kept.state, kept.back_at = HoldState.BACK, work.now
    for copy in dict.fromkeys(kept.copy for kept in gone):
        copy.stock += int(lose_said.get("stock", {}).get(str(copy.id), 0))
        if copy.state == CopyState.LOST:
            copy.state = CopyState.AVAILABLE
        missing.count(work, copy, (returned or Return()).counts.get(copy.id, {}), booking)
        missing.log(work, copy, "found", "")
    booking.returned_at = work.now
    moves.move(work, booking, "find", holds=[kept.id for kept in gone])
    flush(work)

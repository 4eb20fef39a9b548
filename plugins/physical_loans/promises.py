"""What always holds of loans, proved from the tables themselves: `repository check` asks it every day."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from plugins.physical_loans import moves
from plugins.physical_loans.holding import KEPT
from plugins.physical_loans.models import PROMISED, Booking, BookingState, Copy, Hold, HoldState
from repository.api import Promise, Work, has_guard

GUARDS = {
    "physical_loans_no_overlap": ("physical_loans_hold", ("INSERT", "UPDATE")),
    "physical_loans_within_stock": ("physical_loans_hold", ("INSERT", "UPDATE")),
    "physical_loans_stock_is_promised": ("physical_loans_copy", ("UPDATE",)),
}
Proof = tuple[int, list[str]]


def none_overlap(work: Work) -> Proof:
    """No unit is kept for two at once."""
    other = aliased(Hold)
    pairs = (
        select(Hold.id, other.id, Hold.copy_id)
        .join(other, (other.copy_id == Hold.copy_id) & (other.unit == Hold.unit) & (other.id > Hold.id))
        .where(Hold.state.in_(KEPT), other.state.in_(KEPT), Hold.starts < other.ends, other.starts < Hold.ends)
        .order_by(Hold.id)
    )
    wrong = [f"holds {one} and {two} of copy {copy}" for one, two, copy in work.session.execute(pairs)]
    return _kept(work), wrong


def within_stock(work: Work) -> Proof:
    """Nothing is kept that is not there."""
    beyond = (
        select(Hold.id, Hold.unit, Copy.inventory, Copy.stock)
        .join(Copy)
        .where(Hold.state.in_(KEPT), or_(Hold.unit < 1, Hold.unit > Copy.stock))
        .order_by(Hold.id)
    )
    wrong = [f"hold {one}: unit {unit} of {stock} of {name}" for one, unit, name, stock in work.session.execute(beyond)]
    return _kept(work), wrong


def _kept(work: Work) -> int:
    return work.session.scalar(select(func.count()).select_from(Hold).where(Hold.state.in_(KEPT))) or 0


def database_refuses(work: Work) -> Proof:
    """The database itself refuses what may not be; also after a copy was put back or a table was made anew."""
    connection = work.session.connection()
    missing = [name for name, (table, verbs) in GUARDS.items() if not has_guard(connection, name, table, verbs)]
    return len(GUARDS), [f"{name} is missing" for name in missing]


def out_is_out(work: Work) -> Proof:
    """What is out belongs to a booking that is out, and a booking that is out has something out."""
    held = (
        select(Hold.id, Booking.id, Booking.state)
        .join(Booking)
        .where(Hold.state == HoldState.OUT, Booking.state != BookingState.OUT)
    )
    wrong = [f"hold {one} is out, booking {booking} is {state}" for one, booking, state in work.session.execute(held)]
    having = select(Hold.booking_id).where(Hold.state == HoldState.OUT)
    out = select(Booking.id).where(Booking.state == BookingState.OUT)
    wrong += [
        f"booking {each} is out without a copy" for each in work.session.scalars(out.where(Booking.id.not_in(having)))
    ]
    return len(work.session.scalars(out).all()), wrong


def closed_keeps_nothing(work: Work) -> Proof:
    """A booking that is over, or only waits, keeps nothing from anybody."""
    over = (*moves.CLOSED, BookingState.INCOMPLETE, BookingState.WAITING)
    kept = select(Booking.id, Booking.state).join(Hold).where(Booking.state.in_(over), Hold.state.in_(KEPT)).distinct()
    wrong = [f"booking {one} is {state} and keeps something" for one, state in work.session.execute(kept)]
    return work.session.scalar(select(func.count()).select_from(Booking).where(Booking.state.in_(over))) or 0, wrong


def promised_is_kept(work: Work) -> Proof:
    """What is promised is kept, in full."""
    held = (
        select(Booking.id, Booking.quantity, Hold.starts, func.count(Hold.id))
        .join(Hold, (Hold.booking_id == Booking.id) & (Hold.state == HoldState.RESERVED), isouter=True)
        .where(Booking.state.in_(PROMISED), Booking.held_until > work.now)
        .group_by(Booking.id, Booking.quantity, Hold.starts)
    )
    rows = work.session.execute(held).all()
    wrong = [f"booking {one} keeps {count} of {wanted}" for one, wanted, _, count in rows if count < wanted]
    return len({row[0] for row in rows}), wrong


def in_turn(work: Work) -> Proof:
    """Nobody who waits was passed over: an offer never goes to a later place where an earlier one wants the same."""
    rows = work.session.scalars(
        select(Booking)
        .where(Booking.state.in_((BookingState.WAITING, BookingState.OFFERED)))
        .order_by(Booking.queued_at, Booking.id)
    )
    lists: dict[tuple[object, ...], list[Booking]] = defaultdict(list)
    for row in rows:
        lists[row.thing_id, row.desk_id, row.copy_id, row.quantity, row.held_from, row.held_until].append(row)
    wrong = [words for people in lists.values() for words in _passed_over(people)]
    return sum(map(len, lists.values())), wrong


def _passed_over(people: Iterable[Booking]) -> Iterable[str]:
    waiting: Booking | None = None
    for booking in people:
        if booking.queued_at is None:
            yield f"booking {booking.id} waits since never"
        if booking.state == BookingState.WAITING:
            waiting = waiting or booking
        elif waiting is not None:
            yield f"booking {booking.id} has its turn before booking {waiting.id}"


PROMISES = (
    Promise("no copy is promised twice", none_overlap),
    Promise("no more is promised than there is", within_stock),
    Promise("the database refuses to promise twice", database_refuses),
    Promise("what is out is out in a loan", out_is_out),
    Promise("what is promised is kept", promised_is_kept),
    Promise("what is over keeps nothing", closed_keeps_nothing),
    Promise("the waiting lists go by turn", in_turn),
)

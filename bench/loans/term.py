"""A term of 300 loans with a moved clock and two workers: what happens by itself, and whether it is right.

`python -m bench.loans.term` prints the figures and ends with 1 when one is missed.
"""

import random
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import func, select

from plugins.physical_loans import bookings, clockwork, desk, late, letters, waiting
from plugins.physical_loans.bookings import Taken, Wish
from plugins.physical_loans.models import Booking, BookingState, ClosedDays, Component, Copy, Desk, Notice, Rule, Thing
from plugins.physical_loans.taking_back import Return
from repository import accounts, items, jobs, schema, work
from repository.errors import DomainError
from repository.house import build_services
from repository.models import AuditEntry, Item, JobState, Mail, Membership, Organisation, User
from repository.permissions import actor_of
from repository.work import SYSTEM, Actor, Services, Work, open_work

FIRST, LAST = date(2026, 1, 5), date(2026, 4, 10)
LAST_WISH = date(2026, 3, 13)
LOANS, TEACHERS, THINGS = 300, 60, 20
HOURS = (9, 12, 16, 19)
WEEK = {str(day): [["09:30", "13:00"], ["15:30", "18:00"]] for day in range(5)}
S = BookingState


@dataclass
class Clock:
    """The moment that everything in this process takes for now."""

    now: datetime


@dataclass
class Term:
    """The centre, its people, and what each loan asked of the staff besides handing over and taking back."""

    services: Services
    clock: Clock
    chance: random.Random
    teachers: list[tuple[int, Actor]] = field(default_factory=list)
    staff: Actor = SYSTEM
    things: list[int] = field(default_factory=list)
    place: int = 0
    asked_of_staff: dict[int, set[str]] = field(default_factory=dict)
    plans: dict[int, tuple[int, int]] = field(default_factory=dict)  # days late at the pick-up, and at the return
    at_risk: set[int] = field(default_factory=set)
    errors: list[BaseException] = field(default_factory=list)

    @contextmanager
    def work(self, actor: Actor = SYSTEM) -> Iterator[Work]:
        """Open work at the moment of the clock."""
        with open_work(self.services, actor) as opened:
            yield opened

    def extra(self, booking_id: int, what: str) -> None:
        """Note that a loan needed somebody of the staff for something else."""
        self.asked_of_staff.setdefault(booking_id, set()).add(what)


def furnish(term: Term) -> None:
    """Make a centre with teachers, a desk, and things with one to three copies; one of them needs approval."""
    with term.work() as opened:
        centre = Organisation(kind="centre", name="Centro de medida", short_name="CM")
        opened.session.add(centre)
        opened.session.flush()
        place = Desk(organisation_id=centre.id, name="Balcão", hours=WEEK)
        opened.session.add_all([place, ClosedDays(starts_on=date(2026, 2, 16), ends_on=date(2026, 2, 18), kind="both")])
        opened.session.add(ClosedDays(starts_on=date(2026, 3, 30), ends_on=LAST, kind="break"))
        users = [_person(opened, centre, number) for number in range(TEACHERS)]
        keeper = _person(opened, centre, TEACHERS, "staff")
        opened.session.flush()
        term.place = place.id
        term.things = [_thing(opened, term, centre, place, number) for number in range(THINGS)]
        opened.session.add_all(Rule(thing_id=thing_id, approval=True) for thing_id in term.things[-1:])
        opened.session.flush()
        today = opened.now.date()
        term.teachers = [(user.id, actor_of(opened.session, opened.hook, user, today)) for user in users]
        term.staff = actor_of(opened.session, opened.hook, keeper, today)


def _person(opened: Work, centre: Organisation, number: int, role: str = "teacher") -> User:
    user = accounts.create_user(opened, f"pessoa{number}@exemplo.invalid", f"Pessoa {number}", "uma frase para medir")
    user.memberships.append(Membership(organisation_id=centre.id, role=role, valid_from=date(2020, 9, 1)))
    return user


def _thing(opened: Work, term: Term, centre: Organisation, place: Desk, number: int) -> int:
    item: Item = items.create_draft(opened, kind="physical")
    items.describe(opened, item, {"title": f"Kit {number}", "level": ["1ceb"]})
    item.organisation_id = centre.id
    thing = Thing(item_id=item.id)
    opened.session.add(thing)
    opened.session.flush()
    thing.components.append(Component(name="cabo", expected=4))
    for copy in range(term.chance.randint(1, 3)):
        name = f"K{number:02}-{copy}"
        thing.copies.append(Copy(desk_id=place.id, inventory=name, label=name, created_at=opened.now))
    opened.session.flush()
    items.submit(opened, item)
    return item.id


def wish_something(term: Term) -> None:
    """Somebody wants a thing for a lesson; when it is taken, they wait for it."""
    user_id, actor = term.chance.choice(term.teachers)
    day = term.clock.now.date() + timedelta(days=term.chance.randint(2, 14))
    while day.weekday() > 4:
        day += timedelta(days=1)
    lesson = datetime.combine(day, time(term.chance.choice((9, 11, 14))), UTC)
    # What everybody wants is wanted more often: a third of all wishes go to a fifth of the things.
    popular = term.things[: len(term.things) // 5]
    thing_id = term.chance.choice(popular if term.chance.random() < 1 / 3 else term.things)
    wish = Wish(thing_id, term.place, lessons=((lesson, lesson + timedelta(minutes=90)),))
    try:
        try:
            with term.work(actor) as opened:
                bookings.book(opened, [wish], opened.session.get_one(User, user_id))
        except Taken:
            with term.work(actor) as opened:
                waiting.enqueue(opened, wish, opened.session.get_one(User, user_id))
    except DomainError:
        wish_something(term)  # too many open, or too late: somebody else wants something


def live(term: Term) -> None:
    """Let people do what they do at this moment: answer, cancel, pick up, bring back; and the staff what they must."""
    with term.work() as opened:
        open_ones = select(Booking.id, Booking.state).where(Booking.closed_at.is_(None)).order_by(Booking.id)
        rows = [(row[0], row[1]) for row in opened.session.execute(open_ones)]
    acts = {
        S.OFFERED: _answer, S.REQUESTED: _decide, S.APPROVED: _pick_up, S.OUT: _bring_back, S.INCOMPLETE: _complete
    }  # fmt: skip
    for booking_id, state in rows:
        if state in acts:
            acts[state](term, booking_id)


def _plan(term: Term, booking_id: int) -> tuple[int, int]:
    """Return how many days late this one is picked up (99: never) and brought back, drawn once."""
    if booking_id not in term.plans:
        pick_up = term.chance.choices((0, 1, 99), (94, 4, 2))[0]
        back = term.chance.choices((-1, 0, 1, 2, 9), (20, 68, 6, 4, 2))[0]
        term.plans[booking_id] = (pick_up, back)
    return term.plans[booking_id]


def _answer(term: Term, booking_id: int) -> None:
    drawn = term.chance.random()
    if drawn < 0.3:
        return  # not now; perhaps never
    with term.work() as opened:
        waiting.answer(opened, opened.session.get_one(Booking, booking_id), accept=drawn < 0.9)


def _decide(term: Term, booking_id: int) -> None:
    term.extra(booking_id, "approval")
    with term.work(term.staff) as opened:
        desk.approve(opened, opened.session.get_one(Booking, booking_id))


def _pick_up(term: Term, booking_id: int) -> None:
    late_by, _ = _plan(term, booking_id)
    with term.work() as opened:
        booking = opened.session.get_one(Booking, booking_id)
        if term.chance.random() < 0.004:
            bookings.cancel(opened, booking)
            return
        due = booking.starts_at.date() + timedelta(days=late_by)
        comes = due <= opened.now.date() and booking.starts_at <= opened.now and _open(opened.now)
    if not comes:
        return
    try:
        with term.work(term.staff) as opened:
            desk.hand_out(opened, opened.session.get_one(Booking, booking_id))
    except DomainError:
        term.extra(booking_id, "not there")


def _bring_back(term: Term, booking_id: int) -> None:
    _, late_by = _plan(term, booking_id)
    with term.work(term.staff) as opened:
        booking = opened.session.get_one(Booking, booking_id)
        begun = booking.handed_out_at or booking.starts_at
        due = booking.ends_at.date() + timedelta(days=late_by)
        if due > opened.now.date() or begun.date() >= opened.now.date() or not _open(opened.now):
            return
        if late_by > 7:
            term.extra(booking_id, "telephone")
        counts = {}
        if term.chance.random() < 0.02:
            part = booking.thing.components[0].id
            counts = {booking.holds[-1].copy_id: {part: 3}}
        desk.take_back(opened, booking, Return(counts=counts))


def _complete(term: Term, booking_id: int) -> None:
    term.extra(booking_id, "missing part")
    with term.work(term.staff) as opened:
        desk.complete(opened, opened.session.get_one(Booking, booking_id))


def _open(moment: datetime) -> bool:
    return moment.weekday() < 5 and moment.hour in HOURS[:-1]


def two_workers(term: Term) -> None:
    """Let two workers do at the same time all that is due, each with its own clock of the desk."""

    def run() -> None:
        try:
            kinds = jobs.job_kinds(term.services.hook)
            loans = {name: kind for name, kind in kinds.items() if name.startswith("physical_loans.")}
            clockwork.run(term.services, [])
            while jobs.run_next(term.services, loans):
                pass
        except BaseException as error:
            term.errors.append(error)

    workers = [threading.Thread(target=run) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def run_term(folder: Path, seed: int = 1) -> Term:
    """Run the whole term; return what came of it."""
    clock = Clock(datetime.combine(FIRST, time(8), UTC))
    # One process, one clock: whatever asks for the moment gets the moved one.
    work.now = jobs.now = lambda: clock.now
    services = build_services(folder, plugins=["physical_loans"])
    schema.upgrade(services)
    term = Term(services, clock, random.Random(seed))
    furnish(term)
    days = (LAST_WISH - FIRST).days + 1
    for number in range((LAST - FIRST).days + 1):
        wishes = LOANS * (number + 1) // days - LOANS * number // days if number < days else 0
        for hour in HOURS:
            clock.now = datetime.combine(FIRST + timedelta(days=number), time(hour, 31), UTC)
            for _ in range(wishes if hour == HOURS[0] else 0):
                wish_something(term)
            live(term)
            two_workers(term)
            with term.work() as opened:  # they were warned by themselves; the staff acts when it is not there
                term.at_risk |= {kept.booking_id for kept in late.at_risk(opened)}
    return term


@dataclass(frozen=True)
class Figures:
    """What is measured of a term."""

    loans: int
    alone: float
    reminders: int
    duplicates: int
    offers: int
    out_of_order: int
    left_over: int
    failures: int


def figures_of(term: Term) -> Figures:
    """Return the figures of a term that is over."""
    with term.work() as opened:
        loans = set(opened.session.scalars(select(Booking.id).where(Booking.handed_out_at.is_not(None))))
        busy = {booking_id for booking_id in term.asked_of_staff if booking_id in loans}
        reminded = Mail.kind.in_((letters.REMINDER, letters.LATE))
        rows = opened.session.execute(select(Mail.address, Mail.subject, Mail.body, Mail.created_at).where(reminded))
        # The letters of the first and of the seventh day say the same; the same one twice on a day is one too many.
        mails = [(address, subject, body, at.date()) for address, subject, body, at in rows]
        sent = opened.session.scalars(select(Notice).where(Notice.kind.like("due%"))).all()
        offers, wrong = order_of(opened)
        left = opened.session.scalar(select(func.count(Booking.id)).where(Booking.state == S.WAITING)) or 0
        parked = jobs.waiting(opened.session)[JobState.PARKED]
    return Figures(
        len(loans), 1 - len(busy) / max(1, len(loans)), len(sent), len(mails) - len(set(mails)), offers, wrong, left,
        parked + len(term.errors),
    )  # fmt: skip


def order_of(opened: Work) -> tuple[int, int]:
    """Return how many turns were offered, and how many while somebody before them could have had the same."""
    wanted = select(AuditEntry).where(AuditEntry.subject_kind == "booking").order_by(AuditEntry.id)
    queue: dict[int, Booking] = {}
    offers = wrong = 0
    for entry in opened.session.scalars(wanted):
        booking = opened.session.get_one(Booking, entry.subject_id)
        if entry.action == "loan.queue":
            queue[booking.id] = booking
        elif entry.action in ("loan.offer", "loan.cancel", "loan.expire"):
            queue.pop(booking.id, None)
            if entry.action == "loan.offer":
                offers += 1
                wrong += any(_came_before(other, booking) for other in queue.values())
    return offers, wrong


def _came_before(other: Booking, booking: Booking) -> bool:
    same = other.thing_id == booking.thing_id and other.queued_at and booking.queued_at
    inside = booking.held_from <= other.held_from and other.held_until <= booking.held_until
    return bool(same and inside and (other.queued_at, other.id) < (booking.queued_at, booking.id))


def main() -> int:
    """Print the figures; return 1 when one is missed."""
    with tempfile.TemporaryDirectory() as folder:
        term = run_term(Path(folder))
        found = figures_of(term)
        term.services.close()
    print(f"loans that left the desk: {found.loans}")
    print(f"without any staff action besides hand-over and return: {found.alone:.1%} (>= 90 %)")
    print(f"reminders of returns: {found.reminders}; letters sent twice: {found.duplicates} (0)")
    print(f"turns offered: {found.offers}; out of order: {found.out_of_order} (0); still waiting: {found.left_over}")
    print(f"jobs or workers that failed: {found.failures} (0)")
    what = [each for asked in term.asked_of_staff.values() for each in asked]
    print(f"reservations whose copy was late or unfit, warned by themselves: {len(term.at_risk)}")
    print("asked of the staff:", {each: what.count(each) for each in sorted(set(what))})
    for error in term.errors[:3]:
        print("error:", repr(error), file=sys.stderr)
    return int(found.alone < 0.9 or bool(found.duplicates or found.out_of_order or found.failures))


if __name__ == "__main__":
    sys.exit(main())

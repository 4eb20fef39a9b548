"""Whatever people do in whatever order, nothing is promised twice, the list keeps its order, and every letter goes once."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from plugins.physical_loans import after, bookings, changing, clockwork, desk, moves, waiting
from plugins.physical_loans.bookings import Taken, Wish
from plugins.physical_loans.models import LIVE, Booking, BookingState, Copy, CopyState, Hold, HoldState, Notice
from plugins.physical_loans.models import Rule as Terms
from repository.errors import DomainError
from repository.models import Job, Mail
from repository.work import SYSTEM, open_work

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
S = BookingState
COPIES = 2
DAYS = st.integers(2, 12)
CHOICE = st.integers(0, 30)
PEOPLE = st.integers(0, 2)


class Machine(RuleBasedStateMachine):
    """A desk with two copies of one thing and three people; the model is what a clerk would keep on paper.

    On paper: who has which span (`paper`, until a booking is over), and in which order people came to wait (`queue`).
    """

    known = None  # services, people, staff, thing and desk, set by the test

    def __init__(self):
        super().__init__()
        self.services, self.people, self.staff, self.thing, self.desk = self.known
        self.now = MONDAY
        self.paper = {}
        self.queue = []

    @initialize()
    def sweep(self):
        """Begin with an empty desk."""
        with self.work() as work:
            for table in (Notice, Hold, Booking, Job, Mail):
                work.session.execute(delete(table))

    @contextmanager
    def work(self, actor=SYSTEM):
        with open_work(self.services, actor) as work:
            yield replace(work, now=self.now)

    def wish(self, day, days):
        first = MONDAY.date() + timedelta(days=day)
        return Wish(self.thing, self.desk, first=first, last=first + timedelta(days=days))

    def some(self, choice, *states):
        """Return one of the bookings in these states, or None."""
        with self.work() as work:
            ids = list(work.session.scalars(select(Booking.id).where(Booking.state.in_(states)).order_by(Booking.id)))
        return ids[choice % len(ids)] if ids else None

    def do(self, act, choice, states, actor=None):
        """Do something to a booking; what is refused must leave it as it was."""
        booking_id = self.some(choice, *states)
        if booking_id is None:
            return
        before = self.row(booking_id)
        try:
            with self.work(actor or self.staff) as work:
                act(work, bookings.get(work, booking_id))
        except DomainError:
            assert self.row(booking_id) == before
        self.settle()

    def row(self, booking_id):
        with self.work() as work:
            booking = work.session.get_one(Booking, booking_id)
            kept = [(hold.copy_id, hold.starts, hold.ends, hold.state) for hold in booking.holds]
            return booking.state, booking.starts_at, booking.ends_at, kept

    def settle(self):
        """Do what the worker does, each job twice, as after a worker that was killed."""
        for _ in range(6):
            with self.work() as work:
                jobs = list(work.session.scalars(select(Job).where(Job.name == moves.AFTER).order_by(Job.id)))
                payloads = [dict(job.payload) for job in jobs]
                work.session.execute(delete(Job).where(Job.id.in_([job.id for job in jobs])))
            for payload in payloads:
                for _ in range(2):
                    with self.work() as work:
                        after.follow(work, payload["booking_id"], payload["act"], payload["at"], payload["was"])
            if not payloads:
                return

    @rule(person=PEOPLE, day=DAYS, days=st.integers(1, 4))
    def book(self, person, day, days):
        user, actor = self.people[person]
        wish = self.wish(day, days)
        try:
            with self.work(actor) as work:
                (made,) = bookings.book(work, [wish], user)
                span = made.held_from, made.held_until
            assert self.most_at_once(*span) < self.there()
        except Taken:
            with self.work(actor) as work:
                times = bookings.plan(work, wish)
            assert self.queue_waits() or self.most_at_once(times.held[0][0], times.held[0][1]) >= self.there()
        except DomainError:
            return
        self.settle()

    def most_at_once(self, starts, ends):
        """Return how many copies are gone at the busiest moment of a span, by the paper."""
        spans = [span for span in self.paper.values() if span[0] < ends and span[1] > starts]
        moments = [starts, *(span[0] for span in spans if span[0] > starts)]
        return max(sum(begins <= moment < over for begins, over in spans) for moment in moments)

    def there(self):
        """Return how many copies are not in repair."""
        with self.work() as work:
            fit = select(Copy.id).where(Copy.thing_id == self.thing, Copy.state == CopyState.AVAILABLE)
            return len(work.session.scalars(fit).all())

    def queue_waits(self):
        return self.some(0, S.WAITING) is not None

    @rule(person=PEOPLE, day=DAYS, days=st.integers(1, 4))
    def wait(self, person, day, days):
        user, actor = self.people[person]
        try:
            with self.work(actor) as work:
                waiting.enqueue(work, self.wish(day, days), user)
        except DomainError:
            return
        self.settle()

    @rule(choice=CHOICE, accept=st.booleans())
    def answer(self, choice, accept):
        self.do(lambda work, booking: waiting.answer(work, booking, accept), choice, [S.OFFERED, S.WAITING])

    @rule(choice=CHOICE)
    def cancel(self, choice):
        self.do(bookings.cancel, choice, [S.APPROVED, S.READY, S.OFFERED])

    @rule(choice=CHOICE)
    def reactivate(self, choice):
        self.do(changing.reactivate, choice, [S.CANCELLED])

    @rule(choice=CHOICE, day=DAYS, days=st.integers(1, 4))
    def change(self, choice, day, days):
        self.do(lambda work, booking: changing.change(work, booking, self.wish(day, days)), choice, [S.APPROVED])

    @rule(choice=CHOICE)
    def prepare(self, choice):
        self.do(desk.prepare, choice, [S.APPROVED])

    @rule(choice=CHOICE)
    def hand_out(self, choice):
        self.do(desk.hand_out, choice, [S.APPROVED, S.READY])

    @rule(choice=CHOICE)
    def take_back(self, choice):
        self.do(lambda work, booking: desk.take_back(work, booking, desk.Return()), choice, [S.OUT])

    @rule(choice=CHOICE, more=st.integers(1, 5))
    def extend(self, choice, more):
        def longer(work, booking):
            changing.extend(work, booking, booking.ends_at.date() + timedelta(days=more))

        self.do(longer, choice, [S.OUT])

    @rule(hours=st.sampled_from([3, 8, 24, 50]))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)
        for _ in range(2):  # by two workers
            clockwork.turn(self.work)
        self.settle()

    @rule(copy=st.booleans(), repair=st.booleans())
    def repair(self, copy, repair):
        """A copy that is at the desk goes to repair, or is back from it."""
        with self.work() as work:
            copies = work.session.scalars(select(Copy).where(Copy.thing_id == self.thing).order_by(Copy.id)).all()
            chosen = copies[copy]
            kept = work.session.scalar(
                select(Hold.id).where(Hold.copy_id == chosen.id, Hold.state.in_(("reserved", "out")))
            )
            chosen.state = CopyState.REPAIR if repair and kept is None else CopyState.AVAILABLE
        clockwork.move_on(self.work)
        self.settle()

    @invariant()
    def nothing_is_promised_twice_and_everybody_has_what_was_promised(self):
        with self.work() as work:
            live = list(work.session.scalars(select(Booking).where(Booking.state.in_(LIVE))))
            kept = {booking.id: [h for h in booking.holds if h.state in ("reserved", "out")] for booking in live}
            self.paper = {one.id: self.span(one, kept[one.id]) for one in live}
            stray = select(Hold.id).join(Booking).where(Hold.state.in_(("reserved", "out")), Booking.state.not_in(LIVE))
            assert work.session.scalar(stray) is None
            assert all(len(holds) == 1 for holds in kept.values())
            assert all((h.state == HoldState.OUT) == (h.booking.state == S.OUT) for hs in kept.values() for h in hs)
        spans = sorted((h.copy_id, h.starts, h.ends) for holds in kept.values() for h in holds)
        for one, other in pairwise(spans):
            assert one[0] != other[0] or one[2] <= other[1]

    def span(self, booking, holds):
        starts, ends = min(h.starts for h in holds), max(h.ends for h in holds)
        late = booking.state == S.OUT and ends < self.now
        return starts, self.now + timedelta(days=2) if late else ends

    @invariant()
    def nobody_is_offered_what_somebody_before_them_waits_for(self):
        with self.work() as work:
            listed = (
                select(Booking).where(Booking.state.in_((S.WAITING, S.OFFERED))).order_by(Booking.queued_at, Booking.id)
            )
            rows = [(one.state, one.held_from, one.held_until) for one in work.session.scalars(listed)]
        for place, (state, *span) in enumerate(rows):
            if state == S.OFFERED:
                assert (S.WAITING, *span) not in rows[:place]

    @invariant()
    def every_letter_goes_once(self):
        with self.work() as work:
            keys = list(work.session.scalars(select(Mail.key)))
        assert len(keys) == len(set(keys))
        assert None not in keys


@pytest.mark.parametrize("seed", [0])
def test_people_do_what_they_like(services, make_person, actor_for, staff, make_thing, desk, at, seed):
    people = [make_person(name) for name in ("Eva", "Gil", "Ivo")]
    box = make_thing(copies=COPIES)
    with at() as work:
        work.session.add(Terms(most_open=50, renewals=9, renewal_days=14))
    known = (services, [(one, actor_for(one)) for one in people], actor_for(staff), box.item_id, desk.id)
    machine = type("Loans", (Machine,), {"known": known})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6,  # the whole house works at each step; what is seldom has tests of its own
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # a failing run is short enough to read, and shrinking takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )

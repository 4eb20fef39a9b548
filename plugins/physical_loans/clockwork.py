"""What happens by itself as time passes; every step can be repeated at any moment, by any number of workers."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from plugins.physical_loans import digest, lapses, late, queues, reminders, waiting
from plugins.physical_loans.models import Booking, Hold
from plugins.physical_loans.reminders import Reminder
from repository.api import SYSTEM, Services, Work, open_work

JOB = "physical_loans.clock"
Opener = Callable[[], AbstractContextManager[Work]]


def run(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Do all that is due now, for the worker."""
    turn(partial(open_work, services, SYSTEM))


def turn(begin: Opener) -> None:
    """Do all that is due now, each in a transaction of its own that `begin` opens.

    What fails is told at the end: one broken booking must not keep everybody else's reminders back.
    """
    errors: list[Exception] = []
    for step in (expire, look_at_pick_ups, look_at_late, move_on, remind, tell_desks):
        try:
            step(begin)
        except ExceptionGroup as group:
            errors += group.exceptions
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("the clock of the lending desk", errors)


def expire(begin: Opener) -> None:
    """Take the turn from those who did not answer in time."""
    with begin() as work:
        waiting.expire_offers(work)


def look_at_pick_ups(begin: Opener) -> None:
    """Remind of what was not picked up, and let it go a while later."""
    with begin() as work:
        found = lapses.candidates(work)
    _each(begin, found, lapses.look)


def look_at_late(begin: Opener) -> None:
    """Find another copy for those whose copy is late or unfit, or warn them."""
    with begin() as work:
        found = [kept.id for kept in late.at_risk(work)]
    for hold_id in found:
        with begin() as work:
            kept = work.session.get_one(Hold, hold_id)
            if any(same.id == hold_id for same in late.at_risk(work, kept.booking.desk_id)):
                late.look_after(work, kept)


def move_on(begin: Opener) -> None:
    """Move the waiting lists on."""
    with begin() as work:
        lists = waiting.lists(work)
    for thing_id, desk_id in lists:
        with begin() as work:
            queues.move_on(work, thing_id, desk_id)


def remind(begin: Opener) -> list[Reminder]:
    """Send every reminder that is due; return those that went."""
    sent: list[Reminder] = []

    def look(work: Work, booking: Booking) -> None:
        reminder = reminders.due(work, booking)
        if reminder is not None and reminders.send(work, booking, reminder):
            sent.append(reminder)

    with begin() as work:
        found = reminders.candidates(work)
    _each(begin, found, look)
    return sent


def tell_desks(begin: Opener) -> None:
    """Send each desk's people the list of the day, when there is something on it."""
    with begin() as work:
        digest.send(work)


def _each(begin: Opener, booking_ids: Iterable[int], act: Callable[[Work, Booking], None]) -> None:
    errors: list[Exception] = []
    for booking_id in booking_ids:
        try:
            with begin() as work:
                booking = work.session.get(Booking, booking_id, with_for_update=True)
                if booking is not None:
                    act(work, booking)
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("bookings that could not be looked at", errors)

"""What follows every act on a booking, done by the worker: letters, and the waiting list. Done twice, it is done once."""

from typing import Any

from plugins.physical_loans import late, letters, queues
from plugins.physical_loans.models import Booking
from repository.api import SYSTEM, Services, Work, open_work

# What gives something back to the shelf: dates, copies, or the place of somebody who waited.
FREEING = (
    "cancel", "decline", "expire", "change", "swap", "queue", "undo_hand_out", "complete", "find", "end",
    "take_back", "take_back_incomplete", "take_back_part", "put_back",
)  # fmt: skip


def run(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Do what follows each act, each in a transaction of its own."""
    for payload in payloads:
        with open_work(services, SYSTEM) as work:
            follow(work, payload["booking_id"], payload["act"], payload.get("at", ""), payload.get("was", ""))


def follow(work: Work, booking_id: int, act: str, at: str, was: str) -> None:
    """Write the letters of an act, find other copies for those whose copy came back unfit, and move the list on."""
    booking = work.session.get(Booking, booking_id)
    if booking is None:
        return
    name = letters.letter_for(act, was, booking)
    if name and act != "warn":
        letters.write(work, booking, name, f"{act}:{at}")
    if name == "request":
        letters.write_to_desk(work, booking, f"{act}:{at}")
    if act == "warn":
        late.warn(work, booking, f"{act}:{at}")
    if act in ("take_back_incomplete", "lose"):
        late.look_after_next(work, booking)
    if act in FREEING:
        queues.move_on(work, booking.thing_id, booking.desk_id)


def move_on(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Move waiting lists on after something was added or repaired."""
    for payload in payloads:
        with open_work(services, SYSTEM) as work:
            queues.move_on(work, payload["thing_id"], payload["desk_id"])

"""The tables of the lending desk."""

from plugins.physical_loans.models.bookings import (
    LIVE,
    PROMISED,
    BasketLine,
    Booking,
    BookingState,
    Hold,
    HoldState,
    Notice,
)
from plugins.physical_loans.models.desks import ClosedDays, Desk, Feed, Rule
from plugins.physical_loans.models.things import (
    Component,
    Copy,
    CopyEvent,
    CopyState,
    Need,
    Shortage,
    Sighting,
    Stocktake,
    Thing,
)

__all__ = [
    "LIVE",
    "PROMISED",
    "BasketLine",
    "Booking",
    "BookingState",
    "ClosedDays",
    "Component",
    "Copy",
    "CopyEvent",
    "CopyState",
    "Desk",
    "Feed",
    "Hold",
    "HoldState",
    "Need",
    "Notice",
    "Rule",
    "Shortage",
    "Sighting",
    "Stocktake",
    "Thing",
]

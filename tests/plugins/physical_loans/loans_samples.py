"""Times that tests of the lending desk book for."""

from datetime import UTC, datetime

from plugins.physical_loans.calendars import Window

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)  # the Monday on which the samples are booked


def lesson(day: int, start: str = "10:30", end: str = "12:00", month: int = 3) -> Window:
    """Return a lesson in 2027 in Lisbon's winter time: 10:30 to 12:00 unless told."""
    begin, over = (datetime.fromisoformat(f"2027-{month:02}-{day:02}T{at}:00+00:00") for at in (start, end))
    return begin, over

"""What is sent to the lending desk's addresses under /api/v1."""

from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from plugins.physical_loans import calendars
from plugins.physical_loans.bookings import MOST_AT_ONCE, MOST_PUPILS
from plugins.physical_loans.planning import MOST_LESSONS
from repository.api import Line, Paragraphs, RowId, Sentence, Whole

USES = ("away", "on_site")
HALF_A_MILLION = 500_000


def _of_our_time(value: date) -> None:
    # At either end of the calendar a moment cannot be told in another zone.
    if not 1990 < value.year < 9000:
        raise ValidationError("Not a valid date.")


def _short(most: int, **known: Any) -> Line:
    return Line(validate=validate.Length(max=most), **known)


class _Said(Schema):
    class Meta:
        unknown = RAISE


class Lesson(_Said):
    """A lesson; without a zone it is on the desk's clock."""

    start = fields.DateTime(required=True, validate=_of_our_time)
    end = fields.DateTime(required=True, validate=_of_our_time)


class SaidTimes(_Said):
    """When and how something is wanted: `lessons`, or `from` a day `to` a day."""

    desk_id = RowId(metadata={"description": "may be left out where only one desk has it"})
    quantity = Whole(validate=validate.Range(1, HALF_A_MILLION))
    copy_id = RowId(allow_none=True, metadata={"description": "a certain copy, instead of any"})
    lessons = fields.List(fields.Nested(Lesson), validate=validate.Length(max=MOST_LESSONS))
    first = fields.Date(data_key="from", allow_none=True, validate=_of_our_time)
    last = fields.Date(data_key="to", allow_none=True, validate=_of_our_time)
    use = fields.String(validate=validate.OneOf(USES))
    organisation_id = RowId(allow_none=True, metadata={"description": "the school it is for"})
    level = _short(20, metadata={"description": "Code of /vocabularies/levels"})
    year = _short(20, metadata={"description": "Code of /vocabularies/years"})
    pupils = Whole(allow_none=True, validate=validate.Range(1, MOST_PUPILS))
    collector = _short(120, metadata={"description": "who picks it up, if it is not the borrower"})
    note = _short(500)

    @validates_schema
    def know_when(self, data: dict[str, Any], **_known: Any) -> None:
        """Refuse what could be either: whichever was dropped, somebody would count on it."""
        if data.get("lessons") and (data.get("first") or data.get("last")):
            raise ValidationError(Sentence(gettext("Indique as aulas ou os dias, e não ambos.")), "lessons")


class SaidWish(SaidTimes):
    """A thing, or a certain copy of one, for some lessons or days."""

    thing_id = RowId(metadata={"description": "may be left out with a `copy_id`"})


class SaidBookings(_Said):
    """Several things are booked all or none. `borrower` is an account's address: for the desk, in somebody's name."""

    bookings = fields.List(fields.Nested(SaidWish), required=True, validate=validate.Length(1, MOST_AT_ONCE))
    borrower = Line()


class SaidWaiting(SaidWish):
    """What somebody waits for."""

    borrower = Line()


class SaidAnswer(_Said):
    """Yes or no to what is offered."""

    accept = fields.Boolean(required=True)


class SaidReason(_Said):
    """Why something is declined; the borrower reads it."""

    reason = Paragraphs(required=True)


class SaidUntil(_Said):
    """The new day of return."""

    until = fields.Date(required=True, validate=_of_our_time)


class SaidCount(_Said):
    """How many of a component are in a copy."""

    copy_id = RowId(required=True)
    component_id = RowId(required=True)
    there = Whole(required=True, validate=validate.Range(0, HALF_A_MILLION))


class SaidHandOut(_Said):
    """What was seen at the desk; all may be left out when everything is there."""

    collector = _short(120)
    copies = fields.List(RowId(), metadata={"description": "those taken, if not the ones kept"})
    counts = fields.List(fields.Nested(SaidCount))


class SaidUnits(_Said):
    """How many units of a copy came back, and how."""

    copy_id = RowId(required=True)
    units = Whole(validate=validate.Range(0, HALF_A_MILLION))
    condition = fields.String(metadata={"enum": ["new", "good", "worn", "damaged"]})


class SaidReturn(_Said):
    """What came back. Left out, everything did, complete, as it was; copies not named with `units` did not come then."""

    copies = fields.List(fields.Nested(SaidUnits))
    counts = fields.List(fields.Nested(SaidCount))
    note = _short(300)


def lesson_of(calendar: calendars.Calendar, start: datetime, end: datetime) -> calendars.Window:
    """Return a lesson that was sent; a time without a zone is on the desk's clock. Raises Invalid."""
    return _moment(calendar, start), _moment(calendar, end)


def _moment(calendar: calendars.Calendar, value: datetime) -> datetime:
    if value.tzinfo is None:
        return calendars.wall_clock(calendar, value.date(), value.time())
    return value.astimezone(UTC)

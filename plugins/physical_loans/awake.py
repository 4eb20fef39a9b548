"""When people may be disturbed: not in quiet hours, not while the desk is shut or the schools are; shifted, never lost."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from plugins.physical_loans.calendars import DAY, LONGEST_SEARCH, Calendar
from repository.api import N_, Invalid, Work

WHOLE_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Quiet:
    """The hours of the night, by the desk's clock, in which nobody is written to: from `begins` to `ends` next morning."""

    begins: time = time(20)
    ends: time = time(8)

    @classmethod
    def parse(cls, text: str) -> "Quiet":
        """Read "20:00-08:00". Raises Invalid for anything else, and when the night is no night."""
        try:
            begins, ends = (time.fromisoformat(part.strip()) for part in text.split("-"))
        except ValueError as error:
            raise Invalid(N_("Escreva as horas de descanso assim: 20:00-08:00.")) from error
        if ends >= begins:
            raise Invalid(N_("As horas de descanso começam à noite e acabam de manhã."))
        return cls(begins, ends)

    def is_awake(self, at: time) -> bool:
        """Return whether people may be disturbed at a time of the day."""
        return self.ends <= at < self.begins


def quiet_of(work: Work) -> Quiet:
    """Return the hours in which nobody is written to; the usual ones when the setting cannot be read."""
    try:
        return Quiet.parse(work.services.settings["physical_loans_quiet_hours"])
    except Invalid:  # a slip of the pen must not keep every letter back
        return Quiet()


def may_disturb(calendar: Calendar, day: date) -> bool:
    """Return whether it is a day of school and of an open desk."""
    return calendar.is_open(day) and not calendar.in_break(day)


def may_disturb_now(calendar: Calendar, quiet: Quiet, now: datetime) -> bool:
    """Return whether people may be disturbed at this moment."""
    local = calendar.local(now)
    return may_disturb(calendar, local.date()) and quiet.is_awake(local.time())


def shifted(calendar: Calendar, day: date, step: int) -> date:
    """Return the day, or the nearest one before (step -1) or after it (1) on which people may be disturbed.

    Without one within a year it is the day itself: rather at a bad time than never.
    """
    for away in range(LONGEST_SEARCH):
        if may_disturb(calendar, day + step * away * DAY):
            return day + step * away * DAY
    return day


def time_to_answer(calendar: Calendar, quiet: Quiet, now: datetime, hours: int) -> datetime:
    """Return the moment at which `hours` to answer are over.

    A whole day (24 hours) is a day of school on which the desk is open; the hours that are left, and a beginning in the
    night, count only while people are awake. So nobody loses their turn over a night, a weekend, a holiday or a break.
    """
    moment = _next_awake(calendar, quiet, now)
    days, left = divmod(timedelta(hours=hours), WHOLE_DAY)
    for _ in range(days):
        local = calendar.local(moment)
        moment = calendar.moment(shifted(calendar, local.date() + DAY, 1), local.time())
    while left:
        local = calendar.local(moment)
        evening = calendar.moment(local.date(), quiet.begins)
        spent = min(left, evening - moment)
        moment, left = moment + spent, left - spent
        if left:
            moment = _next_awake(calendar, quiet, moment)
    return moment


def _next_awake(calendar: Calendar, quiet: Quiet, moment: datetime) -> datetime:
    local = calendar.local(moment)
    day = local.date()
    if may_disturb(calendar, day) and local.time() < quiet.begins:
        return max(moment, calendar.moment(day, quiet.ends))
    return calendar.moment(shifted(calendar, day + DAY, 1), quiet.ends)

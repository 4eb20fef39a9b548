"""Whatever a desk's calendar looks like, things are picked up and brought back while it is open, around the lesson."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from plugins.physical_loans import awake, calendars, planning
from plugins.physical_loans.awake import Quiet
from plugins.physical_loans.calendars import Calendar
from plugins.physical_loans.planning import Pace
from repository.errors import Invalid

DAY = timedelta(days=1)
ZONES = ("Europe/Lisbon", "Atlantic/Azores", "Atlantic/Madeira")
# Around both changes of the clock, Easter, Christmas, a leap day, and any day at all.
SPECIAL = [
    date(2027, 3, 28),
    date(2027, 10, 31),
    date(2028, 3, 26),
    date(2027, 3, 26),
    date(2027, 12, 25),
    date(2028, 2, 29),
]
HALVES = st.integers(0, 47).map(lambda n: time(n // 2, 30 * (n % 2)))
LONGEST = settings(
    max_examples=500, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


@st.composite
def opening_hours(draw):
    """Up to two openings on up to seven days, some through the hour that the clock skips."""
    hours = {}
    for weekday in draw(st.sets(st.integers(0, 6), min_size=1)):
        times = sorted(draw(st.sets(HALVES, min_size=2, max_size=4)))
        hours[weekday] = [(times[n], times[n + 1]) for n in range(0, len(times) - 1, 2)]
    return hours


@st.composite
def desks(draw):
    around = draw(st.one_of(st.sampled_from(SPECIAL), st.dates(date(2027, 1, 8), date(2028, 12, 1))))
    closed = [
        (around + DAY * start, around + DAY * (start + length), "fechado")
        for start, length in draw(st.lists(st.tuples(st.integers(-20, 20), st.integers(0, 14)), max_size=3))
    ]
    municipal = draw(st.sets(st.integers(-9, 9), max_size=2))
    days = frozenset(((around + DAY * n).month, (around + DAY * n).day) for n in municipal)
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    return Calendar(zone, draw(opening_hours()), days, closed), around


PACES = st.builds(Pace, st.integers(0, 3), st.integers(0, 3), st.integers(0, 2))


def is_open(calendar, day):
    """Say again, without the code, whether a desk opens on a day."""
    return (
        day.weekday() in calendar.hours
        and day not in holidays.country_holidays("PT", years=day.year)
        and (day.month, day.day) not in calendar.municipal_days
        and not any(first <= day <= last for first, last, _ in calendar.closed)
        and any(end > start for start, end in calendar.windows(day))
    )


def open_days_between(calendar, first, last):
    """Return how many open days lie after the first and up to the last."""
    return sum(is_open(calendar, first + DAY * n) for n in range(1, (last - first).days + 1))


def local_day(calendar, moment):
    return moment.astimezone(calendar.zone).date()


@LONGEST
@given(desks(), PACES, HALVES, st.integers(30, 300), st.integers(1, 40))
def test_a_lesson_is_reached_on_open_days_before_and_after_it(desk, pace, begins, minutes, days_ahead):
    calendar, day = desk
    lesson = calendar.moment(day, begins)
    lesson = (lesson, lesson + timedelta(minutes=minutes))
    now = lesson[0] - DAY * days_ahead
    try:
        times = planning.for_lessons(calendar, pace, [lesson], now)
    except Invalid:
        event("refused")
        check_that_it_cannot_be(calendar, pace, lesson, now)
        return
    event("planned")
    start, end = local_day(calendar, times.starts_at), local_day(calendar, times.ends_at)
    assert is_open(calendar, start)
    assert is_open(calendar, end)
    assert times.pick_up in calendar.windows(start)
    assert times.ends_at == calendar.windows(end)[-1][1]
    assert now < times.pick_up[1] <= lesson[0] < lesson[1] < times.ends_at
    assert end > local_day(calendar, lesson[1])
    assert open_days_between(calendar, local_day(calendar, lesson[1]), end) == pace.transport + 1
    ((held_from, held_until),) = times.held
    assert held_from <= times.starts_at
    assert held_until >= times.ends_at
    assert open_days_between(calendar, local_day(calendar, held_from), start) == pace.preparation
    assert open_days_between(calendar, end, local_day(calendar, held_until)) == pace.turnaround


def check_that_it_cannot_be(calendar, pace, lesson, now):
    """A lesson is refused only when no opening of the desk between now and the lesson leaves enough time."""
    days = [local_day(calendar, now) + DAY * n for n in range((lesson[0] - now).days + 3)]
    openings = [window for day in days for window in calendar.windows(day) if now < window[1] <= lesson[0]]
    assert len({local_day(calendar, window[0]) for window in openings}) <= pace.transport


@LONGEST
@given(desks(), PACES, st.integers(0, 40), st.integers(-3, 40))
def test_days_are_kept_as_asked_for_or_refused_for_being_closed(desk, pace, ahead, length):
    calendar, today = desk
    now = calendar.moment(today, time(0))
    first, last = today + DAY * ahead, today + DAY * (ahead + length)
    try:
        times = planning.for_days(calendar, pace, first, last, now)
    except Invalid:
        assert last < first or not (is_open(calendar, first) and is_open(calendar, last))
        return
    assert (local_day(calendar, times.starts_at), local_day(calendar, times.ends_at)) == (first, last)
    assert is_open(calendar, first)
    assert is_open(calendar, last)


@LONGEST
@given(desks(), st.integers(0, 23), st.integers(0, 59), st.integers(1, 120))
def test_the_time_to_answer_is_never_over_at_night_or_before_it_was_given(desk, hour, minute, hours):
    calendar, today = desk
    now, quiet = calendar.moment(today, time(hour, minute)), Quiet()
    until = awake.time_to_answer(calendar, quiet, now, hours)
    assert until > now
    assert until - now >= timedelta(hours=hours) - timedelta(hours=1)  # an hour may be lost to the clock
    local = until.astimezone(calendar.zone)
    assert is_open(calendar, local.date())
    assert quiet.ends <= local.time() <= quiet.begins


def test_a_time_that_the_clock_skips_is_refused_and_one_that_comes_twice_is_the_first():
    lisbon = Calendar(ZoneInfo("Europe/Lisbon"), {6: [(time(1), time(3))]})
    with pytest.raises(Invalid, match="não existe"):
        calendars.wall_clock(lisbon, date(2027, 3, 28), time(1, 30))
    assert calendars.wall_clock(lisbon, date(2027, 10, 31), time(1, 30)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    azores = Calendar(ZoneInfo("Atlantic/Azores"), {})
    with pytest.raises(Invalid, match="não existe"):
        calendars.wall_clock(azores, date(2027, 3, 28), time(0, 30))


@pytest.mark.parametrize("skipped", [(time(1), time(2)), (time(1, 30), time(2))])
def test_an_opening_in_the_hour_that_the_clock_skips_is_none(skipped):
    spring = date(2028, 3, 26)
    lisbon = Calendar(ZoneInfo("Europe/Lisbon"), {6: [skipped]})
    assert not lisbon.is_open(spring)
    assert lisbon.is_open(spring + timedelta(days=7))
    also = Calendar(ZoneInfo("Europe/Lisbon"), {6: [skipped, (time(9), time(12))]})
    assert len(also.windows(spring)) == 1


def test_a_desk_that_never_opens_says_so_instead_of_looking_for_ever():
    never = Calendar(
        ZoneInfo("Europe/Lisbon"), {0: [(time(9), time(12))]}, closed=[(date(2020, 1, 1), date(2040, 1, 1), "")]
    )
    lesson = datetime(2027, 3, 9, 10, tzinfo=UTC)
    with pytest.raises(Invalid, match="nenhum dia aberto"):
        planning.for_lessons(never, Pace(), [(lesson, lesson + timedelta(hours=1))], lesson - DAY * 9)


@pytest.mark.parametrize(
    ("now", "hours", "until"),
    [
        ("2027-03-01T10:00", 48, "2027-03-03T10:00"),
        ("2027-03-05T17:00", 48, "2027-03-09T17:00"),  # a Friday: the weekend does not count
        ("2027-03-01T22:00", 24, "2027-03-03T08:00"),  # begins on Tuesday morning
        ("2027-03-01T18:00", 4, "2027-03-02T10:00"),  # two hours today, two tomorrow
        ("2027-03-25T12:00", 24, "2027-03-29T12:00"),  # Good Friday
    ],
)
def test_nights_weekends_and_holidays_do_not_eat_the_time_to_answer(now, hours, until):
    weekdays = Calendar(ZoneInfo("Europe/Lisbon"), {day: [(time(9, 30), time(18))] for day in range(5)})
    start, end = (datetime.fromisoformat(text).replace(tzinfo=weekdays.zone) for text in (now, until))
    assert awake.time_to_answer(weekdays, Quiet(), start.astimezone(UTC), hours) == end


def test_breaks_in_lessons_do_not_eat_the_time_to_answer():
    zone = ZoneInfo("Europe/Lisbon")
    easter = [(date(2027, 3, 22), date(2027, 4, 2), "Interrupção da Páscoa")]
    weekdays = Calendar(zone, {day: [(time(9, 30), time(18))] for day in range(5)}, breaks=easter)
    friday = datetime(2027, 3, 19, 10, tzinfo=zone)
    assert awake.time_to_answer(weekdays, Quiet(), friday.astimezone(UTC), 24) == datetime(2027, 4, 5, 10, tzinfo=zone)


@pytest.mark.parametrize("text", ["", "20:00", "08:00-20:00", "20:00-25:00", "à noite"])
def test_hours_of_rest_that_are_none_are_refused(text):
    with pytest.raises(Invalid):
        Quiet.parse(text)

"""From what somebody typed into a form to the wish that the rules know. Fields are those of the page's address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from plugins.physical_loans import calendars
from plugins.physical_loans.bookings import Wish
from plugins.physical_loans.calendars import Calendar, Window
from plugins.physical_loans.models import Booking, Desk
from plugins.physical_loans.rules import DESK
from repository.api import N_, Invalid, Organisation, User, Work, find_user

MODES = ("lesson", "days", "block", "series", "site")
FIELDS = (
    "mode",
    "day",
    "start",
    "end",
    "first",
    "last",
    "weeks",
    "until",
    "every",
    "desk",
    "copy",
    "quantity",
    "class",
    "pupils",
    "collector",
    "organisation",
    "note",
    "borrower",
)
LESSON = ("08:30", "10:00")  # what is taken for a lesson whose time nobody has said yet: the first of the day
LONGEST = 500
MOST_WEEKS = 16
YEARS = range(2000, 2200)  # what somebody at a lending desk may mean


@dataclass(frozen=True)
class Asked:
    """What was typed, field by field, as it was typed."""

    values: Mapping[str, str]

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "Asked":
        """Take the known fields; a lesson with a day and no time is the first of the day."""
        values = {name: str(args.get(name, "")).strip()[:LONGEST] for name in FIELDS}
        if values["mode"] not in MODES:
            values["mode"] = "lesson"
        if not values["start"] and not values["end"]:
            values["start"], values["end"] = LESSON
        return cls(values)

    def __getitem__(self, name: str) -> str:
        """What was typed into a field, or nothing."""
        return self.values.get(name, "")

    @property
    def has_dates(self) -> bool:
        """Whether the day is said, so that there is something to look at."""
        return bool(self["first"] if self["mode"] in ("days", "block") else self["day"])

    def number(self, name: str, usual: int | None = None) -> int | None:
        """Return a whole number. Raises Invalid for anything else."""
        text = self[name]
        if not text:
            return usual
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise Invalid(N_("Escreva um número."), name)
        return int(text)

    def day(self, name: str) -> date:
        """Return a day. Raises Invalid when it is missing or is none."""
        return read_day(self[name], name)

    def args(self, **changes: object) -> dict[str, str]:
        """Return the parameters of an address that asks the same, with changes; what is empty is left out."""
        values = {**self.values, **{name: str(value) for name, value in changes.items()}}
        usual = {"mode": "lesson", "every": "1", "quantity": "1"}
        return {name: value for name, value in values.items() if value and usual.get(name) != value}


def read_day(text: str, field: str) -> date:
    """Return the day that is written 2027-03-09, of a year in YEARS. Raises Invalid."""
    day = known_day(text)
    if day is None:
        raise Invalid(N_("Escolha um dia no calendário, ou escreva-o assim: 2027-03-09."), field)
    return day


def known_day(text: str) -> date | None:
    """Return the day that is written 2027-03-09, or None: at the ends of the calendar no day is before or after."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def read_time(text: str, field: str) -> time:
    """Return the time that is written 10:30. Raises Invalid."""
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise Invalid(N_("Escreva a hora assim: 10:30."), field) from error


def lesson_of(calendar: Calendar, asked: Asked) -> Window:
    """Return the lesson that was said. Raises Invalid."""
    day = asked.day("day")
    start, end = read_time(asked["start"], "start"), read_time(asked["end"], "end")
    return calendars.wall_clock(calendar, day, start), calendars.wall_clock(calendar, day, end)


def wish_of(work: Work, asked: Asked, thing_id: int, desk: Desk) -> Wish:
    """Return the wish; for a series it is its first lesson. Raises Invalid with the field that cannot be read."""
    calendar = calendars.calendar_of(work, desk)
    level, year = _class(work, asked)
    mode = asked["mode"]
    first, last = _days(calendar, asked) if mode in ("days", "block") else (None, None)
    return Wish(
        thing_id,
        desk.id,
        quantity=asked.number("quantity", 1) or 0,
        copy_id=asked.number("copy"),
        lessons=() if first else (lesson_of(calendar, asked),),
        first=first,
        last=last,
        use="on_site" if mode == "site" else "away",
        organisation_id=_organisation(work, asked),
        level=level,
        year=year,
        pupils=asked.number("pupils"),
        collector=asked["collector"][:120],
        note=asked["note"],
    )


def _days(calendar: Calendar, asked: Asked) -> tuple[date, date]:
    first = asked.day("first")
    if asked["mode"] == "days":
        return first, asked.day("last")
    weeks = asked.number("weeks", 2) or 0
    if not 1 <= weeks <= MOST_WEEKS:
        raise Invalid(N_("Empreste por 1 a %(most)s semanas."), "weeks", most=MOST_WEEKS)
    if asked.number("organisation") is None:
        raise Invalid(N_("Escolha a escola para onde vai."), "organisation")
    start = calendar.nth_open_day(first, 0)
    return start, next(calendar.open_days(start + timedelta(weeks=weeks), -1))


def _class(work: Work, asked: Asked) -> tuple[str, str]:
    """Return the level and the school year; a class of a level without years is said by the level alone."""
    said, known = asked["class"], work.services.vocabularies
    if said in known["years"]:
        term = known["years"].get(said)
        return (str(term.data.get("level", "")) if term else ""), said
    return (said, "") if said in known["levels"] else ("", "")


def _organisation(work: Work, asked: Asked) -> int | None:
    chosen = asked.number("organisation")
    if chosen is not None and chosen not in {one for one, _ in schools(work)}:
        raise Invalid(N_("Escolha uma escola da lista."), "organisation")
    return chosen


def schools(work: Work) -> list[tuple[int, str]]:
    """Return the schools that something can be borrowed for: one's own; for the desk, all."""
    wanted = select(Organisation).where(Organisation.kind != "council", Organisation.closed_at.is_(None))
    if not work.actor.may_anywhere(DESK):
        wanted = wanted.where(Organisation.id.in_(work.actor.organisation_ids))
    rows = work.session.scalars(wanted.order_by(Organisation.name))
    return [(row.id, row.short_name or row.name) for row in rows]


def borrower_of(work: Work, asked: Asked) -> User:
    """Return in whose name it is booked: one's own, or for the desk the account with the address. Raises Invalid."""
    person = None
    if asked["borrower"]:
        person = find_user(work, asked["borrower"])
        if person is None:
            raise Invalid(N_("Não há nenhuma conta com este endereço."), "borrower")
    elif work.actor.user_id is not None:
        person = work.session.get(User, work.actor.user_id)
    if person is None:
        raise Invalid(N_("Para reservar é preciso uma conta de docente."), "borrower")
    return person


def asked_of(booking: Booking) -> Asked:
    """Return the fields of a form that says what a booking says."""
    zone = calendars.zone_of(booking.desk)
    starts, ends = booking.starts_at.astimezone(zone), booking.ends_at.astimezone(zone)
    values = dict.fromkeys(FIELDS, "") | {
        "mode": "days",
        "first": starts.date().isoformat(),
        "last": ends.date().isoformat(),
    }
    if booking.lessons:
        begin, over = (datetime.fromisoformat(text).astimezone(zone) for text in booking.lessons[0])
        values |= {"mode": "site" if booking.use == "on_site" else "lesson", "first": "", "last": ""}
        values |= {"day": begin.date().isoformat(), "start": f"{begin:%H:%M}", "end": f"{over:%H:%M}"}
    values |= {"quantity": str(booking.quantity), "class": booking.year or booking.level}
    values |= {"pupils": str(booking.pupils or ""), "collector": booking.collector, "note": booking.note}
    values |= {"desk": str(booking.desk_id), "organisation": str(booking.organisation_id or "")}
    return Asked(values | {"copy": str(booking.copy_id or "")})


def of_wish(asked: Asked, calendar: Calendar, wish: Wish) -> Asked:
    """Return the fields for another wish of the same class: what is offered instead of what is taken."""
    values = dict(asked.values) | {"desk": str(wish.desk_id), "copy": str(wish.copy_id or "")}
    values["quantity"] = str(wish.quantity)
    if wish.first is not None and wish.last is not None:
        return Asked(values | {"mode": "days", "first": wish.first.isoformat(), "last": wish.last.isoformat()})
    begin, over = (calendar.local(moment) for moment in wish.lessons[0])
    mode = "site" if wish.use == "on_site" else "lesson"
    times = {"day": begin.date().isoformat(), "start": f"{begin:%H:%M}", "end": f"{over:%H:%M}"}
    return Asked(values | {"mode": mode} | times)

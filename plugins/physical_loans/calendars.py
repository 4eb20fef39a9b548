"""When a desk is open, by its own clock, through holidays, closed days and changes of the clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from plugins.physical_loans.models import ClosedDays, Desk
from repository.api import N_, Invalid, Work

LONGEST_SEARCH = 370  # days; a desk that is not open once in a year lends nothing
Window = tuple[datetime, datetime]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """The opening of one desk. `hours` are by weekday (0 is Monday), on the clock of `zone`.

    `closed` are [first day, last day, label], both days included; `breaks` are days without lessons.
    """

    zone: ZoneInfo
    hours: Mapping[int, Sequence[tuple[time, time]]]
    municipal_days: frozenset[tuple[int, int]] = frozenset()  # month, day
    closed: Sequence[tuple[date, date, str]] = ()
    breaks: Sequence[tuple[date, date, str]] = ()
    known: dict[date, tuple[Window, ...]] = field(default_factory=dict, compare=False, repr=False)

    def windows(self, day: date) -> tuple[Window, ...]:
        """Return the times of the day at which the desk is open, in UTC."""
        if day not in self.known:
            shut = self.why_closed(day)
            hours = () if shut else self.hours.get(day.weekday(), ())
            openings = ((self.moment(day, start), self.moment(day, end)) for start, end in hours)
            # What lies in the hour that the clock skips is no opening.
            self.known[day] = tuple((opens, closes) for opens, closes in openings if opens < closes)
        return self.known[day]

    def is_open(self, day: date) -> bool:
        """Return whether the desk opens at all on the day."""
        return bool(self.windows(day))

    def why_closed(self, day: date) -> str:
        """Return the name of the holiday or closing on the day, or an empty text for an ordinary day."""
        label = next((label for first, last, label in self.closed if first <= day <= last), None)
        if label is not None:
            return label or N_("fechado")
        return self.holiday(day)

    def holiday(self, day: date) -> str:
        """Return the name of the holiday on the day, or an empty text."""
        if (day.month, day.day) in self.municipal_days:
            return N_("feriado municipal")
        return national_holidays(day.year).get(day, "")

    def in_break(self, day: date) -> str:
        """Return the name of the break in lessons that the day lies in, or an empty text."""
        return next(
            (label or N_("interrupção letiva") for first, last, label in self.breaks if first <= day <= last), ""
        )

    def moment(self, day: date, at: time) -> datetime:
        """Return a moment in UTC; a time that the change of the clock skips is taken as the one an hour later."""
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def local(self, moment: datetime) -> datetime:
        """Return the moment as the desk's clock shows it."""
        return moment.astimezone(self.zone)

    def open_days(self, start: date, step: int) -> Iterator[date]:
        """Yield open days from `start` on, itself included, forwards (step 1) or backwards (-1).

        Raises Invalid when the desk does not open within a year.
        """
        day, looked = start, 0
        while looked <= LONGEST_SEARCH:
            if self.is_open(day):
                yield day
                looked = 0
            day, looked = day + step * DAY, looked + 1
        raise Invalid(N_("O balcão não tem nenhum dia aberto perto desta data. Fale com o centro."))

    def nth_open_day(self, start: date, count: int) -> date:
        """Return the open day `count` open days after `start` (before it, when negative); 0 is `start` or the next."""
        days = self.open_days(start, -1 if count < 0 else 1)
        first = next(days)
        left = abs(count) - (0 if first == start else 1 if count else 0)
        for _ in range(left):
            first = next(days)
        return first


# As the library names them; they stand here so that they come into the catalogues.
NATIONAL_HOLIDAYS = (
    N_("Ano Novo"),
    N_("Sexta-feira Santa"),
    N_("Páscoa"),
    N_("Corpo de Deus"),
    N_("Dia da Liberdade"),
    N_("Dia do Trabalhador"),
    N_("Dia de Portugal, de Camões e das Comunidades Portuguesas"),
    N_("Assunção de Nossa Senhora"),
    N_("Implantação da República"),
    N_("Dia de Todos os Santos"),
    N_("Restauração da Independência"),
    N_("Imaculada Conceição"),
    N_("Dia de Natal"),
)


@lru_cache(maxsize=64)
def national_holidays(year: int) -> Mapping[date, str]:
    """Return the national holidays of Portugal in a year (Código do Trabalho, article 234), with their names."""
    import holidays  # many countries' calendars, which a server starts without

    return dict(holidays.country_holidays("PT", years=year, language="pt_PT"))


def wall_clock(calendar: Calendar, day: date, at: time) -> datetime:
    """Return the moment somebody means by a day and a time. Raises Invalid for a time that the clock skips that day."""
    moment = calendar.moment(day, at)
    if calendar.local(moment).replace(tzinfo=None) != datetime.combine(day, at):
        raise Invalid(N_("Nesse dia o relógio avança uma hora e essa hora não existe. Escolha outra."), "time")
    return moment


def zone_of(desk: Desk) -> ZoneInfo:
    """Return the zone of the desk's clock."""
    return ZoneInfo(desk.timezone)


def calendar_of(work: Work, desk: Desk) -> Calendar:
    """Return the desk's calendar, with what is closed everywhere; one query, for reading work the first time only."""
    return work.once(("physical_loans_calendar", desk.id), lambda: _calendar_now(work, desk))


def _calendar_now(work: Work, desk: Desk) -> Calendar:
    about = or_(ClosedDays.desk_id == desk.id, ClosedDays.desk_id.is_(None))
    rows = list(work.session.scalars(select(ClosedDays).where(about).order_by(ClosedDays.starts_on)))
    shut = [(row.starts_on, row.ends_on, row.label) for row in rows if row.kind in ("closed", "both")]
    breaks = [(row.starts_on, row.ends_on, row.label) for row in rows if row.kind in ("break", "both")]
    return Calendar(zone_of(desk), read_hours(desk.hours), _days(desk.municipal_days), shut, breaks)


def read_hours(hours: Mapping[str, Sequence[Sequence[str]]]) -> dict[int, list[tuple[time, time]]]:
    """Return opening hours as they are kept ({"0": [["09:30", "13:00"]]}) by weekday, as times in order."""
    return {
        int(day): sorted((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans)
        for day, spans in hours.items()
    }


def _days(texts: Sequence[str]) -> frozenset[tuple[int, int]]:
    return frozenset((int(month), int(day)) for month, day in (text.split("-") for text in texts))

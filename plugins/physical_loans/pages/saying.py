"""Days, times and states of loans in the words of pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import format_date, format_time, get_locale, gettext, ngettext

from plugins.physical_loans.calendars import Calendar, Window, national_holidays
from plugins.physical_loans.models import Booking, BookingState, Desk
from plugins.physical_loans.planning import Times
from repository.api import N_, DomainError, Work, day_in_full, day_in_words, month_in_words, now, words_of

STATES = {
    BookingState.REQUESTED: ("warn", "clock", N_("Espera aprovação")),
    BookingState.APPROVED: ("good", "calendar-check", N_("Reservado")),
    BookingState.READY: ("info", "package-check", N_("Pronto a levantar")),
    BookingState.OUT: ("info", "arrow-up-right", N_("Consigo")),
    BookingState.RETURNED: ("good", "circle-check", N_("Devolvido")),
    BookingState.INCOMPLETE: ("warn", "package-minus", N_("Voltou incompleto")),
    BookingState.LOST: ("bad", "circle-alert", N_("Dado por perdido")),
    BookingState.WAITING: ("warn", "clock", N_("Em lista de espera")),
    BookingState.OFFERED: ("warn", "message-circle-question-mark", N_("É a sua vez: responda")),
    BookingState.DECLINED: ("bad", "circle-x", N_("Recusado")),
    BookingState.CANCELLED: ("mute", "undo-2", N_("Anulado")),
    BookingState.EXPIRED: ("mute", "clock", N_("Passou o prazo")),
}
OF_OTHERS = {BookingState.OUT: N_("Emprestado"), BookingState.OFFERED: N_("É a vez desta pessoa")}
SATURDAY = 5
MODES = {
    "lesson": N_("Para uma aula"),
    "series": N_("Todas as semanas"),
    "days": N_("De um dia a outro"),
    "block": N_("Para a escola, por semanas"),
    "site": N_("Usar no centro"),
}


@dataclass(frozen=True)
class Step:
    """A line of the plan: when, what happens, and whether it is the lesson itself."""

    when: str
    what: str
    mine: bool = False


def state_of(booking: Booking, moment: datetime, own: bool = True) -> tuple[str, str, str]:
    """Return tone, icon and words of how a booking stands, to its borrower or not; one out past its end is late."""
    if booking.state == BookingState.OUT and booking.ends_at < moment:
        return "bad", "alarm-clock", gettext("Em atraso")
    tone, sign, words = STATES[booking.state]
    if not own:
        words = OF_OTHERS.get(booking.state, words)
    return tone, sign, gettext(words)


def day(value: date, weekday: bool = True) -> str:
    """Return a day as «terça, 9 mar.», with the year when it is not this one."""
    return day_in_words(value, str(get_locale()), weekday=weekday, year=value.year != now().year)


def long_day(value: date, year: bool = False) -> str:
    """Return a day as «Terça-feira, 9 de março», with the year where it is asked for."""
    words = day_in_full(value, str(get_locale()), weekday=True, year=year)
    return words[:1].upper() + words[1:]


def no_lessons(value: date, calendar: Calendar | None = None) -> str:
    """Return why there are usually no lessons on a day (a holiday, a break, a weekend), or nothing."""
    day_words = _day_of_month(value)
    name = calendar.holiday(value) if calendar else national_holidays(value.year).get(value, "")
    if name:
        return gettext("%(day)s é feriado (%(name)s).", day=day_words, name=gettext(name))
    if calendar and (pause := calendar.in_break(value)):
        return gettext("%(day)s é dia sem aulas (%(name)s).", day=day_words, name=gettext(pause))
    if value.weekday() == SATURDAY:
        return gettext("%(day)s é sábado.", day=day_words)
    return gettext("%(day)s é domingo.", day=day_words) if value.weekday() > SATURDAY else ""


def _day_of_month(value: date) -> str:
    return day_in_full(value, str(get_locale()), year=False)


def month(value: date) -> str:
    """Return a month with its year, as a heading."""
    words = month_in_words(value, str(get_locale()))
    return words[:1].upper() + words[1:]


def weekdays() -> list[tuple[str, str]]:
    """Return the days of the week from Monday, short and whole."""
    week = [date(2024, 1, number) for number in range(1, 8)]  # begins on a Monday
    return [(str(format_date(day, "EEEEEE")), str(format_date(day, "EEEE"))) for day in week]


def clock(calendar: Calendar, moment: datetime) -> str:
    """Return the time that the desk's clock shows."""
    return str(format_time(calendar.local(moment).replace(tzinfo=None).time(), "HH:mm"))


def opening(calendar: Calendar, window: Window) -> str:
    """Return a day and the times from and until which something can be picked up."""
    day_words = long_day(calendar.local(window[0]).date())
    return f"{day_words}, {clock(calendar, window[0])}–{clock(calendar, window[1])}"


def plan(calendar: Calendar, times: Times, desk: Desk, on_site: bool = False, own: bool = True) -> list[Step]:
    """Return what happens when, from the pick-up to the return, as it is said to the borrower or to others."""
    lesson_words = gettext("A sua aula") if own else gettext("A aula")
    lessons = [Step(opening(calendar, lesson), lesson_words, True) for lesson in times.lessons]
    if on_site:
        words = gettext("%(lesson)s, em %(desk)s", lesson=lesson_words, desk=desk.name)
        return [Step(step.when, words, True) for step in lessons]
    back = calendar.local(times.ends_at).date()
    until = gettext("%(day)s, até às %(time)s", day=long_day(back), time=clock(calendar, times.ends_at))
    return [
        Step(opening(calendar, times.pick_up), gettext("Levantar em %(desk)s", desk=desk.name)),
        *lessons,
        Step(until, gettext("Devolver em %(desk)s", desk=desk.name)),
    ]


def plan_of(calendar: Calendar, booking: Booking, own: bool = True) -> list[Step]:
    """Return the plan of what is booked."""
    lessons = tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in booking.lessons)
    openings = calendar.windows(calendar.local(booking.starts_at).date())
    pick_up = next((window for window in openings if window[0] == booking.starts_at), None)
    window = pick_up or (booking.starts_at, booking.ends_at)
    times = Times(window, booking.ends_at, ((booking.held_from, booking.held_until),), lessons)
    return plan(calendar, times, booking.desk, booking.use == "on_site", own)


def amount(booking: Booking) -> str:
    """Return how many are booked, when it is more than one or lent by number."""
    unit = booking.thing.unit_name
    return "" if booking.quantity == 1 and not unit else units(booking.quantity, unit)


def units(number: int, unit: str) -> str:
    """Return a number of units; their name is a plural («robôs») that the desk wrote, and one has none."""
    return gettext("1 unidade") if number == 1 and unit else f"{number} {unit}".strip()


def of_class(work: Work, booking: Booking) -> str:
    """Return the class in words: its year or level, and how many pupils."""
    known, locale = work.services.vocabularies, str(get_locale())
    parts = []
    if booking.year:
        parts.append(known["years"].label(booking.year, locale))
    elif booking.level:
        parts.append(known["levels"].short(booking.level, locale))
    if booking.pupils:
        parts.append(ngettext("%(num)s aluno", "%(num)s alunos", booking.pupils))
    return ", ".join(parts)


def classes(work: Work, levels: Sequence[str]) -> list[tuple[str, str]]:
    """Return the years (and levels without years) that a class can be of: those of the thing first, or all."""
    known, locale = work.services.vocabularies, str(get_locale())
    codes = [code for code in levels if code in known["levels"]] or [term.code for term in known["levels"]]
    found = []
    for code in codes:
        years = [(year, known["years"].label(year, locale)) for year in known.years_of(code)]
        found += years or [(code, known["levels"].short(code, locale))]
    return found


def refusal(error: DomainError | None) -> str:
    """Return the words of a refusal, or none."""
    return words_of(error) if error else ""

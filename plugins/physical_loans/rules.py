"""What a booking must keep to, and the words of the refusal when it does not."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from sqlalchemy import Integer, String, bindparam, case, cast, exists, func, or_, select

from plugins.physical_loans.calendars import Calendar
from plugins.physical_loans.models import LIVE, Booking, Desk, Rule, Thing
from plugins.physical_loans.planning import Times
from repository.api import N_, Invalid, NotAllowed, User, Work

BORROW = "loans.borrow"
DESK = "loans.desk"
# Who it is about weighs more than what it is about: a teacher with leave of her own has it for everything.
WEIGHTS = {"user_id": 16, "organisation_id": 8, "thing_id": 4, "category": 2, "desk_id": 1}


class AgainstRules(NotAllowed):
    """What the rules have against somebody's wish; another person, or the same one later, might have it."""


ONE = case((Booking.series != "", Booking.series), else_=cast(Booking.id, String))  # those of a series are one together
_PERSON = bindparam("person", type_=Integer)
STANDING = select(
    select(func.count(ONE.distinct()))
    .where(Booking.borrower_id == _PERSON, Booking.state.in_(bindparam("live", expanding=True)))
    .scalar_subquery(),
    exists().where(User.id == _PERSON, User.verified_at.is_not(None)),
    exists().where(Rule.user_id == _PERSON),
)


@dataclass(frozen=True)
class Terms:
    """The rules as they come out for one person and one thing; days are calendar days, None means no limit."""

    most_days: int | None = 21
    most_open: int | None = 4
    lead_days: int = 0
    horizon_days: int | None = 365
    who: str = "anyone"
    approval: bool = False
    renewals: int = 1
    renewal_days: int = 7
    back_before: date | None = None
    note: str = ""


def terms_for(work: Work, thing: Thing, desk: Desk, borrower: User | None, organisation_ids: Sequence[int]) -> Terms:
    """Return the terms that hold for a borrower of the organisations, each value from the most precise rule that has one."""
    fits = (
        or_(Rule.category == "", Rule.category == thing.category),
        or_(Rule.thing_id.is_(None), Rule.thing_id == thing.item_id),
        or_(Rule.desk_id.is_(None), Rule.desk_id == desk.id),
        or_(Rule.organisation_id.is_(None), Rule.organisation_id.in_(organisation_ids)),
        or_(Rule.user_id.is_(None), Rule.user_id == (borrower.id if borrower else 0)),
    )
    rules = sorted(work.session.scalars(select(Rule).where(*fits).order_by(Rule.id)), key=_precision)
    said = {}
    for rule in rules:
        for field in fields(Terms):
            value = getattr(rule, field.name)
            if value is not None and value != "":
                said[field.name] = value
    return Terms(**said)


def _precision(rule: Rule) -> int:
    return sum(weight for name, weight in WEIGHTS.items() if getattr(rule, name))


def check(
    work: Work,
    terms: Terms,
    calendar: Calendar,
    times: Times,
    borrower: User,
    series: str = "",
    counted: bool = False,
    beside: int = 0,
) -> None:
    """Refuse, in words, what the terms do not allow.

    A series counts as one open booking, so what belongs to one begun is not counted again, nor what is `counted`.
    `beside` are those that are asked for together with this one, before it.

    Raises AgainstRules when it is about the person, Invalid when other dates would do.
    """
    check_person(work, terms, borrower, None if counted else series, beside)
    start, end = (calendar.local(moment).date() for moment in (times.starts_at, times.ends_at))
    today = calendar.local(work.now).date()
    if terms.most_days is not None and (end - start).days > terms.most_days:
        raise Invalid(
            N_(
                "Este material empresta-se por %(days)s dias, no máximo. Com estas datas seriam %(long)s: "
                "o balcão tem de estar aberto para o levantamento e para a devolução."
            ),
            "last",
            days=terms.most_days,
            long=(end - start).days,
        )
    if (start - today).days < terms.lead_days:
        raise Invalid(N_("Peça este material com %(days)s dias de antecedência."), "day", days=terms.lead_days)
    if terms.horizon_days is not None and (start - today).days > terms.horizon_days:
        raise Invalid(N_("Só se reserva com %(days)s dias de antecedência, no máximo."), "day", days=terms.horizon_days)
    if terms.back_before is not None and today <= terms.back_before < end:
        raise Invalid(N_("Tudo tem de voltar até %(day)s. Escolha datas anteriores."), "last", day=terms.back_before)


def check_person(work: Work, terms: Terms, borrower: User, series: str | None = "", beside: int = 0) -> None:
    """Refuse who may not have it, or has as many bookings open as there may be (not looked at without `series`)."""
    if work.actor.may_anywhere(DESK):
        return  # the desk decides for itself
    if terms.who == "staff":
        raise AgainstRules(N_("Este material só é emprestado por quem está no balcão. Fale com o centro."))
    if terms.who == "verified" and borrower.verified_at is None:
        raise AgainstRules(N_("Este material empresta-se a docentes confirmados. Peça ao centro que o confirme."))
    if series is None or terms.most_open is None:
        return
    has = open_bookings(work, borrower.id, but_series=series)
    if has >= terms.most_open:
        raise AgainstRules(
            N_("Já tem %(count)s reservas e empréstimos em aberto, o máximo. Devolva ou anule um."),
            count=terms.most_open,
        )
    if has + beside >= terms.most_open:
        raise AgainstRules(
            N_("Pode ter %(most)s reservas e empréstimos em aberto e já tem %(has)s: com estes passava o máximo."),
            most=terms.most_open,
            has=has,
        )


def open_bookings(work: Work, user_id: int, but_series: str = "") -> int:
    """Return how many bookings a person has that keep something; those of a series are one together."""
    counted = select(func.count(ONE.distinct())).where(Booking.borrower_id == user_id, Booking.state.in_(LIVE))
    if but_series:
        counted = counted.where(Booking.series != but_series)
    return work.session.scalar(counted) or 0


def standing(work: Work, user_id: int) -> tuple[int, bool, int]:
    """Return what the rules ask of a person, organisations aside, in one query: who stands alike may have the same.

    How many bookings they have open, whether they are a confirmed teacher, and who they are where a rule is theirs alone.
    """
    has, verified, own = work.session.execute(STANDING, {"person": user_id, "live": list(LIVE)}).one()
    return has, verified, user_id if own else 0


def renewal_end(terms: Terms, calendar: Calendar, ends_at: datetime) -> date:
    """Return the day until which a renewal lends: so many days more, or the open day after."""
    return calendar.nth_open_day(calendar.local(ends_at).date() + timedelta(days=terms.renewal_days), 0)

"""Setting the desk up: desks with their hours, days that are not as others, and the rules of lending."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, time
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from plugins.physical_loans import calendars, rules
from plugins.physical_loans.asking import YEARS
from plugins.physical_loans.at_desk import check_works_at
from plugins.physical_loans.models import LIVE, Booking, ClosedDays, Desk, Rule, Thing
from plugins.physical_loans.rules import Terms
from repository.api import N_, Invalid, NotAllowed, NotFound, Organisation, User, Work, record

ZONES = {
    "Europe/Lisbon": N_("Portugal continental"),
    "Atlantic/Madeira": N_("Madeira"),
    "Atlantic/Azores": N_("Açores"),
}
KINDS = {
    "closed": N_("balcão fechado"),
    "break": N_("interrupção letiva"),
    "both": N_("interrupção letiva, com o balcão fechado"),
}
WHO = {
    "anyone": N_("qualquer docente"),
    "verified": N_("docentes confirmados"),
    "staff": N_("só quem está no balcão"),
}
AUDIT = {
    "loans.desk_added": N_("criou um balcão"),
    "loans.desk_changed": N_("mudou um balcão"),
    "loans.desk_closed": N_("fechou um balcão"),
    "loans.desk_opened": N_("reabriu um balcão"),
    "loans.days_added": N_("acrescentou dias fechados ou sem aulas"),
    "loans.days_removed": N_("retirou dias fechados ou sem aulas"),
    "loans.rule_added": N_("criou uma regra de empréstimo"),
    "loans.rule_changed": N_("mudou uma regra de empréstimo"),
    "loans.rule_removed": N_("retirou uma regra de empréstimo"),
}
MOST_DAYS = 3660
SPAN = re.compile(r"^(\d{1,2})[:hH.](\d{2})?\s*(?:-|–|—|às|as|a)\s*(\d{1,2})[:hH.](\d{2})?$")
AROUND = " :;,.–—-|\t"
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


# Desks


def save_desk(work: Work, desk: Desk | None, values: Mapping[str, Any]) -> Desk:
    """Add a desk, or change one. Raises Invalid, and NotAllowed for another organisation's."""
    organisation_id = values.get("organisation_id")
    if not work.actor.may(rules.DESK, organisation_id):
        raise NotAllowed(N_("Não trabalha no balcão dessa organização."), "organisation")
    if desk is not None:
        check_works_at(work, desk)
    if not values["name"].strip():
        raise Invalid(N_("Dê um nome ao balcão."), "name")
    if values["timezone"] not in ZONES:
        raise Invalid(N_("Escolha o fuso horário."), "timezone")
    if not any(values["hours"].values()):
        raise Invalid(N_("Diga pelo menos um dia e uma hora em que o balcão abre."), "hours-0")
    new = desk is None
    desk = desk or Desk()
    before = {} if new else {name: getattr(desk, name) for name in values}
    for name, value in values.items():
        setattr(desk, name, value)
    work.session.add(desk)
    work.session.flush()
    changed = {name: values[name] for name in values if new or before[name] != values[name]}
    if changed:
        earlier = {name: before[name] for name in changed if not new}
        record(work, "loans.desk_added" if new else "loans.desk_changed", desk, earlier, changed)
    return desk


def close_desk(work: Work, desk: Desk, closed: bool = True) -> None:
    """Close a desk for good, or open it again; what is out of it comes back all the same."""
    check_works_at(work, desk)
    if (desk.closed_at is not None) == closed:
        return
    desk.closed_at = work.now if closed else None
    record(work, "loans.desk_closed" if closed else "loans.desk_opened", desk)


def read_hours(text: str, field: str) -> list[list[str]]:
    """Return opening hours written as «9:30-13:00, 15:30-18:00». Raises Invalid for what cannot be read or overlaps."""
    spans = []
    for part in filter(None, (each.strip() for each in re.split(r"[,;]| e ", text))):
        found = SPAN.match(part)
        try:
            hour, minute, end_hour, end_minute = (int(each or 0) for each in found.groups()) if found else (0, 0, 0, 0)
            start, end = time(hour, minute), time(end_hour, end_minute)
        except ValueError as error:
            raise Invalid(N_("Escreva as horas assim: 9:30-13:00, 15:30-18:00."), field) from error
        if not found or end <= start:
            raise Invalid(N_("Escreva as horas assim: 9:30-13:00, 15:30-18:00."), field)
        spans.append([f"{start:%H:%M}", f"{end:%H:%M}"])
    spans.sort()
    if any(earlier[1] > later[0] for earlier, later in pairwise(spans)):
        raise Invalid(N_("Há horas que se sobrepõem nesse dia."), field)
    return spans


def hours_text(spans: Sequence[Sequence[str]]) -> str:
    """Return opening hours as `read_hours` reads them."""
    return ", ".join(f"{start}-{end}" for start, end in spans)


def read_municipal(text: str) -> list[str]:
    """Return municipal holidays written as «24/10; 13/06» as they are kept ("10-24"). Raises Invalid."""
    days = []
    for part in filter(None, (each.strip() for each in re.split(r"[,;]", text))):
        numbers = re.split(r"[/.-]", part)
        try:
            days.append(f"{date(2024, int(numbers[1]), int(numbers[0])):%m-%d}")
        except (ValueError, IndexError) as error:
            raise Invalid(N_("Escreva o dia e o mês, por exemplo 24/10."), "municipal_days") from error
    return sorted(set(days))


# Days that are not as others


def read_days(text: str) -> list[tuple[date, date, str]]:
    """Return the days of a pasted list, a line each: a day or two («22/12/2026 a 3/1/2027») and what it is.

    Raises Invalid naming the line that cannot be read.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        matches = list(DAY.finditer(line))
        try:
            days = [_day(match) for match in matches]
        except ValueError:
            days = []
        if len(days) not in (1, 2) or days[-1] < days[0]:
            raise Invalid(N_("Na linha %(number)s não se lê o dia: «%(line)s»."), "list", number=number, line=line[:80])
        label = line[matches[-1].end() :].strip(AROUND) or line[: matches[0].start()].strip(AROUND)
        found.append((days[0], days[-1], label[:120]))
    if not found:
        raise Invalid(N_("Cole uma lista: um dia ou um intervalo por linha."), "list")
    return found


def _day(match: re.Match[str]) -> date:
    year, month, day, day_first, month_second, year_last = match.groups()
    found = date(int(year or year_last), int(month or month_second), int(day or day_first))
    if found.year not in YEARS:
        raise ValueError("a day of no such year")
    return found


def add_days(
    work: Work, desk: Desk | None, spans: Sequence[tuple[date, date, str]], kind: str
) -> tuple[list[ClosedDays], int]:
    """Say that days are closed or without lessons, at a desk or everywhere; those that are said already stay once.

    Returns what is new, and how many bookings are picked up or brought back on a day that is closed now.
    """
    _check_days(work, desk)
    if kind not in KINDS:
        raise Invalid(N_("Escolha o que se passa nesses dias."), "kind")
    made = []
    for first, last, label in spans:
        if last < first:
            raise Invalid(N_("O último dia é antes do primeiro."), "last")
        if (last - first).days > MOST_DAYS:
            raise Invalid(N_("São dias a mais de uma vez."), "last")
        same = select(ClosedDays.id).filter_by(
            desk_id=desk.id if desk else None, starts_on=first, ends_on=last, kind=kind
        )
        if work.session.scalar(same.limit(1)) is None:
            row = ClosedDays(desk_id=desk.id if desk else None, starts_on=first, ends_on=last, kind=kind, label=label)
            work.session.add(row)
            work.session.flush()
            record(work, "loans.days_added", row, after={"starts_on": f"{first}", "ends_on": f"{last}", "kind": kind})
            made.append(row)
    return made, sum(_affected(work, desk, row) for row in made if kind != "break")


def _check_days(work: Work, desk: Desk | None) -> None:
    if desk is not None:
        check_works_at(work, desk)
    elif not work.actor.may(rules.DESK):
        raise NotAllowed(N_("Só quem trabalha no centro pode fechar todos os balcões."), "desk")


def _affected(work: Work, desk: Desk | None, row: ClosedDays) -> int:
    desks = [desk] if desk else list(work.session.scalars(select(Desk)))
    count = 0
    for each in desks:
        zone = ZoneInfo(each.timezone)
        calendar = calendars.Calendar(zone, {})
        start, end = calendar.moment(row.starts_on, time.min), calendar.moment(row.ends_on, time.max)
        touches = or_(Booking.starts_at.between(start, end), Booking.ends_at.between(start, end))
        wanted = select(func.count()).select_from(Booking).where(Booking.desk_id == each.id, Booking.state.in_(LIVE))
        count += work.session.scalar(wanted.where(touches)) or 0
    return count


def remove_days(work: Work, row_id: int) -> None:
    """Take days off the list; done twice it is done once."""
    row = work.session.get(ClosedDays, row_id)
    if row is None:
        return
    _check_days(work, work.session.get(Desk, row.desk_id) if row.desk_id else None)
    record(work, "loans.days_removed", row, before={"starts_on": f"{row.starts_on}", "ends_on": f"{row.ends_on}"})
    work.session.delete(row)


# Rules

ABOUT = ("category", "thing_id", "desk_id", "organisation_id", "user_id")
VALUES = tuple(field.name for field in fields(Terms))


def save_rule(work: Work, rule: Rule | None, values: Mapping[str, Any]) -> Rule:
    """Add a rule, or change one. Raises Invalid for one that says nothing, NotAllowed beyond the person's own desks."""
    for desk_id, organisation_id in {(rule.desk_id, rule.organisation_id)} if rule else set():
        _check_rule(work, desk_id, organisation_id)
    _check_rule(work, values.get("desk_id"), values.get("organisation_id"))
    if all(values.get(name) in (None, "") for name in VALUES):
        raise Invalid(N_("A regra não diz nada: preencha pelo menos um limite."), "most_days")
    if values.get("who") not in (None, *WHO):
        raise Invalid(N_("Escolha quem pode levar."), "who")
    for name, model in (("thing_id", Thing), ("desk_id", Desk), ("organisation_id", Organisation), ("user_id", User)):
        if values.get(name) is not None and work.session.get(model, values[name]) is None:
            raise NotFound(N_("Isso já não existe. Escolha outra vez."), name)
    new = rule is None
    rule = rule or Rule(category="", note="")
    before = {} if new else {name: _plain(getattr(rule, name)) for name in (*ABOUT, *VALUES)}
    for name in (*ABOUT, *VALUES):
        setattr(rule, name, values.get(name, "" if name in ("category", "note") else None))
    work.session.add(rule)
    work.session.flush()
    after = {name: _plain(getattr(rule, name)) for name in (*ABOUT, *VALUES)}
    if after != before:
        record(work, "loans.rule_added" if new else "loans.rule_changed", rule, before, after)
    return rule


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _check_rule(work: Work, desk_id: int | None, organisation_id: int | None) -> None:
    """A rule for one desk or school is those people's who work there; a rule for all, the centre's."""
    desk = work.session.get(Desk, desk_id) if desk_id else None
    if desk is not None:
        check_works_at(work, desk)
    elif not work.actor.may(rules.DESK, organisation_id):
        raise NotAllowed(N_("Escolha um balcão seu: uma regra para todos é do centro."), "desk_id")


def remove_rule(work: Work, rule_id: int) -> None:
    """Take a rule away; done twice it is done once."""
    rule = work.session.get(Rule, rule_id)
    if rule is None:
        return
    _check_rule(work, rule.desk_id, rule.organisation_id)
    said = {name: _plain(getattr(rule, name)) for name in (*ABOUT, *VALUES)}
    record(work, "loans.rule_removed", rule, before={name: value for name, value in said.items() if value is not None})
    work.session.delete(rule)

"""Loads what the demonstration lends by the plugin's own rules; asked again, what is there stays as it is."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from plugins.physical_loans import calendars, catalogue, copies, parts
from plugins.physical_loans.columns import part_of
from plugins.physical_loans.demonstration import lent
from plugins.physical_loans.models import ClosedDays, Component, Copy, Desk, Need, Rule, Shortage, Thing
from repository.api import SYSTEM, Demonstration, Item, Organisation, Services, State, Work, open_work

DESK = "Balcão do centro"
SCHOOL_DESKS = {"LAB-01": "Sala 12 da Escola dos Arcos", "BAN-01": "Oficina da Escola do Rio"}
HOURS = [["09:30", "13:00"], ["15:30", "18:00"]]
MUNICIPAL = "10-24"


@cache
def told() -> dict[str, list[dict[str, Any]]]:
    """Return what is written in things.toml."""
    return tomllib.loads((Path(__file__).parent / "things.toml").read_text("utf-8"))


def load(services: Services, demonstration: Demonstration) -> None:
    """Add desks, things and who has what, each in a transaction of its own."""
    with open_work(services, SYSTEM) as work:
        _desks(work)
    for said in told()["thing"]:
        _thing(services, said)
    with open_work(services, SYSTEM) as work:
        _rules(work)
        _needs(work)
    for number, said in enumerate(told()["booking"], 1):
        lent.lend(services, demonstration.people[said["who"]].email, said, f"demonstration:{number}")


def _desks(work: Work) -> None:
    """Add the centre's desk and those of the two schools whose rooms are used where they are."""
    centre = work.session.scalars(select(Organisation).filter_by(kind="centre").order_by(Organisation.id)).first()
    week = {str(day): HOURS for day in range(5)}
    for name in (DESK, *SCHOOL_DESKS.values()):
        if work.session.scalar(select(Desk.id).filter_by(name=name)) is None:
            place = "Escola-sede fictícia, Rua da Escola, 12, piso 1" if name == DESK else "Na própria escola"
            desk = Desk(organisation_id=centre.id if centre else None, name=name, place=place, hours=week)
            desk.municipal_days = [MUNICIPAL]
            work.session.add(desk)
    if work.session.scalar(select(ClosedDays.id).limit(1)) is None:
        work.session.add_all(_closed_days(work.now.date()))


def _closed_days(today: date) -> list[ClosedDays]:
    """Return the breaks in lessons and the holidays of the desk, in the school year of today and the next."""
    first = today.year if today.month >= 9 else today.year - 1
    days = []
    for year in (first, first + 1):
        easter = next(day for day, name in calendars.national_holidays(year + 1).items() if "Páscoa" in name)
        days += [
            (date(year, 12, 19), date(year + 1, 1, 2), "both", "Interrupção do Natal"),
            (easter - timedelta(days=9), easter + timedelta(days=1), "break", "Interrupção da Páscoa"),
            (date(year + 1, 8, 1), date(year + 1, 8, 31), "both", "Férias de agosto"),
        ]
    return [ClosedDays(starts_on=start, ends_on=end, kind=kind, label=label) for start, end, kind, label in days]


def _desk_of(work: Work, inventory: str) -> Desk:
    name = SCHOOL_DESKS.get(inventory, DESK)
    return work.session.scalars(select(Desk).filter_by(name=name).order_by(Desk.id)).one()


def _thing(services: Services, said: Mapping[str, Any]) -> None:
    with open_work(services, SYSTEM) as work:
        if work.session.scalar(select(Copy.id).filter_by(inventory=said["inventory"])) is not None:
            return
        desk = _desk_of(work, said["inventory"])
        names = (*catalogue.PLAIN, *catalogue.CODES, *catalogue.OF_THING)
        values = {name: said[name] for name in names if name in said} | {"licence": "CC-BY-SA-4.0"}
        thing = catalogue.add_thing(work, values, desk.organisation_id)
        parts.set_parts(work, thing, [part_of(text) for text in said.get("parts", ())])
        _copies(work, thing, desk, said)
        catalogue.show(work, thing)
        if thing.item.state != State.PUBLISHED:
            raise RuntimeError(f"{said['title']} was not published")


def _copies(work: Work, thing: Thing, desk: Desk, said: Mapping[str, Any]) -> None:
    long_ago = replace(work, now=work.now - timedelta(days=200))
    for number, each in zip(copies.series(said["inventory"], len(said["copies"])), said["copies"], strict=True):
        told_of = {**said.get("copy", {}), **each}
        checked = work.now.date() - timedelta(days=told_of.get("checked", 21))
        values = {name: told_of[name] for name in ("stock", "place", "owner") if name in told_of}
        values |= {"desk_id": desk.id, "inventory": number, "checked_on": checked, "value": said.get("value")}
        copy = copies.add(long_ago, thing, values)[0]
        if "state" in told_of:
            moment = replace(work, now=work.now - timedelta(days=5))
            copies.set_state(moment, copy, told_of["state"], told_of["why"])
        if "shortage" in told_of:
            _shortage(work, copy, *told_of["shortage"])


def _shortage(work: Work, copy: Copy, name: str, missing: int, note: str) -> None:
    part = work.session.scalars(select(Component).filter_by(thing_id=copy.thing_id, name=name)).one()
    since = work.now - timedelta(days=13)
    work.session.add(Shortage(copy_id=copy.id, component_id=part.id, missing=missing, note=note, since=since))


def _rules(work: Work) -> None:
    """Add the rules of the centre, once."""
    if work.session.scalar(select(Rule.id).limit(1)) is not None:
        return
    work.session.add_all(
        [
            Rule(most_days=14, most_open=4, lead_days=1, horizon_days=180, renewals=1, renewal_days=7),
            Rule(category="three_d", approval=True, note="Combine primeiro o que se vai imprimir."),
            Rule(category="inclusion", most_days=120, note="Empréstimos longos, para um aluno."),
            Rule(category="computers", who="verified"),
        ]
    )


def _needs(work: Work) -> None:
    """Say which of the demonstration's materials are used with which things, where both are there."""
    for said in told()["need"]:
        item = _first(work, said["material"])
        thing = _first(work, said["thing"])
        if item is None or thing is None:
            continue
        if work.session.scalar(select(Need.id).filter_by(item_id=item.id, thing_id=thing.id)) is None:
            work.session.add(Need(item_id=item.id, thing_id=thing.id, quantity=said["quantity"]))


def _first(work: Work, title: str) -> Item | None:
    wanted = select(Item).where(Item.title == title, Item.state == State.PUBLISHED, Item.revises_id.is_(None))
    return work.session.scalars(wanted.order_by(Item.id)).first()

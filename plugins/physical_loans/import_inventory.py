"""What a table of the inventory would do, row by row, and the doing of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from plugins.physical_loans import catalogue, columns, copies, holding, parts, reading
from plugins.physical_loans.importing import CHANGED, NEW, UNCHANGED, Planned, Source, header_of, values_of
from plugins.physical_loans.models import Copy, CopyState, Desk, Thing
from repository.api import N_, Conflict, DomainError, Invalid, Item, State, Work, missing, spelling_key

GONE_STATES = (State.DISCARDED, State.DECLINED)
ACTS = {
    CopyState.REPAIR: "repair",
    CopyState.ON_SITE: "keep_on_site",
    CopyState.LOST: "lose",
    CopyState.WRITTEN_OFF: "write_off",
}
BACK = {
    CopyState.REPAIR: "back",
    CopyState.ON_SITE: "let_leave",
    CopyState.LOST: "find",
    CopyState.WRITTEN_OFF: "take_up_again",
}


@dataclass
class PlannedCopy(Planned):
    """What one row would do: add a copy (and its thing, where that is new), or change `copy`."""

    copy: Copy | None = None
    desk: Desk | None = None


@dataclass
class PlannedThing:
    """What the rows of one title say of the thing; `first` is the row it is first said in."""

    title: str
    first: int
    thing: Thing | None = None
    values: dict[str, Any] = field(default_factory=dict)
    parts: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Plan:
    """What a whole table would do."""

    rows: list[PlannedCopy]
    things: dict[str, PlannedThing]
    unknown: tuple[str, ...]


def plan(work: Work, source: Source) -> Plan:
    """Return what each row would do, copies known again by their inventory number. Raises Invalid for a whole table."""
    header = header_of(source.copies, columns.NAMES, ("inventory", "title"))
    readers = columns.readers(work.services.vocabularies)
    listed = _listed_parts(source)
    planner = _Planner(work, listed)
    rows = []
    for row in source.copies.rows:
        planned = PlannedCopy(row.number)
        planned.values = values_of(row, header, readers, planned)
        planned.label = " ".join(str(planned.values.get(name, "")) for name in ("inventory", "title")).strip()
        planner.settle(planned)
        rows.append(planned)
    planner.refuse_parts_of_nothing()
    return Plan(rows, planner.things, header.unknown)


def _listed_parts(source: Source) -> dict[str, list[dict[str, Any]]]:
    """Return the parts of the second sheet by title. Raises Invalid with the row's number."""
    found: dict[str, list[dict[str, Any]]] = {}
    if source.parts is None:
        return found
    header = header_of(source.parts, columns.PART_NAMES, ("title", "part"))
    flags = {"essential": reading.yes, "consumable": reading.yes}
    readers = {"title": reading.one_line, "part": reading.one_line, "expected": reading.whole, **flags}
    for row in source.parts.rows:
        planned = Planned(row.number)
        said = values_of(row, header, readers, planned)
        if planned.problems or not said.get("title") or not said.get("part"):
            why = str(planned.problems[0]) if planned.problems else ""
            raise Invalid(N_("Folha das peças, linha %(row)s: %(why)s"), "file", row=row.number, why=why or "–")
        part = {"name": said["part"], "expected": said.get("expected", 1)}
        part |= {flag: said.get(flag, False) for flag in flags}
        found.setdefault(spelling_key(said["title"]), []).append(part)
    return found


class _Planner:
    """Remembers what earlier rows said of a title or an inventory number."""

    def __init__(self, work: Work, listed: Mapping[str, list[dict[str, Any]]]) -> None:
        self.work, self.listed = work, listed
        self.desks = catalogue.desks(work)
        self.copies = {copy.inventory: copy for copy in work.session.scalars(_with_things())}
        self.known = {spelling_key(thing.item.title): thing for thing in _things(work)}
        self.things: dict[str, PlannedThing] = {}
        self.numbers: dict[str, int] = {}

    def settle(self, planned: PlannedCopy) -> None:
        """Find the copy and the thing that the row means, and what would change."""
        for name, words in (("inventory", N_("Falta o número de inventário.")), ("title", N_("Falta o título."))):
            if not planned.values.get(name):
                planned.refuse(words)
        number = planned.values.get("inventory", "")
        if number in self.numbers:
            planned.refuse(N_("Repete a linha %(row)s."), row=self.numbers[number])
            return
        if number:
            self.numbers[number] = planned.number
        planned.copy = self.copies.get(number)
        self._settle_desk(planned)  # also in a row with other faults: all of them are told at once
        theirs = planned.copy is None or copies.may_keep(self.work, planned.copy)
        if theirs and planned.values.get("title"):
            self._settle_thing(planned)
        self._check_stock(planned)
        if not planned.problems:
            self._compare(planned)

    def _settle_desk(self, planned: PlannedCopy) -> None:
        name = planned.values.get("desk", "")
        copy = planned.copy
        if copy is not None and not copies.may_keep(self.work, copy):
            planned.refuse(N_("O exemplar %(number)s é de um balcão onde não trabalha."), number=copy.inventory)
            return
        same = [desk for desk in self.desks if spelling_key(desk.name) == spelling_key(name)] if name else self.desks
        if copy is not None and not name:
            planned.desk = self.work.session.get(Desk, copy.desk_id)
        elif len(same) == 1 or (same and not name):
            planned.desk = same[0]
        else:
            planned.refuse(N_("Não há nenhum balcão «%(name)s» onde trabalhe."), name=name)

    def _settle_thing(self, planned: PlannedCopy) -> None:
        title, key = planned.values["title"], spelling_key(planned.values["title"])
        if planned.copy is not None and spelling_key(planned.copy.thing.item.title) != key:
            words = N_("O exemplar %(number)s é de «%(title)s». Dê-lhe outro número, ou corrija o título.")
            planned.refuse(words, number=planned.copy.inventory, title=planned.copy.thing.item.title)
            return
        thing = planned.copy.thing if planned.copy else self.known.get(key)
        mine = self.things.setdefault(
            key, PlannedThing(title, planned.number, thing, {}, list(self.listed.get(key, ())))
        )
        for name in columns.OF_THING:
            said = planned.values.get(name)
            if said is not None and mine.values.setdefault(name, said) != said:
                planned.refuse(N_("Não diz o mesmo que a linha %(row)s do mesmo título."), name, row=mine.first)
        mine.parts = mine.parts or list(planned.values.get("parts", ()))

    def _check_stock(self, planned: PlannedCopy) -> None:
        stock = planned.values.get("stock")
        if stock is not None and not 1 <= stock <= copies.MOST_STOCK:
            planned.refuse(N_("Diga quantas unidades há, entre 1 e %(most)s."), most=copies.MOST_STOCK)

    def _compare(self, planned: PlannedCopy) -> None:
        copy = planned.copy
        if copy is None:
            planned.outcome = NEW
            return
        said = {name: planned.values[name] for name in columns.OF_COPY if name in planned.values}
        said |= {"desk_id": planned.desk.id} if planned.desk else {}
        planned.changes = [(n, getattr(copy, n), v) for n, v in said.items() if v != getattr(copy, n)]
        state = planned.values.get("state", copy.state)
        planned.changes += [("state", copy.state, state)] if state != copy.state else []
        planned.changes += _changes_of_thing(copy.thing, self.things[spelling_key(planned.values["title"])], planned)
        planned.outcome = CHANGED if planned.changes else UNCHANGED

    def refuse_parts_of_nothing(self) -> None:
        """Raise Invalid when the sheet of parts names a title that the inventory does not."""
        for key in self.listed:
            if key not in self.things:
                raise Invalid(
                    N_("A folha das peças fala de «%(title)s», que não está no inventário."), "file", title=key
                )


def _changes_of_thing(thing: Thing, said: PlannedThing, planned: Planned) -> list[tuple[str, Any, Any]]:
    """Return what the row changes of a thing that is there; said in its first row only."""
    if said.first != planned.number:
        return []
    changes = []
    for name, value in said.values.items():
        before = thing.item.codes(name) if name in catalogue.CODES else getattr(
            thing.item if name in catalogue.PLAIN else thing, name
        )  # fmt: skip
        if before != value:
            changes.append((name, before, value))
    return changes


def _with_things() -> Select[Copy]:
    return select(Copy).options(joinedload(Copy.thing).joinedload(Thing.item))


def _things(work: Work) -> Sequence[Thing]:
    wanted = select(Thing).join(Item, Item.id == Thing.item_id).where(Item.state.not_in(GONE_STATES))
    found = work.session.scalars(wanted.options(joinedload(Thing.item)).order_by(Thing.item_id.desc()))
    return [thing for thing in found if catalogue.may_manage(work.actor, thing.item.organisation_id)]


def carry_out(work: Work, planned: Plan) -> None:
    """Do what was planned. Raises the first refusal, and then nothing of it is kept."""
    for row in planned.rows:
        if row.problems:
            raise row.problems[0]
    holding.lock(work, [said.thing.item_id for said in planned.things.values() if said.thing])
    for row in planned.rows:
        said = planned.things[spelling_key(row.values["title"])]
        try:
            if said.first == row.number:
                _carry_out_thing(work, said, row)
            _carry_out_copy(work, said, row)
        except DomainError as error:
            raise type(error)(N_("Linha %(row)s: %(what)s"), "file", row=row.number, what=str(error)) from error
    for said in planned.things.values():
        if said.thing and said.thing.item.state == State.DRAFT and not missing(said.thing.item):
            catalogue.show(work, said.thing)


def _carry_out_thing(work: Work, said: PlannedThing, row: PlannedCopy) -> None:
    if said.thing is None:
        organisation_id = row.desk.organisation_id if row.desk else None
        said.thing = catalogue.add_thing(work, said.values | {"title": said.title}, organisation_id)
    else:
        catalogue.change_thing(work, said.thing, said.values)
    wanted = said.parts
    present = parts.of_thing(work, said.thing.item_id)
    if wanted and not present:  # a list that is there is the desk's own: a table does not replace it
        parts.set_parts(work, said.thing, wanted)


def _carry_out_copy(work: Work, said: PlannedThing, row: PlannedCopy) -> None:
    values = {name: row.values[name] for name in columns.OF_COPY if name in row.values}
    if row.desk is not None:
        values["desk_id"] = row.desk.id
    copy = row.copy
    if said.thing is None:
        raise Conflict(N_("A lista mudou entretanto. Volte a abri-la."))
    if copy is None:
        copy = copies.add(work, said.thing, values | {"inventory": row.values["inventory"]})[0]
    else:
        copies.change(work, copy, values)
    _bring_to_state(work, copy, row.values.get("state", copy.state))


def _bring_to_state(work: Work, copy: Copy, state: CopyState) -> None:
    if copy.state == state:
        return
    if copy.state != CopyState.AVAILABLE and (state == CopyState.AVAILABLE or not _leads(copy, state)):
        copies.set_state(work, copy, BACK[copy.state])
    if state != CopyState.AVAILABLE:
        copies.set_state(work, copy, ACTS[state])


def _leads(copy: Copy, state: CopyState) -> bool:
    return copy.state in copies.MOVES[ACTS[state]][0]

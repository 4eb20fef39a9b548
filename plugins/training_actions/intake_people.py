"""The participants' list that comes with a course's files: who is new, and what it tells besides (number, group, names)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from plugins.training_actions import import_people, importing, participants
from plugins.training_actions.import_people import PlannedPerson
from plugins.training_actions.importing import NEW, WRONG
from plugins.training_actions.models import Edition, Participant
from plugins.training_actions.reading import alike
from plugins.training_actions.roster import Person
from repository.api import DomainError, Row, Table, Vocabularies, Work, spelling_key

NUMBER = ("n.º", "nº", "n", "número", "num", "n.º de ordem", "ordem", "#", "no", "number")
TEAM = ("grupo de trabalho", "grupo trabalho", "equipa", "trabalho de grupo", "n.º do grupo", "team")
GROUP = ("grupo", "group", "gr", "g.r.")


@dataclass
class ListPlan:
    """What the list would do: the rows to add, the hints by row, and what is wrong with the others."""

    rows: list[PlannedPerson] = field(default_factory=list)
    hints: dict[int, dict[str, Any]] = field(default_factory=dict)  # by the number of the row
    problems: list[tuple[int, DomainError]] = field(default_factory=list)
    same_as: dict[int, int] = field(default_factory=dict)  # row → earlier row of the same person

    @property
    def new(self) -> list[PlannedPerson]:
        """The rows of people whom the edition does not know."""
        return [row for row in self.rows if row.outcome == NEW]


def read_list(work: Work, edition: Edition, data: bytes, vocabularies: Vocabularies) -> ListPlan:
    """Return what the participants' list says; changes nothing. Raises Invalid for a table that cannot be read."""
    table = importing.read(data, import_people.NAMES)
    number = _column(table, NUMBER)
    team = _column(table, TEAM) or _column(table, GROUP, lambda cells: not _are_codes(cells, vocabularies))
    plan = ListPlan()
    table, spellings = _once_each(_without(table, {number, team} - {""}), plan)
    key = "email" if any(spelling_key(word) in _keys("email") for word in table.header) else "name"
    rows, _ = import_people.plan(work, edition, table, key, vocabularies)
    plan.rows = [row for row in rows if row.outcome != WRONG]
    plan.problems = [(row.number, problem) for row in rows for problem in row.problems]
    whole = {row.number: row for row in importing.read(data, import_people.NAMES).rows}
    for planned in plan.rows:
        cells = whole[planned.number].cells
        plan.hints[planned.number] = {
            "number": _whole_number(cells.get(number, "")),
            "group": cells.get(team, "").strip(),
            "spellings": [*spellings.get(planned.number, ()), planned.label],
        }
    return plan


def _keys(name: str) -> set[str]:
    return {spelling_key(word) for word in (name, *import_people.NAMES[name])}


def _column(table: Table, words: Sequence[str], fits: Any = lambda _cells: True) -> str:
    keys = {spelling_key(word) for word in words} - {""}
    for name in table.header:
        if (spelling_key(name) in keys or name.strip() == "#") and fits(
            [row.cells.get(name, "") for row in table.rows]
        ):
            return name
    return ""


def _are_codes(cells: Sequence[str], vocabularies: Vocabularies) -> bool:
    said = [cell for cell in cells if cell.strip()]
    return bool(said) and all(vocabularies["groups"].find(cell) for cell in said)


def _whole_number(text: str) -> int | None:
    digits = text.strip().rstrip(".ºo")
    return int(digits) if digits.isdecimal() and len(digits) < 5 else None


def _without(table: Table, names: set[str]) -> Table:
    rows = tuple(
        Row(row.number, {name: cell for name, cell in row.cells.items() if name not in names}) for row in table.rows
    )
    return replace(table, header=tuple(name for name in table.header if name not in names), rows=rows)


def _once_each(table: Table, plan: ListPlan) -> tuple[Table, dict[int, list[str]]]:
    """Return the table with each person once: a row with the address of an earlier one and a like name is a spelling."""
    name = next((word for word in table.header if spelling_key(word) in _keys("name")), "")
    email = next((word for word in table.header if spelling_key(word) in _keys("email")), "")
    kept: list[Row] = []
    spellings: dict[int, list[str]] = {}
    for row in table.rows:
        address = row.cells.get(email, "").strip().casefold()
        same = next((o for o in kept if _same_person(o, row, name, email)), None) if address else None
        if same is None:
            kept.append(row)
        else:
            spellings.setdefault(same.number, []).append(row.cells.get(name, ""))
            plan.same_as[row.number] = same.number
    return replace(table, rows=tuple(kept)), spellings


def _same_person(one: Row, other: Row, name: str, email: str) -> bool:
    address, again = one.cells.get(email, "").strip().casefold(), other.cells.get(email, "").strip().casefold()
    return address == again and alike(one.cells.get(name, ""), other.cells.get(name, ""))


def apply(work: Work, edition: Edition, plan: ListPlan) -> dict[str, dict[str, Any]]:
    """Add those whom the edition does not know, change and remove nobody, and return the hints by participant's id."""
    added = [row for row in plan.rows if row.participant is None]
    import_people.carry_out(work, edition, added)
    return {
        str(row.participant.id): plan.hints[row.number]
        for row in plan.rows
        if row.participant is not None and row.number in plan.hints
    }


def people_of(edition: Edition, hints: Mapping[str, Mapping[str, Any]]) -> list[Person]:
    """Return everybody of an edition for matching: those who left too, or their files would go to a namesake."""
    return [_person(who, hints.get(str(who.id), {})) for who in edition.participants]


def planned_people(edition: Edition, plan: ListPlan) -> list[Person]:
    """Return who would be in the edition with the list applied; the new ones have negative ids, by row."""
    by_id = {row.participant.id: plan.hints.get(row.number, {}) for row in plan.rows if row.participant is not None}
    known = [_person(who, by_id.get(who.id, {})) for who in edition.participants]
    fresh = []
    for row in plan.new:
        hint = plan.hints.get(row.number, {})
        said = Person(-row.number, row.label, row.values.get("email", ""), school=row.values.get("school", ""))
        fresh.append(_hinted(said, hint))
    return known + fresh


def _person(who: Participant, hint: Mapping[str, Any]) -> Person:
    person = Person(who.id, who.name, who.email, school=who.school, trainer=who.role == "trainer")
    return _hinted(person, hint)


def _hinted(person: Person, hint: Mapping[str, Any]) -> Person:
    spellings = tuple(name for name in hint.get("spellings", ()) if name and name != person.name)
    return replace(person, number=hint.get("number"), group=hint.get("group", ""), spellings=spellings)


def gone(edition: Edition) -> set[int]:
    """Return the ids of those who left the edition."""
    return {who.id for who in edition.participants} - {who.id for who in participants.present_people(edition)}

"""Actions and editions from a table: what each row would do is planned first; then all of it is done, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from plugins.training_actions import actions, changes, participants, reading
from plugins.training_actions.importing import CHANGED, NEW, UNCHANGED, Columns, Planned, Reader, columns, values_of
from plugins.training_actions.models import Action, Edition
from plugins.training_actions.reading import Person, name_key, one_line
from plugins.training_actions.table_undo import Done
from repository.api import N_, DomainError, Row, Table, Vocabularies, Work, spelling_key

NAMES: dict[str, tuple[str, ...]] = {
    "reference": ("Ref.", "referência", "código", "código da ação", "código interno", "ref.ª", "reference"),
    "title": ("Título", "ação", "ação de formação", "designação", "nome da ação", "denominação", "título da ação",
              "designação da ação", "title"),
    "accreditation": ("Registo de acreditação", "registo", "n.º de registo", "número de registo", "acreditação",
                      "n.º de acreditação", "registo CCPFC", "CCPFC", "n.º registo acreditação", "accreditation"),
    "modality": ("Modalidade", "modality"),
    "hours": ("Duração", "horas", "n.º de horas", "n.º horas", "carga horária", "total de horas", "hours"),
    "contact": ("Horas presenciais", "presenciais", "h presenciais", "horas síncronas", "contacto"),
    "own_work": ("Trabalho autónomo", "horas de trabalho autónomo", "h trabalho autónomo", "autónomo"),
    "starts_on": ("Início", "data de início", "data início", "data inicial", "começo", "start"),
    "ends_on": ("Fim", "data de fim", "data fim", "data final", "conclusão", "termo", "data de conclusão", "end"),
    "closes_at": ("Fecho da recolha", "entregas até", "entrega até", "data limite", "prazo de entrega", "prazo",
                  "data limite de entrega", "closes"),
    "regime": ("Regime", "regime de frequência", "regime de formação"),
    "place": ("Local", "locais", "local de realização", "local de formação", "place"),
    "trainers": ("Formador(es)", "formador", "formadores", "formadora", "formador/a", "formadores/as", "nome do formador",
                 "trainers"),
    "groups": ("Destinatários", "grupos", "grupos de recrutamento", "grupo de recrutamento", "público-alvo", "GR",
               "groups"),
    "levels": ("Níveis", "nível", "nível de ensino", "níveis de ensino", "ciclo", "ciclos", "levels"),
    "disciplines": ("Disciplinas", "disciplina", "área disciplinar", "disciplines"),
    "area": ("Área de formação", "área", "area"),
    "aims": ("Objetivos", "objetivos a atingir", "efeitos a produzir", "aims"),
    "contents": ("Conteúdos", "conteúdos da ação", "contents"),
    "name": ("Turma", "edição", "nome da turma", "turma/edição", "edition"),
    "school_year": ("Ano letivo", "ano escolar", "school year"),
}  # fmt: skip
WEAK = {"reference": ("n.º", "nº", "número", "id"), "title": ("nome", "curso", "tema", "formação")}
KEYS = {"reference": ("reference",), "accreditation": ("accreditation",), "title": ("title", "starts_on")}
OF_EDITION = ("reference", "name", "school_year", "starts_on", "ends_on", "place", "closes_at")
EXAMPLE = {
    "reference": "VM-OF-07", "title": "Matemática com as mãos", "accreditation": "CCPFC/ACC-128450/26",
    "modality": "Oficina de formação", "hours": "25h + 25h", "starts_on": "14/09/2026", "ends_on": "14/11/2026",
    "closes_at": "30/11/2026", "regime": "presencial", "place": "Biblioteca", "trainers": "Nome Apelido <nome@escola.pt>",
    "groups": "110", "levels": "1.º ciclo", "disciplines": "Matemática", "area": "b", "aims": "", "contents": "",
    "name": "turma 1", "school_year": "2026/2027",
}  # fmt: skip


@dataclass
class PlannedAction:
    """An action that rows speak of: the one there is, or a new one, with all that they say of it."""

    action: Action | None
    values: dict[str, Any]
    first: int


@dataclass
class PlannedEdition(Planned):
    """What one row would do to an action and an edition; `has_edition` is False for a row about the action alone."""

    of: PlannedAction | None = None
    edition: Edition | None = None
    values: dict[str, Any] = field(default_factory=dict)
    trainers: list[Person] = field(default_factory=list)
    has_edition: bool = True
    said: dict[str, Any] = field(default_factory=dict)  # all that the row says, and rows that are one with it


def readers(vocabularies: Vocabularies) -> dict[str, Reader]:
    """Return how each column is read."""
    return {
        "reference": one_line,
        "title": one_line,
        "accreditation": reading.accreditation,
        "modality": reading.code(vocabularies["modalities"]),
        "hours": reading.hours,
        "contact": reading.quarters,
        "own_work": reading.quarters,
        "starts_on": reading.day,
        "ends_on": reading.day,
        "closes_at": reading.closing,
        "regime": reading.regime,
        "place": one_line,
        "trainers": reading.people,
        "groups": lambda text: reading.groups_in(vocabularies["groups"], text),
        "levels": reading.codes(vocabularies["levels"]),
        "disciplines": reading.codes(vocabularies["disciplines"]),
        "area": reading.area,
        "aims": str.strip,
        "contents": str.strip,
        "name": one_line,
        "school_year": reading.school_year,
    }


def plan(work: Work, table: Table, key: str, vocabularies: Vocabularies) -> tuple[list[PlannedEdition], Columns]:
    """Return what each row would do, editions known again by `key` (see KEYS). Raises Invalid for the table as a whole."""
    known = columns(table, NAMES, WEAK, KEYS[key])
    covered = work.actor.powers.get(actions.MANAGE, frozenset())
    query = select(Action).where(Action.removed_at.is_(None))
    query = query.options(selectinload(Action.editions).selectinload(Edition.participants))
    mine = [row for row in work.session.scalars(query) if work.actor.system or (row.organisation_id or 0) in covered]
    planner = _Planner(mine, key, readers(vocabularies), known)
    rows = [planner.read(row) for row in table.rows]
    for row in rows:  # when what several rows say of one edition is known
        planner.settle(row)
    return rows, known


class _Planner:
    """Remembers what earlier rows of the table said, so that one action or edition is planned once."""

    def __init__(self, mine: Sequence[Action], key: str, readers: Mapping[str, Reader], known: Columns) -> None:
        self.actions = [PlannedAction(row, {}, 0) for row in mine]
        self.editions = [e for row in mine for e in row.editions if not e.removed_at]
        self.key, self.readers, self.known = key, readers, known
        self.seen: dict[tuple[Any, ...], PlannedEdition] = {}

    def read(self, row: Row) -> PlannedEdition:
        planned = PlannedEdition(row.number)
        planned.said = said = values_of(row, self.known, self.readers, planned)
        _hours(said)
        planned.label = said.get("title") or said.get("reference") or said.get("accreditation") or ""
        if not planned.problems and all(name in said for name in KEYS[self.key]):
            first = self.seen.setdefault(self._identity(said), planned)
            if first is not planned:
                planned.repeat(first.number, first.said, said, self.known.found)
        return planned

    def settle(self, planned: PlannedEdition) -> None:
        if planned.same_as:
            return
        said = dict(planned.said)
        planned.trainers = said.pop("trainers", [])
        planned.values = {name: said[name] for name in OF_EDITION if name in said}
        planned.has_edition = bool(set(planned.values) - {"school_year"} or planned.trainers)
        if not planned.problems:
            self._find(planned, said)
        if not planned.problems:
            self._settle(planned, {name: said[name] for name in actions.ACTION_FIELDS if name in said})

    def _find(self, planned: PlannedEdition, said: Mapping[str, Any]) -> None:
        """Find the edition that the row means, and refuse a row whose key is empty or doubtful."""
        lacking = next((name for name in KEYS[self.key] if name not in said), None)
        if lacking and (planned.has_edition or lacking != "starts_on"):
            planned.refuse(N_("Falta o valor: é por ele que se reconhece a turma."), self.known.found[lacking])
            return
        found = self._candidates(said) if planned.has_edition else []
        if len(found) > 1:
            planned.refuse(N_("Há mais de uma turma assim. Escolha outra forma de as reconhecer."))
        elif found:
            planned.edition = found[0]

    def _identity(self, said: Mapping[str, Any]) -> tuple[Any, ...]:
        when, name = said.get("starts_on"), spelling_key(said.get("name", ""))
        if self.key == "reference":
            year = said.get("school_year") or (reading.school_year_of(when) if when else None)
            return (reading.reference_key(said["reference"]), year)
        return (spelling_key(said[self.key]), when, name)

    def _candidates(self, said: Mapping[str, Any]) -> list[Edition]:
        if self.key == "reference":
            found = [e for e in self.editions if actions.same_reference(e, said["reference"])]
            year = self._identity(said)[1]
            same = [e for e in found if not year or not e.school_year or e.school_year == year]
            return same
        found = [e for e in self.editions if spelling_key(getattr(e.action, self.key)) == spelling_key(said[self.key])]
        found = [e for e in found if "starts_on" not in said or e.starts_on in (None, said["starts_on"])]
        exact = [e for e in found if e.starts_on == said.get("starts_on")] or found
        named = [e for e in exact if not said.get("name") or spelling_key(e.name) == spelling_key(said["name"])]
        return named if said.get("name") and any(e.name for e in exact) else exact

    def _settle(self, planned: PlannedEdition, of_action: dict[str, Any]) -> None:
        planned.of = self._action(planned, of_action)
        if planned.of is None:
            return
        for name, value in of_action.items():
            before = planned.of.values.setdefault(name, value)
            if before != value:
                planned.refuse(
                    N_("A linha %(row)s diz outra coisa da mesma ação."),
                    self.known.found.get(name),
                    row=planned.of.first,
                )
                return
        self._compare(planned, of_action)

    def _action(self, planned: PlannedEdition, said: Mapping[str, Any]) -> PlannedAction | None:
        if planned.edition is not None:
            found = next(each for each in self.actions if each.action is planned.edition.action)
        else:
            alike = [each for each in self.actions if _same_action(each, said)]
            if not alike and not said.get("title"):
                planned.refuse(N_("A ação é nova: falta o título."), self.known.found.get("title"))
                return None
            if len(alike) > 1:
                planned.refuse(N_("Há mais de uma ação assim. Junte o registo de acreditação."))
                return None
            found = alike[0] if alike else PlannedAction(None, {}, planned.number)
            if not alike:
                self.actions.append(found)
        found.first = found.first or planned.number
        return found

    def _compare(self, planned: PlannedEdition, of_action: dict[str, Any]) -> None:
        """Say what the row changes; what a row would make anew is not told field by field."""
        assert planned.of is not None
        action, edition = planned.of.action, planned.edition
        if action is not None:
            differing = changes.differing(action, of_action, actions.ACTION_FIELDS)
            planned.changes += [(name, getattr(action, name), value) for name, value in differing.items()]
        if edition is not None:
            if actions.same_reference(edition, planned.values.get("reference", "")):
                planned.values.pop("reference")  # as it is written there, zeros and all
            differing = changes.differing(edition, planned.values, actions.EDITION_FIELDS)
            planned.changes += [(name, getattr(edition, name), value) for name, value in differing.items()]
            planned.trainers = [who for who in planned.trainers if not _is_there(edition, who)]
            planned.changes += [("trainers", "", who.name) for who in planned.trainers]
        made = (planned.has_edition and edition is None) or action is None
        fresh = made and (planned.has_edition or planned.of.first == planned.number)
        planned.outcome = NEW if fresh else CHANGED if planned.changes else UNCHANGED


def _hours(said: dict[str, Any]) -> None:
    contact, own = said.pop("hours", (None, None))
    for name, value in (
        ("contact_quarters", said.pop("contact", contact)),
        ("own_work_quarters", said.pop("own_work", own)),
    ):
        if value is not None:
            said[name] = value


def _same_action(each: PlannedAction, said: Mapping[str, Any]) -> bool:
    """Return whether a row speaks of this action: the same accreditation, or the same title and no other number."""

    def of(name: str) -> str:
        return spelling_key(str(each.values.get(name) or (getattr(each.action, name) if each.action else "")))

    number, title = spelling_key(said.get("accreditation", "")), spelling_key(said.get("title", ""))
    if number and of("accreditation"):
        return number == of("accreditation")
    return bool(title) and title == of("title")


def _is_there(edition: Edition, who: Person) -> bool:
    return any(
        (who.email and who.email.casefold() == present.email.casefold() and reading.alike(who.name, present.name))
        or (name_key(who.name) == name_key(present.name) and not (who.email and present.email))
        for present in participants.present_people(edition, "trainer")
    )


def carry_out(work: Work, planned: Sequence[PlannedEdition], organisation_id: int | None = None) -> Done:
    """Do what was planned and return it. Raises the first refusal, and then nothing of it is kept."""
    done = Done()
    for row in planned:
        if row.same_as:
            continue
        if row.of is None or row.problems:
            raise row.problems[0] if row.problems else DomainError(N_("Nada mudou."))
        try:
            _apply(work, row, organisation_id, done)
        except DomainError as error:
            raise type(error)(N_("Linha %(row)s: %(what)s"), "file", row=row.number, what=str(error)) from error
    return done


def _apply(work: Work, row: PlannedEdition, organisation_id: int | None, done: Done) -> None:
    assert row.of is not None
    if row.of.action is None:
        row.of.action = actions.add_action(work, row.of.values, organisation_id)
        done.added.append(row.of.action)
    else:
        if row.of.action not in done.added:
            done.will_change(row.of.action, row.of.values)
        actions.change_action(work, row.of.action, row.of.values)
    if not row.has_edition:
        return
    if row.edition is None:
        row.edition = actions.add_edition(work, row.of.action, row.values)
        done.added.append(row.edition)
    elif row.values:
        done.will_change(row.edition, row.values)
        actions.change_edition(work, row.edition, row.values)
    for who in row.trainers:
        done.added.append(
            participants.add_participant(work, row.edition, {"role": "trainer", "name": who.name, "email": who.email})
        )
    if row.trainers:
        work.session.flush()
        participants.link_accounts(work, row.edition)

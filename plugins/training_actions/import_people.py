"""The people of an edition from a table: nobody is merged with another without being told, and nobody is removed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plugins.training_actions import changes, participants, reading
from plugins.training_actions.importing import CHANGED, NEW, UNCHANGED, Columns, Planned, Reader, columns, values_of
from plugins.training_actions.models import Edition, Participant
from plugins.training_actions.reading import alike, name_key, one_line
from plugins.training_actions.table_undo import Done
from repository.api import N_, DomainError, Invalid, Row, Table, Vocabularies, Work, spelling_key

NAMES: dict[str, tuple[str, ...]] = {
    "name": ("Nome", "nome do formando", "nome formando", "formando", "formando/a", "nome completo", "docente",
             "nome do docente", "participante", "formandos", "name"),
    "email": ("E-mail", "correio", "correio eletrónico", "endereço de correio", "endereço eletrónico", "mail",
              "e-mail institucional", "endereço de e-mail", "email do formando"),
    "school": ("Escola", "agrupamento", "AE", "escola/agrupamento", "agrupamento/escola", "agrupamento de escolas",
               "instituição", "estabelecimento", "estabelecimento de ensino", "escola onde leciona", "school"),
    "group_code": ("Grupo", "GR", "G.R.", "grupo de recrutamento", "grupo disciplinar", "código do grupo", "group"),
    "role": ("Função", "papel", "perfil", "role"),
}  # fmt: skip
WEAK: dict[str, tuple[str, ...]] = {}
KEYS = {"email": ("name", "email"), "name": ("name",)}
EXAMPLE = {
    "name": "Nome Apelido",
    "email": "nome@escola.pt",
    "school": "AE da Várzea",
    "group_code": "110",
    "role": "formando",
}
ROLE_WORDS = {
    "participant": ("formando", "formanda", "formando/a", "participante", "professor", "docente", "participant"),
    "trainer": ("formador", "formadora", "formador/a", "trainer"),
}


@dataclass
class PlannedPerson(Planned):
    """What one row would do: add somebody, or change what is known of `participant`."""

    participant: Participant | None = None
    values: dict[str, Any] = field(default_factory=dict)


def readers(vocabularies: Vocabularies) -> dict[str, Reader]:
    """Return how each column is read."""
    return {
        "name": one_line,
        "email": reading.address,
        "school": one_line,
        "group_code": reading.code(vocabularies["groups"]),
        "role": _role,
    }


def _role(text: str) -> str:
    found = next((role for role, words in ROLE_WORDS.items() if spelling_key(text) in map(spelling_key, words)), None)
    if found is None:
        raise Invalid(N_("«%(text)s» não é formando nem formador."), text=text)
    return found


def plan(
    work: Work, edition: Edition, table: Table, key: str, vocabularies: Vocabularies
) -> tuple[list[PlannedPerson], Columns]:
    """Return what each row would do, people known again by `key`: email or name. Raises Invalid for the whole table."""
    known = columns(table, NAMES, WEAK, KEYS[key])
    planner = _Planner(edition, key, readers(vocabularies), known)
    rows = [planner.read(row) for row in table.rows]
    for row in rows:  # those who are surely there first, so that nobody else takes their place
        planner.find_exact(row)
    for row in rows:
        planner.settle(row)
    return rows, known


class _Planner:
    """Remembers who is taken by a row, and what earlier rows said."""

    def __init__(self, edition: Edition, key: str, readers: Mapping[str, Reader], known: Columns) -> None:
        self.key, self.readers, self.known = key, readers, known
        self.present = participants.present_people(edition)
        self.taken: dict[int, int] = {}  # participant's id → row
        self.said: dict[tuple[str, str, str], PlannedPerson] = {}

    def read(self, row: Row) -> PlannedPerson:
        planned = PlannedPerson(row.number)
        planned.values = values_of(row, self.known, self.readers, planned)
        planned.label = planned.values.get("name", "")
        if not planned.label and not planned.problems:
            planned.refuse(N_("Falta o nome."), self.known.found["name"])
        if not planned.problems:
            self._check_repeated(planned)
        return planned

    def _check_repeated(self, planned: PlannedPerson) -> None:
        email = planned.values.get("email", "").casefold()
        identity = (name_key(planned.label), email, planned.values.get("role", "participant"))
        if identity in self.said:
            first = self.said[identity]
            spelled = {"name": first.label} | ({"email": first.values["email"]} if email else {})
            planned.repeat(first.number, first.values, planned.values | spelled, self.known.found)
            return
        for (name, other, _), row in self.said.items():
            if name == identity[0] and not (email and other):
                words = N_("Tem o nome da linha %(row)s. Junte o endereço de correio a ambas, ou retire uma.")
                planned.refuse(words, row=row.number)
                return
        self.said[identity] = planned

    def find_exact(self, planned: PlannedPerson) -> None:
        """Take the person with both the row's name and its address."""
        if planned.problems or planned.same_as:
            return
        email = planned.values.get("email", "").casefold()
        same = [
            who
            for who in self._free(planned)
            if name_key(who.name) == name_key(planned.label) and who.email.casefold() == email
        ]
        if same:
            self._take(planned, same[0])

    def settle(self, planned: PlannedPerson) -> None:
        """Find who else the row may mean, by the key; a doubt is a problem or a note, never a guess."""
        if planned.problems or planned.same_as:
            return
        if planned.participant is None:
            (self._by_email if self.key == "email" and planned.values.get("email") else self._by_name)(planned)
        if not planned.problems:
            self._compare(planned)

    def _by_email(self, planned: PlannedPerson) -> None:
        email = planned.values["email"].casefold()
        found = [who for who in self._free(planned) if who.email.casefold() == email]
        same = [who for who in found if alike(who.name, planned.label)]
        if len(same) == 1:
            self._take(planned, same[0])
        elif found:
            words = N_(
                "O endereço já é de «%(name)s». Se for outra pessoa, junte-a na página da turma; se for a mesma, "
                "corrija o nome."
            )
            planned.refuse(words, self.known.found["email"], name=found[0].name)
        else:
            nameless = [w for w in self._free(planned) if name_key(w.name) == name_key(planned.label) and not w.email]
            if len(nameless) == 1:
                self._take(planned, nameless[0])

    def _by_name(self, planned: PlannedPerson) -> None:
        found = [who for who in self._free(planned) if name_key(who.name) == name_key(planned.label)]
        if len(found) > 1:
            planned.refuse(N_("Há mais de uma pessoa com este nome na turma. Escolha o correio para as reconhecer."))
        elif found:
            self._take(planned, found[0])

    def _free(self, planned: PlannedPerson) -> list[Participant]:
        role = planned.values.get("role")
        return [who for who in self.present if who.id not in self.taken and (role is None or who.role == role)]

    def _take(self, planned: PlannedPerson, who: Participant) -> None:
        planned.participant = who
        self.taken[who.id] = planned.number

    def _compare(self, planned: PlannedPerson) -> None:
        who = planned.participant
        if who is None:
            planned.outcome = NEW
            self._note_doubts(planned)
            return
        if who.email.casefold() == planned.values.get("email", "").casefold():
            planned.values.pop("email", None)
        differing = changes.differing(who, planned.values, participants.PARTICIPANT_FIELDS)
        planned.changes = [(name, getattr(who, name), value) for name, value in differing.items()]
        planned.outcome = CHANGED if planned.changes else UNCHANGED

    def _note_doubts(self, planned: PlannedPerson) -> None:
        email = planned.values.get("email", "").casefold()
        for who in self.present:
            if alike(who.name, planned.label):
                planned.note(
                    N_("Parece-se com «%(name)s», que já está na turma: entra como outra pessoa."), name=who.name
                )
                return
            if email and who.email.casefold() == email:
                planned.note(N_("Tem o mesmo endereço que «%(name)s»."), name=who.name)
                return


def carry_out(work: Work, edition: Edition, planned: Sequence[PlannedPerson]) -> Done:
    """Do what was planned and return it. Raises the first refusal, and then nothing of it is kept."""
    done = Done()
    for row in planned:
        if row.problems:
            raise row.problems[0]
        if row.same_as:
            continue
        try:
            if row.participant is None:
                row.participant = participants.add_participant(work, edition, row.values)
                done.added.append(row.participant)
            else:
                done.will_change(row.participant, row.values)
                participants.change_participant(work, row.participant, row.values)
        except DomainError as error:
            raise type(error)(N_("Linha %(row)s: %(what)s"), "file", row=row.number, what=str(error)) from error
    work.session.flush()
    participants.link_accounts(work, edition)
    return done

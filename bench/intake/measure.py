"""How well and how fast whole courses are taken in: several seeds, each in an instance of its own, and each twice."""

import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from sqlalchemy import func, select

from bench.instance import begin
from bench.intake.generator import Course, write
from plugins.training_actions import intake
from plugins.training_actions.intake_files import Sent
from plugins.training_actions.models import Action, Author, Edition, IntakeEntry, Participant
from repository import jobs
from repository.models import Organisation
from repository.work import SYSTEM, Actor, Services, open_look, open_work

SEEDS = (1, 2, 3)
# What a person clicks, from the page of sign-in to everything handed in; typing and the system's file dialogs beside.
STEPS = (
    "Entrar",
    "Ações (menu)",
    "a turma, na lista",
    "Escolher um ZIP ou ficheiros",
    "Juntar uma pasta, ou a lista de formandos",
    "Lista de formandos",
    "Enviar e ligar",
    "Juntar e continuar (25 pessoas novas)",
    "Ligar os marcados (tabuleiro)",
    "Entregar o que está pronto",
)


@dataclass
class Figures:
    """What came of all seeds together; `seconds` is the slowest."""

    files: int = 0
    right: int = 0
    wrong: int = 0
    seconds: float = 0.0
    added_again: int = 0


def measure(folder: Path) -> Figures:
    """Take the courses of all seeds in, twice each."""
    told = Figures()
    for seed in SEEDS:
        course = write(folder / f"course{seed}", seed)
        services, actor = begin(folder / f"instance{seed}", ["materials", "training_actions"])
        edition_id = make_edition(services)
        started = time.perf_counter()
        number = take_in(services, actor, edition_id, folder / f"course{seed}")
        told.seconds = max(told.seconds, time.perf_counter() - started)
        compare(services, number, course, told)
        before = _entries(services)
        take_in(services, actor, edition_id, folder / f"course{seed}")
        told.added_again += _entries(services) - before
        services.close()
    return told


def make_edition(services: Services) -> int:
    """Make an action with one empty edition."""
    with open_work(services, SYSTEM) as work:
        centre = work.session.scalars(select(Organisation.id)).first()
        action = Action(title="Medição", organisation_id=centre, created_at=work.now, updated_at=work.now)
        edition = Edition(action=action, licence="CC-BY-SA-4.0", created_at=work.now, updated_at=work.now)
        work.session.add(edition)
        work.session.flush()
        return edition.id


def take_in(services: Services, actor: Actor, edition_id: int, folder: Path) -> int:
    """Hand a course over as the page does, and run its job to the end; return the intake's number."""
    with (folder / "turma.zip").open("rb") as archive:
        sent = [Sent("turma.zip", BytesIO(archive.read()))]
        upload = intake.receive(services, actor, edition_id, sent, (folder / "formandos.csv").read_bytes())
    number = intake.begin(services, actor, edition_id, upload, sure=True)
    kinds = {name: kind for name, kind in jobs.job_kinds(services.hook).items() if name == intake.JOB}
    while jobs.run_next(services, kinds):
        pass
    return number


def compare(services: Services, number: int, course: Course, told: Figures) -> None:
    """Count the files whose authors are exactly those who made them, and those with anybody else."""
    with open_look(services, SYSTEM) as work:
        query = (
            select(IntakeEntry.path, Participant.name)
            .join(Author, Author.item_id == IntakeEntry.item_id)
            .join(Participant, Participant.id == Author.participant_id)
            .where(IntakeEntry.intake_id == number)
        )
        found: dict[str, set[str]] = {}
        for path, name in work.session.execute(query):
            found.setdefault(path, set()).add(name)
    told.files += len(course.authors)
    for path, names in course.authors.items():
        told.right += found.get(path) == set(names)
        told.wrong += bool(found.get(path, set()) - set(names))


def _entries(services: Services) -> int:
    with open_look(services, SYSTEM) as work:
        taken = IntakeEntry.state.in_(("matched", "unmatched"))
        return work.session.scalar(select(func.count()).select_from(IntakeEntry).where(taken)) or 0

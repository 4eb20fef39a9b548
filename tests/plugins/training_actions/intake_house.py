"""A house with one edition of a course, and a short way to hand files over to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from plugins.training_actions import intake
from plugins.training_actions.intake_files import Sent
from plugins.training_actions.models import Action, Author, Contribution, Edition, Intake, IntakeEntry, Participant
from repository.models import Item, Organisation
from repository.work import SYSTEM, Actor, Services, open_look, open_work

LICENCE = "CC-BY-SA-4.0"


@dataclass(frozen=True)
class Course:
    """An edition in a house, and the staff who look after it."""

    services: Services
    edition_id: int
    staff: Actor

    def person(self, name: str, **known: Any) -> int:
        """Add somebody to the edition and return their number."""
        with open_work(self.services, SYSTEM) as work:
            who = Participant(edition_id=self.edition_id, name=name, created_at=work.now, **known)
            work.session.add(who)
            work.session.flush()
            return who.id

    def send(self, files: dict[str, bytes], table: bytes = b"", *, sure: bool = True, zipped: bytes = b"") -> int:
        """Hand files over (or one archive) and return the intake's number; the job waits."""
        sent = [Sent("turma.zip", BytesIO(zipped))] if zipped else [Sent(n, BytesIO(d)) for n, d in files.items()]
        upload = intake.receive(self.services, self.staff, self.edition_id, sent, table)
        return intake.begin(self.services, self.staff, self.edition_id, upload, sure=sure)

    def intake(self, intake_id: int) -> Intake:
        """Return the intake with its entries."""
        with open_look(self.services, SYSTEM) as work:
            query = select(Intake).where(Intake.id == intake_id).options(selectinload(Intake.entries))
            return work.session.scalars(query).one()

    def entries(self, intake_id: int) -> dict[str, IntakeEntry]:
        """Return the entries by path."""
        return {entry.path: entry for entry in self.intake(intake_id).entries}

    def states(self, intake_id: int) -> dict[str, str]:
        """Return what became of each path."""
        return {path: entry.state for path, entry in self.entries(intake_id).items()}

    def authors(self, intake_id: int) -> dict[str, tuple[str, ...]]:
        """Return the names of the authors of each path that has a draft."""
        with open_look(self.services, SYSTEM) as work:
            query = (
                select(IntakeEntry.path, Participant.name)
                .join(Author, Author.item_id == IntakeEntry.item_id, isouter=True)
                .join(Participant, Participant.id == Author.participant_id, isouter=True)
                .where(IntakeEntry.intake_id == intake_id, IntakeEntry.item_id.is_not(None))
                .order_by(IntakeEntry.path, Author.position)
            )
            found: dict[str, tuple[str, ...]] = {}
            for path, name in work.session.execute(query):
                found[path] = (*found.get(path, ()), *((name,) if name else ()))
            return found

    def items(self) -> list[Item]:
        """Return every item that came out of the edition."""
        with open_look(self.services, SYSTEM) as work:
            query = select(Item).join(Contribution, Contribution.item_id == Item.id).order_by(Item.id)
            loaded = (selectinload(Item.all_files), selectinload(Item.terms), selectinload(Item.credits))
            return list(work.session.scalars(query.options(*loaded)))


def make_course(
    services: Services, centre: Organisation, staff: Actor, names: Sequence[str] = (), **said: Any
) -> Course:
    """Return a course with these people."""
    with open_work(services, SYSTEM) as work:
        known = {"title": "Matemática com as mãos", "levels": ["1ceb"], "groups": ["110"], "disciplines": []}
        action = Action(**known, organisation_id=centre.id, created_at=work.now, updated_at=work.now)
        edition = Edition(
            action=action, name="Turma 1", created_at=work.now, updated_at=work.now, **({"licence": LICENCE} | said)
        )
        work.session.add_all((action, edition))
        work.session.flush()
        edition_id = edition.id
    course = Course(services, edition_id, staff)
    for name in names:
        course.person(name)
    return course

"""A training action of which every page has something to show: people, what they brought, an intake, a question."""

import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

from plugins.moderation import questions
from plugins.training_actions import actions, contributions, intake, links, participants, receipts
from plugins.training_actions.intake_files import Sent
from plugins.training_actions.models import Contribution, Edition, Participant
from repository import attachments, items
from repository.models import Item, Organisation
from repository.work import Services, now, open_work

PEOPLE = (("Emily Stone", "emily@example.invalid"), ("Harry Field", "harry@example.invalid"))


def busy_course(
    services: Services, work_as: Callable[..., Any], centre: Organisation, run_jobs: Callable[[], int]
) -> dict[str, tuple[Any, ...]]:
    """Fill a course and return what each part of an address of the training actions and the moderation may be."""
    with work_as() as work:
        said = {"title": "Maths with your hands", "modality": "OF", "levels": ["1ceb"], "groups": ["110"]}
        action = actions.add_action(work, said, centre.id)
        about = {"reference": "TEST-OF-01", "name": "class 1", "closes_at": now() + timedelta(days=6)}
        edition = actions.add_edition(work, action, about)
        people = [participants.add_participant(work, edition, {"name": n, "email": e}) for n, e in PEOPLE]
        for person in people:
            person.locale = "en"
        tokens = [links.token_of(services, person) for person in people]
    accepted = _bring(services, tokens[0], people[0].id, "Halves and quarters")
    waiting = _bring(services, tokens[1], people[1].id, "Measuring the yard")
    with work_as() as work:
        items.publish(work, work.session.get_one(Item, accepted))
        questions.ask(work, waiting, "Whose is the photograph?")
        answer = questions.token_of(services, questions.of_item(work, waiting)[0])
    draft = _bring(services, tokens[0], people[0].id, "Not ready yet", hand_in=False)
    intake_id = _intake(services, work_as, edition.id)
    run_jobs()
    with work_as() as work:
        code = receipts.shown(work.session.get_one(Contribution, accepted).receipt_code)
    return {
        "action_id": (action.id,),
        "edition_id": (edition.id,),
        "participant_id": tuple(person.id for person in people),
        "intake_id": (intake_id,),
        "tab": ("materials", "people", "history"),
        "what": ("actions", "participants"),
        "kind": ("csv",),
        "code": (code, "PQ7-4MKD-21"),
        "key": (f"edition:{edition.id}", "none"),
        "item_id": (accepted, waiting, draft),
        "token": (tokens[0], answer),
    }


def _bring(services: Services, token: str, participant_id: int, title: str, *, hand_in: bool = True) -> int:
    holder = links.actor_of(services, token)
    assert holder is not None
    blob = services.blobs.receive(BytesIO(f"Pupils fold paper: {title}.".encode()), limit=None)
    with open_work(services, holder) as work:
        person = work.session.get_one(Participant, participant_id)
        draft = contributions.begin(work, person)
        said = {"title": title, "summary": "Pupils fold paper and compare.", "licence": "CC-BY-4.0", "language": "en"}
        items.describe(work, draft, said | {"level": ["1ceb"]})
        attachments.attach(work, draft, blob, "guide.txt")
        if hand_in:
            items.submit(work, draft)
        return draft.id


def _intake(services: Services, work_as: Callable[..., Any], edition_id: int) -> int:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Emily Stone/plan.txt", "A plan for the lesson on halves.")
        archive.writestr("something.txt", "Nobody knows whose this is.")
        archive.writestr("empty.txt", "")
    with work_as() as work:
        edition = work.session.get_one(Edition, edition_id)
        actor = work.actor
    packed.seek(0)
    upload = intake.receive(services, actor, edition.id, [Sent("course.zip", packed)])
    return intake.begin(services, actor, edition.id, upload, sure=True)

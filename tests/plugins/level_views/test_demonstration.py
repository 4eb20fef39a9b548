"""The demonstration has shelves and a board, and loading it again adds nothing."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from plugins.level_views.demonstration import load
from plugins.level_views.models import Adoption, Challenge, ChallengeAnswer, SameProblem, Thanks, TriedNote
from repository.hookspecs import Demonstration
from repository.models import Item, Organisation, User
from repository.work import Services


class Told:
    """A person of the demonstration, as far as the plugin looks."""

    def __init__(self, email: str, group: str | None) -> None:
        self.email, self.group = email, group


def counts(work: Any) -> list[int]:
    tables = (Adoption, Challenge, ChallengeAnswer, SameProblem, TriedNote, Thanks)
    return [work.session.scalar(select(func.count()).select_from(table)) for table in tables]


def test_groups_adopt_and_difficulties_are_told_once(
    services: Services,
    make_person: Callable[..., User],
    make_item: Callable[..., Item],
    work_as: Callable[..., Any],
    centre: Any,
) -> None:
    with work_as() as work:
        school = Organisation(kind="school", name="EB da Ponte", parent_id=centre.id)
        work.session.add(school)
    people = [make_person(name, organisation=school) for name in ("Rosa", "Lino")]
    with work_as() as work:
        for person in people:
            work.session.get_one(User, person.id).group_code = "110"
    make_item(people[0], "Frações a dobrar papel", group=["110"])
    told = {person.name: Told(person.email or "", "110") for person in people}
    demonstration = Demonstration(actions={}, people=told, items={}, keep_files=lambda *_: ())  # type: ignore[arg-type]
    for _ in range(2):
        load.load(services, demonstration)
        with work_as() as work:
            assert counts(work) == [1, 4, 1, 4, 1, 1]

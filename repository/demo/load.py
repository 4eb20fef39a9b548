"""Loads the demonstration centre through the ordinary rules: organisations, accounts and materials, each once."""

import secrets
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select, update

from repository import accounts, attachments, chosen, items, organisations
from repository.demo.centre import DemoCentre, DemoPerson, demo_centre
from repository.demo.make_files import make_file
from repository.demo.material import DemoFile, DemoMaterial, demo_materials, files_of
from repository.errors import Conflict
from repository.files.blobs import PREFIX, Blob
from repository.hookspecs import Demonstration
from repository.models import File, Item, Job, JobState, Organisation, State, User
from repository.permissions import actor_of
from repository.work import SYSTEM, Services, Work, now, open_look, open_work

ACCOUNTS = "demonstration.txt"
VERIFIED = "verified_teacher"


def load(services: Services, password: str = "", told: Callable[[str], None] = lambda _title: None) -> list[str]:
    """Load what is not there yet, tell the title of each material as it comes in, and return the accounts in words.

    All accounts share `password`, or the one chosen at the first load, which lies in the instance for its owner.
    """
    centre = demo_centre()
    lines = _kept_accounts(services.instance / ACCOUNTS, centre, password)
    _load_centre(services, centre, lines[-1].partition(": ")[2])
    loaded = _loaded(services)
    for material in _sources_first(demo_materials()):
        if material.slug not in loaded:
            loaded[material.slug] = _load_material(services, material, loaded)
        told(material.title)
    services.hook.load_demonstration(services=services, demonstration=_demonstration(services, centre, loaded))
    _let_jobs_begin_now(services)
    return lines


def _let_jobs_begin_now(services: Services) -> None:
    """What is said to have happened weeks ago left its jobs today: nobody is late with them."""
    with open_work(services, SYSTEM) as work:
        late = (Job.state == JobState.QUEUED, Job.run_after < work.now)
        work.session.execute(update(Job).where(*late).values(run_after=work.now))


def _demonstration(services: Services, centre: DemoCentre, loaded: Mapping[str, int]) -> Demonstration:
    """Return what plugins are given to add to."""
    items_of: dict[str, list[int]] = {action.key: [] for action in centre.actions}
    for material in demo_materials():
        if material.action and material.slug in loaded:
            items_of[material.action].append(loaded[material.slug])
    return Demonstration(
        actions={action.key: action for action in centre.actions},
        people={person.key: person for person in centre.people},
        items=items_of,
        keep_files=lambda said, authors: _keep_files(services, files_of(said, authors, services.vocabularies)),
    )


def _kept_accounts(path: Path, centre: DemoCentre, password: str) -> list[str]:
    """Return the lines that tell the accounts; written before there are any, so that no password is ever lost."""
    if not path.exists():
        password = password or "-".join(secrets.token_hex(2) for _ in range(3))
        featured = [f"  {person.email}  ({person.told})" for person in centre.people if person.featured]
        path.touch(mode=0o600)
        path.write_text("\n".join(["Demonstration accounts:", *featured, f"Password of all: {password}"]), "utf-8")
    return path.read_text("utf-8").splitlines()


def _load_centre(services: Services, centre: DemoCentre, password: str) -> None:
    with open_work(services, SYSTEM) as work:
        places: dict[str, Organisation] = {}
        for each in centre.organisations:
            found = work.session.scalar(select(Organisation).filter_by(kind=each.kind, name=each.name))
            places[each.key] = found or organisations.add(
                work,
                each.kind,
                each.name,
                short_name=each.short_name,
                # A council is a place on the map, and belongs to no centre.
                parent_id=places[each.parent].id if each.parent and each.kind != "council" else None,
                council_id=places[each.council].id if each.council else None,
            )
        for person in centre.people:
            _add_person(work, person, places[person.organisation], password)
        values = {"demonstration": True, "centre_name": centre.organisations[0].short_name}
        for name, value in values.items():
            with suppress(Conflict):  # the file or the environment says otherwise
                chosen.choose(work, services.settings, services.vocabularies, name, value)
    for name, value in values.items():
        if services.settings.may_be_chosen(name):
            services.settings.change(name, value)


def _add_person(work: Work, person: DemoPerson, place: Organisation, password: str) -> None:
    user = accounts.find_user(work, person.email)
    if user is None:
        user = accounts.create_user(work, person.email, person.name, password)
        user.demonstration, user.group_code = True, person.group or ""
        accounts.grant(work, user, "teacher" if person.role == VERIFIED else person.role, place)
        if person.role == VERIFIED:
            accounts.verify(work, user, True)


def _loaded(services: Services) -> dict[str, int]:
    """Return the materials that are there, by slug."""
    titles = {material.title: material.slug for material in demo_materials()}
    mine = select(Item.title, Item.id).join(User, Item.owner_id == User.id)
    with services.sessions.reading() as session:
        rows = session.execute(mine.where(User.demonstration, Item.state != State.DISCARDED)).all()
    return {titles[title]: item_id for title, item_id in rows if title in titles}


def _sources_first(materials: Iterable[DemoMaterial]) -> list[DemoMaterial]:
    """Return the materials so that each comes after the one it adapts."""
    by_slug = {material.slug: material for material in materials}
    ordered: dict[str, DemoMaterial] = {}

    def put(material: DemoMaterial) -> None:
        if material.slug not in ordered:
            if material.adapts:
                put(by_slug[material.adapts])
            ordered[material.slug] = material

    for material in by_slug.values():
        put(material)
    return list(ordered.values())


def _load_material(services: Services, material: DemoMaterial, loaded: dict[str, int]) -> int:
    kept = _keep_files(services, material.files)
    with open_look(services, SYSTEM) as work:
        people = [accounts.find_user(work, address) for address in material.authors]
        authors = [person for person in people if person is not None]
        actor = actor_of(work.session, services.hook, authors[0], now().date())
    with open_work(services, actor) as work:
        item = items.create_draft(work)
        items.describe(work, item, _said(material))
        items.set_credits(work, item, [(person.name, person.id) for person in authors])
        for spec, (name, blob) in zip(material.files, kept, strict=True):
            file: File = attachments.attach(work, item, blob, name, priority=60)
            if spec.restricted:
                attachments.restrict(work, file, "verified")
        work.hook.item_imported(work=work, item=item, values=_more(material, loaded))
        items.submit(replace(work, actor=SYSTEM), item)  # the centre has decided on its own catalogue long ago
        return item.id


def _keep_files(services: Services, specs: Iterable[DemoFile]) -> list[tuple[str, Blob]]:
    with tempfile.TemporaryDirectory(dir=services.blobs.partial, prefix=PREFIX) as folder:
        kept = []
        for spec in specs:
            with make_file(spec, Path(folder)).open("rb") as stream:
                kept.append((spec.name, services.blobs.receive(stream, limit=None)))
    return kept


def _said(material: DemoMaterial) -> dict[str, object]:
    return {
        "title": material.title,
        "summary": material.summary,
        "language": material.language,
        "type": material.type,
        "licence": material.licence,
        "keywords": list(material.keywords),
        "level": list(material.levels),
        "year": list(material.years),
        "group": list(material.groups),
        "discipline": list(material.disciplines),
    }


def _more(material: DemoMaterial, loaded: dict[str, int]) -> dict[str, str]:
    """Return what only plugins keep, in the words of a table."""
    said = {
        "minutes": str(material.minutes or ""),
        "grouping": material.grouping or "",
        "needs": "|".join(material.materials_needed),
        "challenge": material.challenge,
        "adapts": str(loaded[material.adapts]) if material.adapts else "",
    }
    return {name: value for name, value in said.items() if value}

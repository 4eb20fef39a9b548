"""Measures the checks: what they find of what was planted, what they say of what is well, and how long they take."""

import random
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from bench.instance import begin
from bench.moderation.planting import Made, Sower, docx
from plugins.moderation import prints
from plugins.moderation.models import Print
from repository import attachments, items, jobs
from repository.demo import load as demonstration
from repository.models import FileState, Item, State
from repository.registry import collect
from repository.work import SYSTEM, Actor, Services, Work, open_look, open_work

MATERIALS = 200
PRINTS = 20_000


@dataclass(frozen=True)
class Figures:
    """`found` and `alarms` are shares from 0 to 1; times in seconds; `missed` and `wrong` say which ones, in words."""

    planted: int
    found: float
    sound: int
    alarms: float
    missed: tuple[str, ...]
    wrong: tuple[str, ...]
    ten_pages_s: float
    nearest_s: float


def measure(folder: Path) -> Figures:
    """Fill an instance with the demonstration and made materials, check all of them, and count."""
    services, actor = begin(folder, ["materials", "moderation"])
    demonstration.load(services, "uma frase para medir")
    sower = Sower()
    sound, known = _sow(services, actor, sower)
    found = {item_id: _warnings(services, item_id) for item_id in sound}
    planted = {_hand_in(services, actor, made): made.fault for made in sower.faulty(known)}
    _run_jobs(services)
    found |= {item_id: _warnings(services, item_id) for item_id in planted}
    missed = [f"{code}: {_title(services, i)}" for i, code in planted.items() if not found[i]]
    wrong = [f"{', '.join(sorted(found[i]))}: {_title(services, i)}" for i in sound if found[i]]
    ten_pages, nearest = _times(services, actor)
    services.close()
    return Figures(
        len(planted),
        1 - len(missed) / len(planted),
        len(sound),
        len(wrong) / len(sound),
        tuple(missed),
        tuple(wrong),
        ten_pages,
        nearest,
    )


def _sow(services: Services, actor: Actor, sower: Sower) -> tuple[list[int], list[Made]]:
    """Return the ids of the materials with nothing wrong, and those of them that were made here."""
    with services.sessions.reading() as session:
        sound = [item.id for item in session.query(Item).filter_by(state=State.PUBLISHED, language="pt-PT")]
    known = [sower.clean() for _ in range(MATERIALS - 40 - len(sound))]
    sound += [_hand_in(services, actor, made) for made in known]
    _run_jobs(services)
    return sound, known


def _hand_in(services: Services, actor: Actor, made: Made) -> int:
    blobs = [(name, services.blobs.receive(BytesIO(content), limit=None)) for name, content in made.files.items()]
    with open_work(services, actor) as work:
        item = items.create_draft(work)
        said = {name: getattr(made, name) for name in ("title", "summary", "licence", "language")}
        items.describe(work, item, said | {"level": [made.level]})
        for name, blob in blobs:
            attachments.attach(work, item, blob, name)
        item.state = State.SUBMITTED  # also what lacks a licence: an older house may have taken it
        return item.id


def _run_jobs(services: Services) -> None:
    kinds = jobs.job_kinds(services.hook)
    while jobs.run_next(services, kinds):
        pass


def _warnings(services: Services, item_id: int) -> set[str]:
    """Return the codes of the checks that warn of the item."""
    with open_work(services, SYSTEM) as work:
        item = work.session.get_one(Item, item_id)
        prints.write(services, work, item)
        checks = collect(services.hook.register_checks)
        found = {check.code for check in checks for said in check.run(services, work, item) if said.weight != "note"}
    return found


def _title(services: Services, item_id: int) -> str:
    with open_look(services, SYSTEM) as work:
        return work.session.get_one(Item, item_id).title


def _times(services: Services, actor: Actor) -> tuple[float, float]:
    """Return the seconds for all checks of one material of ten pages, and for its nearest text among 20,000 prints."""
    sower = Sower(5)
    text = [sentence for _ in range(10) for sentence in sower.chance.sample(sower.sentences, 30)]
    item_id = _hand_in(services, actor, Made("Um guia de dez páginas", {"guia.docx": docx(text)}))
    _run_jobs(services)
    _fill_prints(services, item_id)
    started = time.perf_counter()
    _warnings(services, item_id)
    ten_pages = time.perf_counter() - started
    with open_look(services, SYSTEM) as work:
        item = work.session.get_one(Item, item_id)
        value = prints.simhash(prints.runs_of(" ".join(text)))
        return ten_pages, min(_seconds_of_nearest(work, item, value) for _ in range(3))


def _seconds_of_nearest(work: Work, item: Item, value: int) -> float:
    started = time.perf_counter()
    prints.nearest(work, item, "text", value, prints.NEAR_TEXT)
    return time.perf_counter() - started


def _fill_prints(services: Services, item_id: int) -> None:
    """Put prints of files that are elsewhere beside those that are there, up to 20,000."""
    chance = random.Random(3)
    with services.sessions.writing() as session:
        item = session.get_one(Item, item_id)
        for n in range(PRINTS):
            file = type(item.all_files[0])(
                item_id=item_id,
                name=f"{n}.txt",
                size=1,
                sha256=f"{n:064}",
                state=FileState.READY,
                created_at=item.created_at,
                removed_at=item.created_at,
                position=n + 1,
            )
            session.add(file)
            if n % 2000 == 0:
                session.flush()
        session.flush()
        session.add_all(
            Print(file_id=file.id, kind="text", item_id=1, value=chance.getrandbits(64) - (1 << 63))
            for file in session.query(type(file)).filter(type(file).removed_at.is_not(None))
        )

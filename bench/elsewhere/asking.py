"""Import the documents as an operator would, ask the page of results and other engines, and print what that is worth."""

import csv
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select

from bench.elsewhere.making import TABLE, make
from bench.instance import EMAIL, begin, command
from bench.relevance.corpus import Material
from bench.relevance.engines import Engine, others
from bench.relevance.judging import DEPTH, FIRST, Judged, grades_of, questions
from bench.relevance.table import show
from repository import indexing
from repository.app import create_app
from repository.house import build_services
from repository.models import Item, Organisation
from repository.work import SYSTEM, Services, open_look

REPORT = "report.csv"
FOLDER = "documents"
Answers = Mapping[str, list[tuple[Judged, list[int]]]]
_ITEM = re.compile(r'href="/items/(\d+)')


class Page:
    """The page of results of the program, as anybody gets it who is not signed in."""

    name = "Partilha"

    def __init__(self, services: Services) -> None:
        """Open the application on the instance."""
        self._browser = create_app(services=services).test_client()

    def ask(self, question: str) -> list[int]:
        """The ids of the first ten, in the order of the page."""
        page = self._browser.get(f"/search?{urlencode({'q': question})}").get_data(as_text=True)
        return [int(found) for found in dict.fromkeys(_ITEM.findall(page))][:DEPTH]


def measure(debs: Path, work: Path, *, list_unjudged: bool = False) -> None:
    """Make, import and ask, all in the folder `work`; what is imported there already is only asked."""
    instance = work / "instance"
    if not (work / REPORT).exists():
        make(debs, work / FOLDER)
        begin(instance)[0].sessions.engine.dispose()
        table, report = str(work / TABLE), str(work / REPORT)
        command(
            instance, "import", str(work / FOLDER), "--csv", table, "--owner", EMAIL, "--publish", "--report", report
        )
    services = build_services(instance)
    held = _held(services, work / REPORT)
    engines: list[Engine] = [Page(services), *others(held)]
    first = questions(_read("judged"), held)
    answers = {engine.name: [(one, engine.ask(one.question)) for one in first] for engine in engines}
    if list_unjudged:
        _list_unjudged(answers, first, held)
        return
    for called, asked in (("first judgements", first), ("after pooling", _pooled(first, held))):
        print(f"{len(asked)} questions ({called}) over {len(held)} documents: nDCG@{DEPTH} and success@{FIRST}\n")
        show(engines, {name: _with(asked, found) for name, found in answers.items()})


def _held(services: Services, report: Path) -> list[Material]:
    """What the index has of each document, by the name that it has in the folder."""
    with report.open(encoding="utf-8-sig", newline="") as file:
        names = {int(row["item_id"]): row["file"].rpartition(".")[0] for row in csv.DictReader(file, delimiter=";")}
    with open_look(services, SYSTEM) as work:
        parents = dict(work.session.execute(select(Organisation.id, Organisation.parent_id)).all())
        items = work.session.scalars(select(Item).where(Item.id.in_(names)).order_by(Item.id))
        return [Material(names[item.id], indexing.document_of(work, item, parents)) for item in items]


def _pooled(first: Sequence[Judged], held: Sequence[Material]) -> list[Judged]:
    """The questions with the grades that were added for what some engine had among its first five."""
    added = {}
    for line in _read("pooled").splitlines():
        if line and not line.startswith("#"):
            question, told = (part.strip() for part in line.split("|"))
            added[question] = grades_of(told, question, held)
    return [Judged(one.kind, one.question, added.get(one.question, {}) | dict(one.grades)) for one in first]


def _with(asked: Sequence[Judged], found: Sequence[tuple[Judged, list[int]]]) -> list[tuple[Judged, list[int]]]:
    return [(one, ids) for one, (_, ids) in zip(asked, found, strict=True)]


def _list_unjudged(answers: Answers, first: Sequence[Judged], held: Sequence[Material]) -> None:
    """Print what is among the first five of any engine and has no grade yet, in the order of the folder, so that whoever
    judges does not see which engine found it."""
    known = {one.question: one.grades for one in _pooled(first, held)}
    for place, one in enumerate(first):
        seen = {identifier for found in answers.values() for identifier in found[place][1][:FIRST]}
        for material in held:
            if material.document.id in seen - set(known[one.question]):
                print(f"{one.question} | {material.slug} | {material.document.title}")


def _read(name: str) -> str:
    return (resources.files(__package__) / f"{name}.txt").read_text("utf-8")

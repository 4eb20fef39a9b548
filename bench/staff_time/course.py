"""A whole course in a real browser, from its table to the catalogue, with the hands of staff counted."""

import re
import shutil
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright
from sqlalchemy import func, select

from bench.first_page import CHROMIUM
from bench.instance import EMAIL, PASSWORD, begin, serving
from bench.intake.generator import Course, write
from bench.moderation.planting import FAULTS, Sower
from bench.staff_time.keystrokes import Hands, seconds
from plugins.moderation.models import Review
from repository.models import Item, State
from repository.work import Services

SEED = 1
FAULTY = 12  # of 60: as many as in the set of planted faults
PLANTED = ("publisher", "class_list", "pupil_name", "contact")
ACTION = (
    "Ref.;Título;Modalidade;Duração;Início;Fim;Entregas até;Destinatários;Níveis;Disciplinas;Turma;Ano letivo\r\n"
    "VM-OF-07;Matemática com as mãos;Oficina de formação;25h + 25h;14/09/2026;14/11/2099;30/11/2099;110, 230, 300, 500, 510;"
    "1.º ciclo, 2.º ciclo, 3.º ciclo, secundário;Matemática;turma 1;2026/2027\r\n"
)
PATIENCE_S = 300


@dataclass(frozen=True)
class Figures:
    """The operators of each part of the work, how many materials were published by it, and the keys of each exception."""

    counted: dict[str, Counter[str]]
    published: int
    handed_in: int
    exceptions: tuple[int, ...]

    @property
    def seconds(self) -> float:
        return sum(map(seconds, self.counted.values()))


def measure(folder: Path) -> Figures:
    """Take one course of 60 files and 25 people from its tables to the catalogue."""
    course = _write(folder / "course")
    services, _ = begin(folder / "instance")
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser")
    with serving(folder / "instance") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(CHROMIUM))
        page = browser.new_page(base_url=server.url, viewport={"width": 1280, "height": 900}, locale="pt-PT")
        _sign_in(page)
        hands = Hands(page)
        _import(hands, folder / "course")
        _take_in(hands, folder / "course")
        _give(hands, course)
        handed_in = _hand_in(hands)
        _wait_for_checks(services, handed_in)
        _approve(hands)
        exceptions = tuple(_treat(hands))
        browser.close()
    published = _count(services, State.PUBLISHED)
    services.close()
    return Figures(hands.counted, published, handed_in, exceptions)


def _write(folder: Path) -> Course:
    """Write the plan, the list and the ZIP of a course; every fifth file has something that the checks stop at."""
    course = write(folder, SEED)
    (folder / "plano.csv").write_bytes(ACTION.encode("windows-1252"))
    sower = Sower()
    faulty = [maker(sower, sower.clean(), []) for code in PLANTED for maker in FAULTS[code]]
    files = [next(iter(made.files.items())) for made in faulty]
    # Files that only their first page gives to somebody keep it.
    places = [path for number, path in enumerate(course.authors) if number % 10 not in (1, 3)]
    for name, content in files[:FAULTY]:
        place = next(path for path in places if path.endswith(Path(name).suffix))
        places.remove(place)
        course.files[place] = content
    (folder / "turma.zip").write_bytes(course.archive())
    return course


def _sign_in(page: Page) -> None:
    page.goto("/login")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def _menu(hands: Hands, name: str) -> None:
    hands.click(hands.page.get_by_role("navigation", name="Principal", exact=True).get_by_role("link", name=name))


def _button(hands: Hands, name: str) -> Locator:
    return hands.page.get_by_role("button", name=name)


def _import(hands: Hands, folder: Path) -> None:
    """The action and its edition, from the table of the centre's plan."""
    with hands.part("import of the action"):
        _menu(hands, "Ações")
        hands.click(hands.page.get_by_role("link", name="Importar tabela"))
        hands.choose_files(hands.page.get_by_label("Ficheiro XLSX ou CSV"), folder / "plano.csv")
        hands.click(_button(hands, "Ler a tabela"))
        hands.think()  # is that what was meant?
        hands.click(_button(hands, "Importar tudo"))


def _take_in(hands: Hands, folder: Path) -> None:
    """The ZIP of everybody's files, and the list of people."""
    with hands.part("files and people"):
        hands.choose_files(hands.page.get_by_text("Escolher um ZIP ou ficheiros"), folder / "turma.zip")
        hands.click(hands.page.get_by_text("Juntar uma pasta, ou a lista de formandos"))
        hands.choose_files(hands.page.get_by_label("Lista de formandos"), folder / "formandos.csv")
        hands.click(_button(hands, "Enviar e ligar"))
        hands.think()  # are those the people?
        hands.click(_button(hands, "Juntar e continuar"))
        hands.page.get_by_role("heading", name="Ligados, por pessoa").wait_for(timeout=PATIENCE_S * 1000)


def _give(hands: Hands, course: Course) -> None:
    """What is in doubt, each to those who made it: a look at each guess, and a click where it is not the right one."""
    with hands.part("giving what is in doubt"):
        rows = hands.page.locator(".tray li")
        for number in range(rows.count()):
            row = rows.nth(number)
            wanted = ", ".join(sorted(course.authors[row.locator("b").inner_text()]))
            labels = {", ".join(sorted(_names(each))): each for each in row.locator("fieldset > label").all()}
            hands.think()
            if wanted not in labels:
                # Nothing tells staff either: they look into the file, and choose from everybody.
                hands.click(row.locator("a"), of_itself=True)
                hands.think()
                hands.page.go_back()
                hands.choose(row.locator("select"), wanted)
            elif not labels[wanted].locator("input").is_checked():
                hands.click(labels[wanted], of_itself=True)
        if rows.count():
            hands.click(_button(hands, "Ligar os marcados"))


def _names(label: Locator) -> list[str]:
    return label.locator("span").first.inner_text().split(", ")


def _hand_in(hands: Hands) -> int:
    with hands.part("handing in"):
        hands.click(_button(hands, "Entregar o que está pronto"))
        told = hands.page.get_by_text(re.compile(r"\d+ materia(l|is) entregues?\.")).inner_text()
    return int(re.search(r"\d+", told)[0])  # type: ignore[index]


def _wait_for_checks(services: Services, count: int) -> None:
    before = time.monotonic()
    while time.monotonic() - before < PATIENCE_S:
        with services.sessions.reading() as session:
            checked = session.scalar(select(func.count()).where(Review.checked_at.is_not(None)))
        if checked == count:
            return
        time.sleep(0.2)
    raise RuntimeError(f"{checked} of {count} materials were checked")


def _approve(hands: Hands) -> None:
    """The whole course in two steps, with a look at each title before the second."""
    with hands.part("approving the course"):
        _menu(hands, "Moderação")
        hands.page.wait_for_url("**/moderation")
        hands.press("t")
        hands.page.wait_for_url("**/moderation/collections/*")
        hands.page.locator("[autofocus]:focus").wait_for()
        hands.think(hands.page.locator("section[aria-labelledby=h-aprovar] li").count())
        hands.press("Enter")
        hands.page.wait_for_url("**/moderation")


def _treat(hands: Hands) -> list[int]:
    """What was left with a warning: a look at it and at the page, and the decision; every other one goes back."""
    pressed: list[int] = []
    with hands.part("exceptions"):
        heading = hands.page.locator("#h-fila")
        while found := re.match(r"(\d+) por decidir", heading.inner_text()):
            hands.think(2)
            before = hands.counted["exceptions"]["K"]
            hands.press(*(("a",) if len(pressed) % 2 else ("d", "1", "Enter")))
            heading.get_by_text(f"{int(found[1]) - 1} por decidir").wait_for()
            pressed.append(hands.counted["exceptions"]["K"] - before)
            if found[1] == "1":
                break
    return pressed


def _count(services: Services, state: State) -> int:
    with services.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(Item).where(Item.state == state)) or 0

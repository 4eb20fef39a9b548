"""A personal link on a phone: three files, from the mail's address to the receipt, with what is tapped and typed counted."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from plugins.training_actions import actions, links, participants
from plugins.training_actions.models import Edition, Participant
from repository.models import Item, Organisation, State
from repository.work import SYSTEM, Services, now, open_look, open_work
from tests.journeys.widths import WIDE, fits

FIRST_LINES = ("Frações com barras: da metade ao todo", "Ficha 1", "Notas da aula")
MOST_TAPS, MOST_FIELDS = 6, 2
COUNTING = """
window.tapped = 0;
window.typed = new Set();
addEventListener("click", (event) => { if (event.isTrusted) window.tapped += 1; }, true);
addEventListener("input", ({ isTrusted, target }) => {
  if (isTrusted && target.type !== "file") window.typed.add(target.name);
}, true);
"""


@pytest.fixture
def plugins() -> list[str]:
    """The plugins that these journeys need, and no others."""
    return ["materials", "training_actions"]


@pytest.fixture
def path(services: Services, centre: Organisation) -> str:
    """The path of a participant's page, as her mail gives it."""
    with open_work(services, SYSTEM) as work:
        action = actions.add_action(work, {"title": "Matemática com as mãos", "levels": ["1ceb"]}, centre.id)
        said = {"name": "turma 1", "closes_at": now() + timedelta(days=14)}
        edition = actions.add_edition(work, action, said)
        work.session.flush()
        actions.set_deliverables(work, edition, [{"title": "Sequência com fichas"}, {"title": "Relato da turma"}])
        known = {"name": "Joana Teles", "email": "joana@escola.invalid", "group_code": "110"}
        who = participants.add_participant(work, edition, known)
        participants.add_participant(work, edition, {"name": "Rita Alves"})
    with open_look(services, SYSTEM) as work:
        return f"/u/{links.token_of(services, work.session.get_one(Participant, who.id))}"


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    """Three files as a teacher has them."""
    folder = tmp_path / "telemovel"
    folder.mkdir()
    texts = {
        "fracoes_guiao_FINAL2.txt": "Frações com barras: da metade ao todo\n\n" + "Cada grupo recebe dez barras. " * 40,
        "fichas alunos.txt": "Ficha 1\n\n" + "Pinta metade da barra. " * 30,
        "notas.txt": "Notas da aula\n\n" + "Correu bem com pares. " * 20,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


@pytest.mark.browser
def test_three_files_from_a_phone_take_two_fields_and_six_taps_at_most(
    services: Services, open_page: Callable[..., Any], path: str, three: list[Path]
) -> None:
    page = open_page(390, locale="pt-PT", has_touch=True, is_mobile=True)
    page.add_init_script(COUNTING)
    page.goto(path)
    assert page.locator("h1").inner_text().startswith("Olá, Joana.")
    with page.expect_file_chooser() as choosing:
        page.get_by_text("Escolher ficheiros").tap()
    choosing.value.set_files(three)
    page.wait_for_url("**/items/*")
    expect(page.locator("[data-rows] > li")).to_have_count(3)
    title = page.get_by_label("Título")
    title.wait_for()
    expect(page.locator("#f-title")).not_to_have_value("")
    assert title.input_value() in FIRST_LINES, "read in the file that came first, so that nothing need be typed"
    page.get_by_text("Sequência com fichas", exact=True).tap()
    page.get_by_role("button", name="Entregar", exact=True).tap()
    page.get_by_role("heading", name="Obrigado, Joana. Está entregue.").wait_for()
    page.go_back()
    # The first page became the second without being left, so that both are counted; the last tap left it.
    taps, fields = page.evaluate("() => [window.tapped, window.typed.size]")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert taps + 1 <= MOST_TAPS
    assert fields <= MOST_FIELDS
    with services.sessions.reading() as session:
        item = session.query(Item).one()
        assert item.state == State.PUBLISHED
        assert [file.name for file in item.files] == [file.name for file in three]


@pytest.mark.browser
def test_an_upload_that_broke_off_goes_on_where_it_stopped(
    services: Services, open_page: Callable[..., Any], path: str, tmp_path: Path
) -> None:
    large = tmp_path / "filme.txt"
    large.write_bytes(b"uma linha de texto\n" * 1_000_000)
    page = open_page(390, locale="pt-PT")
    page.goto(path)
    sent: list[int] = []

    def break_once(route: Any) -> None:
        sent.append(int(route.request.headers.get("upload-offset", "0")))
        if len(sent) == 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(
        "**/uploads/*", lambda route: break_once(route) if route.request.method == "PATCH" else route.continue_()
    )
    page.set_input_files("input[type=file]", large)
    expect(page.locator("[data-rows] > li")).to_have_count(1)
    assert sent[0] == 0
    assert 0 < sent[2] == sent[1], "what had arrived was not sent again"


@pytest.mark.browser
def test_a_closing_date_that_passes_during_an_upload_loses_nothing(
    services: Services, open_page: Callable[..., Any], path: str, three: list[Path]
) -> None:
    page = open_page(390, locale="pt-PT")
    page.goto(path)
    closed: list[bool] = []

    def close_first(route: Any) -> None:
        if route.request.method == "PATCH" and not closed:
            closed.append(True)
            with open_work(services, SYSTEM) as work:
                work.session.query(Item).one().created_at = now() - timedelta(minutes=10)
                work.session.query(Edition).one().closes_at = now() - timedelta(minutes=1)
        route.continue_()

    page.route("**/uploads/*", close_first)
    page.set_input_files("input[type=file]", three)
    expect(page.locator("[data-rows] > li")).to_have_count(3)
    expect(page.locator("#f-title")).not_to_have_value("")
    page.get_by_text("Relato da turma", exact=True).click()
    page.get_by_role("button", name="Entregar", exact=True).click()
    page.get_by_role("heading", name="Obrigado, Joana. Está entregue.").wait_for()


@pytest.mark.browser
def test_the_link_works_without_scripts_and_as_well_at_a_desk(
    open_page: Callable[..., Any], path: str, three: list[Path]
) -> None:
    page = open_page(WIDE, locale="pt-PT", java_script_enabled=False)
    page.goto(path)
    fits(page)
    page.set_input_files("input[type=file]", three)
    page.get_by_role("button", name="Enviar e continuar").click()
    page.get_by_label("Título").fill("Frações com barras")
    fits(page)
    page.get_by_role("button", name="Entregar", exact=True).click()
    page.get_by_role("heading", name="Obrigado, Joana. Está entregue.").wait_for()
    fits(page)

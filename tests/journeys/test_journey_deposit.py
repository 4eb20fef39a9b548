"""A teacher drops two files, sees what was read in them, hands in, and finds the material."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from repository.models import User

pytestmark = pytest.mark.browser
FIRST = "# Frações com barras\n\nA turma compara barras e só depois escreve a fração.\n"


@pytest.fixture
def plugins() -> list[str]:
    """The materials alone: what is handed in is published at once."""
    return ["materials"]


@pytest.fixture
def papers(tmp_path: Path) -> list[str]:
    (tmp_path / "guiao.md").write_text(FIRST, "utf-8")
    (tmp_path / "respostas.txt").write_text("As respostas esperadas da ficha", "utf-8")
    return [str(tmp_path / name) for name in ("guiao.md", "respostas.txt")]


def test_two_files_become_a_material_that_is_found(
    open_page: Callable[..., Any], sign_in_page: Callable[[Any, User], None], ana: User, papers: list[str]
) -> None:
    page = open_page()
    sign_in_page(page, ana)
    page.goto("/deposit")
    page.set_input_files("[data-begin] input[type=file]", papers)
    page.wait_for_url("**/deposit/*")
    page.locator("[data-rows] > li").nth(1).wait_for()
    page.locator("[data-rows] > li:first-child .name").get_by_text("guiao.md").wait_for()
    page.locator("#f-title-h").get_by_text("Lido").wait_for()
    expect(page.locator("#f-title")).to_have_value("Frações com barras")
    page.check("#f-assessment")
    page.locator("[data-file]").nth(1).get_by_label("só para docentes").check()
    page.locator("[name=year][value='3']").check()
    page.locator("[data-saved]").get_by_text("Guardado às").wait_for()
    page.get_by_role("button", name="Entregar", exact=True).click()
    page.wait_for_url("**/thanks")
    page.get_by_role("link", name="Ver a página do material").click()
    page.get_by_role("heading", name="Frações com barras", level=1).wait_for()
    expect(page.get_by_text("só docentes confirmados")).to_have_count(1)


def test_a_guessed_level_is_ticked_no_more_as_soon_as_a_year_of_another_is(
    open_page: Callable[..., Any],
    sign_in_page: Callable[[Any, User], None],
    ana: User,
    papers: list[str],
    work_as: Callable[..., Any],
) -> None:
    with work_as() as work:
        work.session.get_one(User, ana.id).group_code = "110"
    page = open_page(locale="pt-PT")
    sign_in_page(page, ana)
    page.goto("/deposit")
    page.set_input_files("[data-begin] input[type=file]", papers)
    page.wait_for_url("**/deposit/*")
    first, third = (page.locator(f"[name=level][value='{code}']") for code in ("1ceb", "3ceb"))
    expect(first).to_be_checked()
    page.locator("[name=year][value='7']").check()
    expect(third).to_be_checked()
    expect(first).not_to_be_checked()
    expect(page.locator("#f-level-h")).to_have_text("Do ano que escolheu. Corrija se for preciso.")


def test_without_scripts_two_files_are_sent_described_put_in_order_and_found_on_a_telephone(
    open_page: Callable[..., Any], sign_in_page: Callable[[Any, User], None], ana: User, papers: list[str]
) -> None:
    page = open_page(width=390, locale="pt-PT", java_script_enabled=False)
    sign_in_page(page, ana)
    page.goto("/deposit")
    page.set_input_files("main input[type=file]", papers[::-1])
    page.get_by_role("button", name="Enviar e continuar").click()
    page.locator("#f-title").fill("Frações com barras de papel")
    page.get_by_text("Ordem, nome, retirar guiao.md").click()
    page.get_by_role("button", name="Subir").last.click()
    expect(page.locator("[data-rows] .name")).to_have_text(["guiao.md", "respostas.txt"])
    page.check("#f-assessment")
    page.locator("[data-file]").nth(1).get_by_label("só para docentes").check()
    page.fill("[name=summary]", "A turma compara barras.")
    page.locator("[name=year][value='3']").check()
    page.get_by_role("button", name="Entregar", exact=True).click()
    page.get_by_role("link", name="Ver a página do material").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Frações com barras de papel")
    expect(page.get_by_text("só docentes confirmados")).to_have_count(1)
    expect(page.get_by_text("A turma compara barras.", exact=True).first).to_be_visible()


def test_what_is_proposed_follows_the_order_of_the_files_and_the_keyboard_stays_with_the_file(
    open_page: Callable[..., Any], sign_in_page: Callable[[Any, User], None], ana: User, papers: list[str]
) -> None:
    page = open_page()
    sign_in_page(page, ana)
    page.goto("/deposit")
    page.set_input_files("[data-begin] input[type=file]", papers[1:])
    expect(page.locator("#f-title")).to_have_value("As respostas esperadas da ficha")
    page.set_input_files("[data-drop] input[type=file]", papers[:1])
    page.locator("[data-rows] > li:nth-child(2) .name").get_by_text("guiao.md").wait_for()
    page.locator("[data-rows] > li:nth-child(2) summary").click()
    page.locator("[data-rows] > li:nth-child(2) button[value^='up:']").press("Enter")
    expect(page.locator("#f-title")).to_have_value("Frações com barras")
    moved = page.locator("[data-rows] > li:nth-child(1) summary")
    expect(moved).to_be_focused()  # the list was drawn anew, and there is nowhere further up
    page.locator("[data-rows] > li:nth-child(1) button[value^='down:']").press("Escape")
    expect(moved).to_be_focused()
    expect(page.locator("[data-rows] details[open]")).to_have_count(0)


def test_what_is_typed_survives_a_closed_page(
    open_page: Callable[..., Any], sign_in_page: Callable[[Any, User], None], ana: User, papers: list[str]
) -> None:
    page = open_page(width=390)
    sign_in_page(page, ana)
    page.goto("/deposit")
    page.set_input_files("[data-begin] input[type=file]", papers[1:])
    page.locator("[data-rows] > li").wait_for()
    with page.expect_response(lambda answer: "O meu" in (answer.request.post_data or "")):
        page.fill("#f-title", "O meu título")
    page.locator("[data-saved]").get_by_text("Guardado às").wait_for()
    page.reload()
    assert page.input_value("#f-title") == "O meu título"
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    page.locator("[name=summary]").evaluate(
        "field => { scrollBy(0, field.getBoundingClientRect().top - innerHeight + 130); field.focus({preventScroll: true}); }"
    )
    page.keyboard.up("Tab")  # the bar at the foot leaves the whole field to who came to it by the keyboard
    page.wait_for_function(
        "() => document.activeElement.getBoundingClientRect().bottom <= "
        "document.querySelector('.sbar').getBoundingClientRect().top"
    )


def test_what_was_read_in_answers_leaves_the_page_when_they_are_closed(
    open_page: Callable[..., Any], sign_in_page: Callable[[Any, User], None], ana: User, papers: list[str]
) -> None:
    page = open_page()
    sign_in_page(page, ana)
    page.goto("/deposit")
    page.set_input_files("[data-begin] input[type=file]", papers[:1])
    page.locator("#f-title-h").wait_for()
    page.check("#f-assessment")
    page.get_by_label("só para docentes").check()
    page.locator("#f-title-h").wait_for(state="detached")
    expect(page.locator("#f-title")).to_have_value("")


def test_a_line_that_breaks_in_the_middle_goes_on_where_it_was(
    open_page: Callable[..., Any], sign_in_page: Callable[[Any, User], None], ana: User, tmp_path: Path
) -> None:
    large = tmp_path / "grande.txt"
    large.write_bytes(b"uma linha entre muitas outras\n" * 690_000)  # 20 MB: three parts
    page = open_page()
    sign_in_page(page, ana)
    parts: list[str] = []

    def break_once(route: Any) -> None:
        parts.append(route.request.headers.get("upload-offset", ""))
        if len(parts) == 2:
            route.abort()
        else:
            route.continue_()

    page.route(
        "**/uploads/*", lambda route: break_once(route) if route.request.method == "PATCH" else route.continue_()
    )
    page.goto("/deposit")
    page.set_input_files("[data-begin] input[type=file]", [str(large)])
    page.locator("[data-rows] > li").wait_for()
    megabyte = 1024 * 1024
    assert parts == ["0", str(8 * megabyte), str(8 * megabyte), str(16 * megabyte)]


def test_a_file_that_is_not_taken_says_why_in_its_row_and_the_others_go_on(
    open_page: Callable[..., Any],
    sign_in_page: Callable[[Any, User], None],
    ana: User,
    papers: list[str],
    tmp_path: Path,
) -> None:
    (tmp_path / "jogo.exe").write_bytes(b"MZ\x90\0" + bytes(100))
    (tmp_path / "disfarce.pdf").write_bytes(b"MZ\x90\0" + bytes(100))
    page = open_page()
    sign_in_page(page, ana)
    page.goto("/deposit")
    chosen = [papers[0], str(tmp_path / "jogo.exe"), str(tmp_path / "disfarce.pdf"), papers[1]]
    page.set_input_files("[data-begin] input[type=file]", chosen)
    page.locator("[data-rows] > li").nth(1).wait_for()
    refused = page.locator("[data-sending] > li")
    refused.nth(1).get_by_role("alert").wait_for()
    assert sorted(refused.locator(".name").all_text_contents()) == ["disfarce.pdf", "jogo.exe"]
    assert all("não pode ser guardado aqui" in words for words in refused.get_by_role("alert").all_text_contents())
    for _ in range(2):
        refused.first.get_by_role("button", name="Retirar").click()
    page.locator("[data-sending]").wait_for(state="hidden")
    page.reload()
    assert page.locator("[data-halves]").text_content() == ""
    page.get_by_role("button", name="Entregar", exact=True).click()  # nothing is on its way any more
    page.locator("#f-licence, .error-summary, [aria-invalid=true]").first.wait_for()

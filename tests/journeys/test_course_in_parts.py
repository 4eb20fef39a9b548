"""A whole course handed over in a real browser: each file in parts that resume, and the plain form where no script runs."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from plugins.training_actions.models import IntakeEntry
from repository.models import Organisation, User
from repository.work import Actor, Services
from tests.plugins.training_actions.intake_house import Course, make_course

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000


@pytest.fixture
def plugins() -> list[str]:
    """The plugins that these journeys need, and no others."""
    return ["materials", "training_actions"]


@pytest.fixture
def course(services: Services, centre: Organisation, staff: User, actor_for: Callable[[User], Actor]) -> Course:
    return make_course(services, centre, actor_for(staff), ["Joana Teles", "Rui Lopes"])


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A ZIP that takes two requests to send."""
    path = tmp_path / "turma.zip"
    with zipfile.ZipFile(path, "w") as written:
        written.writestr("Joana Teles/ficha.txt", "Frações com barras, ficha da Joana")
        written.writestr("Rui Lopes/ficha.txt", "Frações com barras, ficha do Rui")
        written.writestr("Rui Lopes/sobra.bin", bytes(9 * 1024 * 1024))
    return path


def matched(services: Services) -> int:
    with services.sessions.reading() as session:
        return session.query(IntakeEntry).filter_by(state="matched").count()


def test_a_line_that_breaks_costs_what_was_under_way_and_no_more(
    services: Services, open_page: Any, sign_in_page: Any, staff: User, course: Course, archive: Path
) -> None:
    page = open_page(390)
    sign_in_page(page, staff)
    page.goto(f"/actions/manage/editions/{course.edition_id}/intake")
    offsets: list[str] = []

    def broken(route: Any) -> None:
        if route.request.method == "PATCH":
            offsets.append(route.request.headers["upload-offset"])
            if len(offsets) == 2:
                route.abort()
                return
        route.continue_()

    page.route("**/uploads/*", broken)
    page.locator("#f-files").set_input_files(archive)
    page.get_by_role("button", name="Enviar e ligar").click()
    expect(page.get_by_role("heading", name="turma.zip")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("2 ligados")).to_be_visible(timeout=PATIENCE_MS)
    assert offsets == ["0", str(8 * 1024 * 1024), str(8 * 1024 * 1024)]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert matched(services) == 2


def test_a_refused_file_stays_with_its_reason_and_the_others_can_go_on(
    services: Services, open_page: Any, sign_in_page: Any, staff: User, course: Course, tmp_path: Path
) -> None:
    page = open_page()
    sign_in_page(page, staff)
    page.goto(f"/actions/manage/editions/{course.edition_id}/intake")
    refuse = {"status": 413, "body": "Demasiado grande.", "headers": {"Tus-Resumable": "1.0.0"}}
    page.route("**/uploads", lambda route: route.fulfill(**refuse) if "9" in _size(route) else route.continue_())
    for name, size in (("Joana Teles.txt", 111), ("Rui Lopes.txt", 999)):
        (tmp_path / name).write_text("f" * size)
    page.locator("#f-files").set_input_files([tmp_path / "Joana Teles.txt", tmp_path / "Rui Lopes.txt"])
    page.get_by_role("button", name="Enviar e ligar").click()
    expect(page.get_by_text("Demasiado grande.")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Há ficheiros que não chegaram.")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Enviar e ligar").click()
    expect(page.get_by_text("1 ligado", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    assert matched(services) == 1


def _size(route: Any) -> str:
    return str(route.request.headers.get("upload-length", ""))


def test_without_scripts_the_plain_form_does_the_same(
    services: Services, open_page: Any, sign_in_page: Any, staff: User, course: Course, archive: Path
) -> None:
    page = open_page(java_script_enabled=False)
    sign_in_page(page, staff)
    page.goto(f"/actions/manage/editions/{course.edition_id}/intake")
    page.locator("#f-files").set_input_files(archive)
    page.get_by_role("button", name="Enviar e ligar").click()
    expect(page.get_by_role("heading", name="turma.zip")).to_be_visible(timeout=PATIENCE_MS)

"""A full queue is emptied by the keyboard alone: whole courses in two steps, what is left in three key presses each."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from plugins.moderation import questions
from repository import attachments, items
from repository.models import FileState, FileText, Item, State, User
from repository.work import Services

pytestmark = pytest.mark.browser
COURSES, ITEMS, WARNED_EACH = 6, 100, 2
COUNTING = """
addEventListener("keydown", (event) => {
  if (event.isTrusted && !["Control", "Shift"].includes(event.key)) {
    sessionStorage.keys = Number(sessionStorage.keys || 0) + 1;
  }
}, true);
addEventListener("pointerdown", (event) => { if (event.isTrusted) sessionStorage.pointed = 1; }, true);
"""
# The lines of the list that stand under the row of buttons when they get the focus.
UNDER_THE_BAR = """() => {
  const bar = document.querySelector(".decide").getBoundingClientRect().top;
  const under = [...document.querySelectorAll(".q li a")].filter(line => {
    line.focus();
    return line.getBoundingClientRect().bottom > bar;
  });
  document.activeElement.blur();
  scrollTo(0, 0);
  return under.length;
}"""


@pytest.fixture
def services(make_services: Callable[..., Services]) -> Services:
    """Materials and moderation; the courses and the warnings are a tiny plugin's of the tests."""
    return make_services(plugins=["materials", "moderation", "tests.plugins.moderation.course_plugin"])


@pytest.fixture
def full(services: Services, work_as: Callable[..., Any], ana: User, run_jobs: Callable[[], int]) -> None:
    """A hundred materials of six courses, two of each with a warning, all read and checked."""
    said = {"licence": "CC-BY-4.0", "level": ["1ceb"], "type": "worksheet", "summary": "Para comparar barras."}
    with work_as(ana) as work:
        for number in range(ITEMS):
            course, place = number % COURSES, number // COURSES
            title = f"Ficha {number}{' stop' if place < WARNED_EACH else ''} @{course + 1}"
            item = items.create_draft(work)
            items.describe(work, item, {"title": title, "language": "pt-PT"} | said)
            blob = services.blobs.receive(BytesIO(title.encode()), limit=None)
            file = attachments.attach(work, item, blob, "ficha.txt", examined=True)
            file.state = FileState.READY
            work.session.add(FileText(file_id=file.id, page=1, text=f"O texto de «{title}»"))
            items.submit(work, item)
    run_jobs()


def pressed(page: Any) -> int:
    """Return how many keys have been pressed since the last time this was asked."""
    keys = page.evaluate("() => { const n = Number(sessionStorage.keys || 0); sessionStorage.keys = 0; return n; }")
    return int(keys)


def wait_for(page: Any, count: int) -> None:
    """Wait until the queue says how many are left, and listens for keys."""
    words = f"{count} por decidir" if count else "Nada por decidir"
    page.get_by_role("heading", name=words, exact=True).first.wait_for()
    page.wait_for_load_state()


def test_a_hundred_of_six_courses_are_decided_without_a_mouse(
    full: None,
    open_page: Callable[..., Any],
    sign_in_page: Callable[[Any, User], None],
    staff: User,
    services: Services,
) -> None:
    page = open_page(locale="pt-PT")
    page.add_init_script(COUNTING)
    sign_in_page(page, staff)
    page.goto("/moderation")
    wait_for(page, ITEMS)
    assert page.evaluate(UNDER_THE_BAR) == 0
    pressed(page)
    returned = 0
    for _ in range(COURSES):
        page.keyboard.press("t")
        page.wait_for_url("**/moderation/collections/*")
        expect(page.locator("[autofocus]")).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url("**/moderation")
        page.wait_for_load_state()
        assert pressed(page) == 2
        for number in range(WARNED_EACH):  # what was not approved with the others is the next on the screen
            before = int(page.locator("#h-fila").inner_text().split()[0])
            for key in ("d", "1", "Enter") if number else ("a", "Enter"):
                page.keyboard.press(key)
            wait_for(page, before - 1)
            returned += bool(number)
            assert pressed(page) <= 3
    wait_for(page, 0)
    assert not page.evaluate("() => sessionStorage.pointed")
    with services.sessions.reading() as session:
        states = dict(session.execute(select(Item.state, func.count()).group_by(Item.state)).all())
    assert states == {State.PUBLISHED: ITEMS - returned, State.CHANGES_REQUESTED: returned}


def test_the_key_that_approves_asks_first_where_a_warning_stands_and_escape_says_no(
    full: None,
    open_page: Callable[..., Any],
    sign_in_page: Callable[[Any, User], None],
    staff: User,
) -> None:
    page = open_page(locale="pt-PT")
    sign_in_page(page, staff)
    page.goto("/moderation")
    wait_for(page, ITEMS)
    while page.locator(".act.main-act").count() == 0:  # on to the first that has a warning
        page.keyboard.press("j")
        page.wait_for_load_state()
    sure = page.get_by_role("button", name="Aprovar mesmo assim")
    page.keyboard.press("a")
    expect(sure).to_be_focused()
    page.keyboard.press("Escape")
    expect(sure).to_be_hidden()
    page.keyboard.press("a")
    page.keyboard.press("a")  # pressed again it is still but a question
    expect(sure).to_be_focused()
    wait_for(page, ITEMS)
    page.keyboard.press("Enter")
    wait_for(page, ITEMS - 1)


def test_the_key_for_a_whole_course_opens_that_of_the_material_on_the_screen(
    full: None,
    open_page: Callable[..., Any],
    sign_in_page: Callable[[Any, User], None],
    staff: User,
    services: Services,
) -> None:
    with services.sessions.reading() as session:
        last = session.scalars(select(Item.id).where(Item.title.like("%@6"))).all()[-1]
    page = open_page(locale="pt-PT")
    sign_in_page(page, staff)
    page.goto(f"/moderation/{last}")
    wait_for(page, ITEMS)
    page.keyboard.press("t")
    page.wait_for_url("**/moderation/collections/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Course 6")


# Whether the row of the material on the screen is in sight in the list, and how far the page itself was moved.
IN_SIGHT = """() => {
  const row = document.querySelector(".q [aria-current]").getBoundingClientRect();
  const list = document.querySelector(".q").getBoundingClientRect();
  const foot = Math.min(list.bottom, document.querySelector(".decide").getBoundingClientRect().top);
  return [row.top >= list.top && row.bottom <= foot, scrollY];
}"""


def test_the_list_shows_the_material_on_the_screen_and_the_page_stays_where_it_is(
    full: None,
    open_page: Callable[..., Any],
    sign_in_page: Callable[[Any, User], None],
    staff: User,
) -> None:
    page = open_page(locale="pt-PT")
    sign_in_page(page, staff)
    page.goto("/moderation")
    rows = page.locator(".q li a").evaluate_all("rows => rows.map(row => row.getAttribute('href'))")
    for address in (rows[0], rows[len(rows) // 2], rows[-1]):
        page.goto(address)
        wait_for(page, ITEMS)
        assert page.evaluate(IN_SIGHT) == [True, 0]


def test_a_key_that_has_nothing_to_do_says_so_and_what_is_typed_after_it_decides_nothing(
    full: None,
    open_page: Callable[..., Any],
    sign_in_page: Callable[[Any, User], None],
    staff: User,
    work_as: Callable[..., Any],
) -> None:
    with work_as(staff) as work:
        asked = work.session.scalars(select(Item.id)).first()
        questions.ask(work, asked, "Quantas fichas?")
    page = open_page(locale="pt-PT")
    sign_in_page(page, staff)
    page.goto("/moderation")
    wait_for(page, ITEMS)
    said = page.locator("[data-keys-said]")
    page.keyboard.press("k")
    expect(said).to_have_text("A tecla K não faz nada aqui.")
    page.goto(f"/moderation/{asked}")
    wait_for(page, ITEMS)
    page.keyboard.type("pode dizer a lotaria")
    expect(said).to_contain_text("Já espera uma resposta")
    expect(page.locator("details[data-act][open]")).to_have_count(0)
    assert page.evaluate("() => scrollY") == 0
    wait_for(page, ITEMS)
    page.keyboard.press("Escape")
    expect(said).to_be_empty()
    page.keyboard.press("o")
    expect(page.locator("details[data-act=o] textarea")).to_be_focused()

"""The menu says how many wait for the person, in one question."""

from typing import Any

import pytest

from plugins.moderation import queue


def shown(page: str) -> str:
    """Return the number beside «Moderação» in the menu with its hidden words, or nothing."""
    entry = page.partition('href="/moderation"')[2].partition("</a>")[0]
    return entry.partition('class="n">')[2].replace('<span class="vh">', "").replace("</span>", "").strip()


def test_the_menu_says_to_those_who_decide_how_many_wait(
    ana: Any, rui: Any, staff: Any, handed_in: Any, sign_in: Any
) -> None:
    browser = sign_in(staff)
    assert shown(browser.get("/").text) == ""
    handed_in(ana)
    handed_in(rui)
    assert shown(browser.get("/").text) == "2 por tratar"
    assert "/moderation" not in sign_in(ana).get("/").text


def test_one_s_own_do_not_count(staff: Any, handed_in: Any, sign_in: Any) -> None:
    handed_in(staff)
    assert shown(sign_in(staff).get("/").text) == ""


def test_the_count_is_one_question_however_many_wait(
    ana: Any, staff: Any, handed_in: Any, work_as: Any, count_queries: Any
) -> None:
    for _ in range(5):
        handed_in(ana)
    with work_as(staff) as work, count_queries() as asked:
        assert queue.count_waiting(work) == 5 == len(queue.waiting_for(work))
    assert len(asked) <= 2  # the count, and the list that it is compared with


def test_a_menu_that_cannot_count_is_shown_without_a_number(
    staff: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken(_work: Any) -> bool:
        raise RuntimeError("no")

    monkeypatch.setattr(queue, "_waits", broken)
    page = sign_in(staff).get("/")
    assert page.status_code == 200
    assert shown(page.text) == ""
    assert "the count of moderation.queue failed" in caplog.text


def test_what_waits_stands_on_the_own_page_of_those_who_decide(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any
) -> None:
    browser = sign_in(staff)
    assert "por decidir" not in browser.get("/me").text
    handed_in(ana)
    handed_in(staff)
    page = browser.get("/me").text
    assert "1 material por decidir" in page
    assert "O mais antigo chegou hoje." in page
    assert "Abrir a fila" in page
    assert "por decidir" not in sign_in(ana).get("/me").text

"""What has a warning is approved in two steps, by the key as by the button, and no warning is passed over unseen."""

import re
from typing import Any

from repository.models import State

FORM = re.compile(r'<details class="act main-act" data-act="a".*?</details>', re.DOTALL)


def fields_of(page: str) -> dict[str, str]:
    """Return what the form that approves would send."""
    form = re.search(r'<form[^>]*/decide"[^>]*>(?:(?!</form>).)*value="approve".*?</form>', page, re.DOTALL)
    assert form, "the page offers no approval"
    return dict(re.findall(r'name="(decision|seen|warnings)" value="([^"]*)"', form[0]))


def test_what_has_a_warning_is_asked_about_with_the_warning_in_sight_and_without_any_script(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any, run_jobs: Any, state_of: Any
) -> None:
    item = handed_in(ana, "Barras stop")
    run_jobs()
    browser = sign_in(staff)
    page = browser.get(f"/moderation/{item.id}").text
    asked = FORM.search(page)
    assert asked, "the key finds a form that approves at once"
    assert "Há um aviso. Aprovar mesmo assim?" in asked[0]
    assert "Says “stop”" in asked[0]
    assert 'data-form="a"' not in page
    assert browser.post(f"/moderation/{item.id}/decide", data=fields_of(page)).status_code == 303
    assert state_of(item.id)[0] == State.PUBLISHED


def test_what_has_only_notes_is_approved_in_one_step(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any, run_jobs: Any
) -> None:
    item = handed_in(ana, "Barras note")
    run_jobs()
    page = sign_in(staff).get(f"/moderation/{item.id}").text
    assert not FORM.search(page)
    assert 'data-form="a"' in page


def test_a_warning_that_came_after_the_page_was_shown_is_seen_before_anything_is_published(
    ana: Any, staff: Any, handed_in: Any, sign_in: Any, run_jobs: Any, state_of: Any
) -> None:
    item = handed_in(ana, "Barras stop")
    browser = sign_in(staff)
    page = browser.get(f"/moderation/{item.id}").text
    assert "Ainda a verificar." in page
    run_jobs()
    told = browser.post(f"/moderation/{item.id}/decide", data=fields_of(page))
    assert told.status_code == 409
    assert "Há um aviso que não estava à vista. Veja-o antes de aprovar." in told.text
    assert "Says “stop”" in told.text
    assert state_of(item.id)[0] != State.PUBLISHED
    assert browser.post(f"/moderation/{item.id}/decide", data=fields_of(told.text)).status_code == 303
    assert state_of(item.id)[0] == State.PUBLISHED

"""The settings of the lending desk on the page of settings."""

import re

from repository.models import StoredSetting

DAYS = "physical_loans_reminder_days"


def test_a_list_is_shown_with_commas_and_saved_unedited_it_is_as_before(sign_in, admin, services, at):
    browser = sign_in(admin)
    for _ in range(2):
        page = browser.get("/admin/settings").text
        shown = re.search(rf'name="{DAYS}"[^>]*value="([^"]*)"', page)[1]
        assert shown == "-3, 0, 1, 7"
        assert browser.post("/admin/settings", data={DAYS: shown}).status_code == 303
    assert services.settings[DAYS] == ["-3", "0", "1", "7"]
    with at() as work:
        assert work.session.get(StoredSetting, DAYS) is None


def test_a_list_that_is_refused_with_something_else_comes_back_as_typed(sign_in, admin):
    page = sign_in(admin).post("/admin/settings", data={DAYS: "-2, 5", "quota_mb": "muito"}).text
    assert 'value="-2, 5"' in page

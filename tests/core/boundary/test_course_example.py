"""The example of what plugins say to each other about an item is what the guide shows, and works."""

from pathlib import Path

import pytest

from repository.api import Contact, Services, post
from repository.registry import collect

EXAMPLE = "tests.example_plugin.course"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def services(make_services) -> Services:
    return make_services(plugins=[EXAMPLE])


def test_the_guide_shows_the_code_of_the_example():
    guide = (ROOT / "docs/plugins.md").read_text("utf-8").partition("tests/example_plugin/course/plugin.py")[2]
    code = (ROOT / "tests/example_plugin/course/plugin.py").read_text("utf-8")
    for line in guide.partition("```python")[2].partition("```")[0].splitlines():
        if line.strip().startswith("return"):
            assert line in code


@pytest.mark.parametrize(("title", "found"), [("Rio", 1), ("O rio que nos une", 0)])
def test_a_check_says_what_it_finds(services, ana, make_item, work_as, title, found):
    item = make_item(ana, title)
    check = next(check for check in collect(services.hook.register_checks) if check.code == "course.short")
    with work_as() as work:
        told = list(check.run(services, work, work.session.merge(item)))
    assert len(told) == found
    assert all(finding.reason % finding.params == "O título «Rio» é curto." for finding in told)


def test_it_says_what_the_item_was_made_for_whom_to_write_to_and_what_waits(services, ana, make_item, work_as):
    item = make_item(ana)
    with work_as() as work:
        known = {"work": work, "item": work.session.merge(item)}
        assert "course:1" in [each.key for each in collect(work.hook.item_collections, **known)]
        contact = next(each for each in collect(work.hook.item_contacts, **known) if each.user_id is None)
        assert [each.label for each in collect(work.hook.item_notices, **known)] == ["Juntar"]
        assert isinstance(contact, Contact)
        post(work, contact, "Novidades", "Há uma nova sessão.", kind="course.news")

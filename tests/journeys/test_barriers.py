"""No page has a barrier that axe can see, wide or narrow, light or dark; a new page is looked at by being there."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from repository.models import User
from tests.journeys.conftest import addresses

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parents[1] / "vendored" / "axe.min.js").read_text("utf-8")
EVERY_RULE = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
LOOK = """async wanted => {
  const found = await axe.run(document, {runOnly: wanted, resultTypes: ['violations']});
  return found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${rule.help} | ${node.target.join(' ')} | ${node.failureSummary.replace(/\\s+/g, ' ')}`));
}"""
MOST = 4
# The colours are all that differs between light and dark; everything else is looked at once in each width.
SHAPES = ((1280, "light", EVERY_RULE), (1280, "dark", COLOURS), (390, "dark", EVERY_RULE), (390, "light", COLOURS))


def pages(app: Flask, known: dict[str, tuple[Any, ...]], visitors: dict[str, FlaskClient]) -> Iterator[tuple[str, str]]:
    """Yield pages, up to MOST of one kind, with the first who gets each; who made an item looks at its pages too."""
    kinds: Counter[str] = Counter()
    for address in addresses(app, known):
        kind = re.sub(r"/(\d+|(?<=vocabularies/)\w+)(?=/|$)", "/0", address)
        if kinds[kind] == MOST:
            continue
        got = {name: browser.get(address, buffered=True) for name, browser in visitors.items()}
        those = [name for name, answer in got.items() if answer.mimetype == "text/html" and answer.status_code == 200]
        if "/items/" in address and "teacher" in those[1:]:
            yield "teacher", address
        if those:
            kinds[kind] += 1
            yield those[0], address
    yield "visitor", "/nothing/here"


def barriers(page: Any) -> list[str]:
    """Return what axe finds in an open page in each of its shapes, each barrier once, with the first shape that has it."""
    found: dict[str, str] = {}
    page.evaluate(AXE)
    for width, scheme, rules in SHAPES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for words in page.evaluate(LOOK, rules):
            found.setdefault(words, f"{width} {scheme}")
    return [f"{shape}: {words}" for words, shape in found.items()]


@pytest.fixture
def rooms(
    open_page: Callable[..., Any], sign_in_page: Callable[[Any, User], None], ana: User, admin: User
) -> dict[str, Any]:
    """A page of the browser for a visitor, a teacher and an administrator."""
    opened = {name: open_page() for name in ("visitor", "teacher", "administrator")}
    sign_in_page(opened["teacher"], ana)
    sign_in_page(opened["administrator"], admin)
    return opened


def test_no_page_has_a_barrier(
    app: Flask, client: FlaskClient, sign_in: Any, ana: User, admin: User, busy: Any, rooms: dict[str, Any]
) -> None:
    app.config.update(WTF_CSRF_ENABLED=False)
    visitors = {"visitor": client, "teacher": sign_in(ana), "administrator": sign_in(admin)}
    walked = list(pages(app, busy, visitors))
    assert {who for who, _ in walked} == set(rooms)
    assert len(walked) > 50
    found = {}
    for who, address in walked:
        rooms[who].goto(address)
        found[f"{who} {address}"] = barriers(rooms[who])
    assert not {page: told for page, told in found.items() if told}


def test_a_barrier_would_be_seen(rooms: dict[str, Any]) -> None:
    page = rooms["visitor"]
    page.goto("/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input name=nameless>')")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    told = "\n".join(barriers(page))
    assert "label: " in told
    assert "html-has-lang: " in told

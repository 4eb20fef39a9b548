"""No page has a barrier that axe can see, wide or narrow, light or dark; a new page is looked at by being there."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from flask import Flask
from flask.testing import FlaskClient

from repository.models import User
from tests.journeys.conftest import addresses

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parents[1] / "vendored" / "axe.min.js").read_text("utf-8")
EVERY_RULE = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# What stands above and below every page is looked at once by each visitor's tab in each shape, as long as it stays the same.
LOOK = """async ([shape, wanted]) => {
  const styles = [...document.styleSheets].map(sheet => sheet.href);
  const seen = [...document.querySelectorAll('body > header, body > footer')].filter(part => {
    const key = [shape, styles, document.body.className, part.outerHTML].join();
    const again = key in sessionStorage;
    sessionStorage[key] = '';
    return again;
  });
  const found = await axe.run({exclude: seen}, {runOnly: wanted, resultTypes: ['violations']});
  return found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${rule.help} | ${node.target.join(' ')} | ${node.failureSummary.replace(/\\s+/g, ' ')}`));
}"""
MOST = 2
PARTS = 3  # of all kinds of pages, so that several workers share them


def pages(
    app: Flask, known: dict[str, tuple[Any, ...]], visitors: dict[str, FlaskClient], part: int
) -> Iterator[tuple[str, str]]:
    """Yield pages, up to MOST of one kind, with the first who gets each; who made an item looks at its pages too."""
    kinds: Counter[str] = Counter()
    for address in addresses(app, known):
        kind = re.sub(r"/(\d+|(?<=vocabularies/)\w+)(?=/|$)", "/0", address)
        if crc32(kind.encode()) % PARTS != part or kinds[kind] == MOST:
            continue
        first = next((name for name, browser in visitors.items() if gets(browser, address)), None)
        if first == "visitor" and address.startswith("/items/") and gets(visitors["teacher"], address):
            yield "teacher", address
        if first:
            kinds[kind] += 1
            yield first, address


def gets(browser: FlaskClient, address: str) -> bool:
    """Return whether somebody gets a page at an address."""
    answer = browser.get(address, buffered=True)
    return answer.mimetype == "text/html" and answer.status_code == 200


def barriers(page: Any) -> list[str]:
    """Return what axe finds in an open page in each of its shapes, each barrier once, with the first shape that has it.

    Two shapes have both widths and both schemes; `make barriers` looks at every shape, in every language.
    """
    found: dict[str, str] = {}
    for width, scheme in ((1280, "light"), (390, "dark")):
        _shape(page, width, scheme)
        for words in page.evaluate(LOOK, [f"{width} {scheme}", EVERY_RULE]):
            found.setdefault(words, f"{width} {scheme}")
    return [f"{shape}: {words}" for words, shape in found.items()]


def _shape(page: Any, width: int, scheme: str) -> None:
    """Give the window another width or scheme; what it has already is not painted anew."""
    if page.viewport_size["width"] != width:
        page.set_viewport_size({"width": width, "height": 900})
    if not page.evaluate("scheme => matchMedia(`(prefers-color-scheme: ${scheme})`).matches", scheme):
        page.emulate_media(color_scheme=scheme)


@pytest.fixture
def rooms(
    open_page: Callable[..., Any], sign_in_page: Callable[[Any, User], None], ana: User, admin: User
) -> dict[str, Any]:
    """A page of the browser for a visitor, a teacher and an administrator."""
    opened = {name: open_page(reduced_motion="reduce") for name in ("visitor", "teacher", "administrator")}
    for page in opened.values():
        page.add_init_script(AXE)
    sign_in_page(opened["teacher"], ana)
    sign_in_page(opened["administrator"], admin)
    return opened


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_has_a_barrier(
    part: int,
    app: Flask,
    client: FlaskClient,
    sign_in: Any,
    ana: User,
    admin: User,
    busy: Any,
    rooms: dict[str, Any],
) -> None:
    app.config.update(WTF_CSRF_ENABLED=False)
    visitors = {"visitor": client, "teacher": sign_in(ana), "administrator": sign_in(admin)}
    walked = [*pages(app, busy, visitors, part), ("visitor", "/nothing/here")]
    assert {who for who, _ in walked} == set(rooms)
    assert len(walked) > 25
    found = {}
    for who, address in walked:
        rooms[who].goto(address)
        found[f"{who} {address}"] = barriers(rooms[who])
    assert not {page: told for page, told in found.items() if told}


def test_a_barrier_would_be_seen(rooms: dict[str, Any]) -> None:
    page = rooms["visitor"]
    page.goto("/")
    assert not barriers(page)  # nor is what was seen here a reason to overlook what comes into it
    page.evaluate("""document.querySelectorAll('body > header, main, body > footer').forEach(
        part => part.insertAdjacentHTML('beforeend', `<input name=${part.localName}>`))""")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    told = "\n".join(barriers(page))
    assert "label: " in told
    assert all(f'name="{part}"' in told for part in ("header", "main", "footer"))
    assert "html-has-lang: " in told


def test_a_barrier_of_a_narrow_window_would_be_seen(rooms: dict[str, Any]) -> None:
    page = rooms["visitor"]
    page.goto("/")
    page.evaluate(
        """style => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(style);
          document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
          document.querySelector('main').insertAdjacentHTML('beforeend', `<section>
            <div class="seldom"><input name="nameless"></div><p class="faint">Faint</p></section>`);
        }""",
        """@media (min-width: 600px) { .seldom { display: none } }
        @media (max-width: 600px) { .faint { color: #777; background: #666 } }""",
    )
    told = barriers(page)
    assert {each.partition(" |")[0].partition(": ")[0] for each in told} == {"390 dark"}
    assert {each.split(": ")[1] for each in told} == {"label", "color-contrast"}

"""Look for barriers on every kind of page of a demonstration centre, in every language, light and dark, wide and narrow.

`make barriers`, or `python -m bench.barriers FOLDER` to keep pictures of what was looked at. A page is found by the links that
lead to it, for a visitor, a teacher and an administrator; of many pages of one kind two are looked at. It takes twenty minutes.
"""

import re
import shutil
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from bench import empty_forms
from bench.first_page import CHROMIUM
from bench.instance import command, serving

AXE = Path(__file__).parents[1] / "tests" / "vendored" / "axe.min.js"
LANGUAGES = ("pt_PT", "en", "sv", "de")
PEOPLE = {"visitor": "", "teacher": "docente.verificado@demo.invalid", "administrator": "administrador@demo.invalid"}
WIDE, DARK_PHONE = (1280, "light"), (390, "dark")
SHAPES = (WIDE, (1280, "dark"), (390, "light"), DARK_PHONE)
# Colours and places are those of all languages; words that are longer show in these two.
IN_EACH_LANGUAGE = (WIDE, DARK_PHONE)
NARROWEST = 320
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
MOST_OF_A_KIND = 2
KIND = re.compile(
    r"(?<=/)[\w:.-]*\d[\w:.-]*|(?<=vocabularies/)\w+|(?<=receipts/).+"
)  # its numbers and codes are left out
NOT_PAGES = re.compile(
    r"/(static|api|files|language|feeds?|calendar/)|\.(xml|ics|pdf|csv|xlsx|txt|atom|svg)$|/file/|/export|/thumb|/logout"
)
LOOK = """async rules => (await axe.run(document, {runOnly: rules, resultTypes: ['violations']})).violations.flatMap(
  rule => rule.nodes.map(node => `${rule.id} | ${node.target.join(' ')} | ${node.failureSummary.replace(/\\s+/g, ' ')}`))"""
# What makes the whole page roll sideways, or is cut off: words too long for where they stand.
TOO_WIDE = """() => {
  const wide = document.scrollingElement.clientWidth, found = [];
  if (document.scrollingElement.scrollWidth > wide + 1) {
    const out = [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > wide + 1
      && !one.closest('.scroll, .strip, [class*=scroll]') && one.checkVisibility());
    const names = out.slice(-3).map(one => `${one.tagName}.${one.className} ${one.innerText?.slice(0, 40)}`);
    found.push('sideways | ' + names.join(' ; '));
  }
  for (const one of document.querySelectorAll('a, button, .btn, .state, .chip, th, td, dt, h1, h2, h3, label')) {
    if (one.scrollWidth > one.clientWidth + 2 && one.clientWidth > 0 && getComputedStyle(one).display !== 'inline'
        && !one.closest('.vh, .scroll') && !one.classList.contains('vh') && one.checkVisibility())
      found.push(`does not fit | ${one.tagName}.${one.className} | ${one.innerText.slice(0, 60)}`);
  }
  return found;
}"""


@dataclass
class Found:
    """What was looked at; each barrier once with the shapes and languages that have it; what a form sent empty lacks."""

    looked_at: Counter[tuple[str, str]] = field(default_factory=Counter)
    barriers: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    forms: dict[str, list[str]] = field(default_factory=dict)


def main(out: Path | None) -> int:
    """Fill an instance, serve it, look at its pages and print a table; return 1 when there is a barrier."""
    found = Found()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "instance"
        command(folder, "init")
        password = command(folder, "demo").stdout.rpartition(":")[2].strip()
        command(folder, "worker", "--until-idle")
        with serving(folder) as server:
            walk(server.url, password, out, found)
    return told(found)


def walk(url: str, password: str, out: Path | None, found: Found) -> None:
    """Look at the pages of a server as each person in each language."""
    path = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        known: set[str] = set()
        walked: dict[str, list[str]] = {}
        for person, email in PEOPLE.items():
            page = _signed_in(browser, url, email, password)
            walked[person] = list(pages(page, url, known))
            for address, language in product(walked[person], LANGUAGES):
                _look(page, url, address, person, language, out, found)
            page.context.close()
        for person, addresses in walked.items():  # last of all, since some are taken as they are
            page = _signed_in(browser, url, PEOPLE[person], password)
            found.forms |= {f"{person} {form}": told for form, told in empty_forms.walk(page, url, addresses).items()}
            page.context.close()
        browser.close()


def _signed_in(browser: Browser, url: str, email: str, password: str) -> Page:
    page = browser.new_context(locale="pt-PT", reduced_motion="reduce", bypass_csp=True).new_page()
    page.add_init_script(AXE.read_text("utf-8"))
    if email:
        page.goto(f"{url}/login")
        page.fill("[name=email]", email)
        page.fill("[name=password]", password)
        page.locator("form:has([name=password]) button[type=submit]").click()
    return page


def pages(page: Page, url: str, known: set[str]) -> Iterator[str]:
    """Yield the addresses that links lead to from the first page, a few of each kind; `known` are looked at already."""
    kinds: Counter[str] = Counter()
    waiting, seen = deque(["/", "/search?q=zzzz", "/nothing/here"]), {"/"}
    while waiting:
        address = waiting.popleft()
        kind = KIND.sub("0", address.partition("?")[0])
        if kinds[kind] == MOST_OF_A_KIND:
            continue
        answer = page.context.request.get(url + address)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        kinds[kind] += 1
        for link in re.findall(r'href="(/[^"#]*)', answer.text()):
            link = link.replace("&amp;", "&")
            if link not in seen and not NOT_PAGES.search(urlsplit(link).path):
                seen.add(link)
                waiting.append(link)
        if address not in known or address in ("/", "/levels"):
            known.add(address)
            yield address


def _look(page: Page, url: str, address: str, person: str, language: str, out: Path | None, found: Found) -> None:
    page.goto(f"{url}/language/{language}?next=/healthz")
    page.goto(url + address)

    def note(shape: str, told: list[str]) -> None:
        for words in told:
            found.barriers.setdefault((f"{person} {address}", words), []).append(f"{language} {shape}")

    for width, scheme in SHAPES if language == LANGUAGES[0] else IN_EACH_LANGUAGE:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        shape = f"{width} {scheme}"
        note(shape, page.evaluate(LOOK, RULES) + page.evaluate(TOO_WIDE))
        found.looked_at[language, shape] += 1
        if out:
            _keep(page, out / f"{person}-{_name(address)}-{language}-{width}-{scheme}.jpg")
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    note(f"{NARROWEST}", page.evaluate(TOO_WIDE))


def _keep(page: Page, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target, full_page=True, type="jpeg", quality=60)


def _name(address: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in address.strip("/"))[:60] or "home"


def told(found: Found) -> int:
    """Print each barrier and how many pages were looked at; return 1 when there is one."""
    for (place, words), shapes in found.barriers.items():
        print(f"{place}\n  {words[:300]}\n  {', '.join(shapes)}", flush=True)
    silent = {form: words for form, words in found.forms.items() if words}
    for form, lacking in silent.items():
        print(f"{form}\n  sent empty: {'; '.join(lacking)}")
    columns = sorted({shape for _, shape in found.looked_at})
    print("\n| language | " + " | ".join(columns) + " | barriers |")
    print("|---|" + "--:|" * (len(columns) + 1))
    for language in LANGUAGES:
        many = sum(1 for shapes in found.barriers.values() if any(shape.startswith(language) for shape in shapes))
        print(
            f"| {language} | " + " | ".join(str(found.looked_at[language, shape]) for shape in columns) + f" | {many} |"
        )
    print(f"\n{len(found.forms)} forms sent empty, {len(silent)} do not say what is missing")
    return 1 if found.barriers or silent else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))

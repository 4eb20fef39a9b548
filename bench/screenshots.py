"""Save the main pages of a demonstration centre as pictures, by role: 390 and 1280 px wide, light and dark.

`make screenshots`, or `python -m bench.screenshots FOLDER [--language en]`. With `--docs` the pictures that the guides and
the tour show are taken into FOLDER instead: `make pictures`.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import select

from bench import tour
from bench.first_page import CHROMIUM
from bench.instance import command, serving
from plugins.training_actions import links
from plugins.training_actions.models import Edition, Participant
from repository.house import build_services
from repository.work import SYSTEM, open_look

# Who walks, and the account in the demonstration; a trainee has a personal link and no account.
ACCOUNTS = {
    "visitor": "",
    "trainee": "",
    "teacher": "docente@demo.invalid",
    "trainer": "formadora@demo.invalid",
    "staff": "equipa@demo.invalid",
    "head": "direcao@demo.invalid",
    "administrator": "administrador@demo.invalid",
}
LINK = "/u/"  # what stands for the trainee's own link
# The demonstration's editions: 2 closes within days, 3 has closed and waits for its materials to be decided on.
PAGES = {
    "visitor": (
        *("/", "/search", "/search?q=fra%C3%A7%C3%B5es", "/search?q=zzzz", "/items/1", "/items/2", "/report"),
        *("/levels", "/levels/pre", "/levels/1ceb", "/levels/3ceb", "/levels/sec", "/levels/challenges"),
        *("/login", "/register", "/password/forgot", "/actions", "/actions/1", "/receipts"),
        *("/info/licencas", "/info/acessibilidade", "/info/privacidade", "/info/ajuda", "/info/pesquisa"),
    ),
    "trainee": (LINK,),
    "teacher": (
        "/me",
        "/me/settings",
        "/deposit",
        "/levels/mine",
        "/search?q=fichas+de+fra%C3%A7%C3%B5es+3.%C2%BA+ano",
    ),
    "trainer": ("/me",),
    "staff": (
        *("/actions/manage", "/actions/manage/import", "/actions/manage/editions/3"),
        *("/actions/manage/editions/3/materials", "/actions/manage/editions/3/intake"),
        *("/moderation", "/moderation/collections/edition:3", "/admin/reports"),
        *("/loans/desk", "/loans/desks/1/attention", "/loans/things", "/loans/things/import", "/loans/things/labels"),
        *("/loans/figures", "/loans/calendars"),
    ),
    "head": ("/reports", "/reports/by/action", "/reports/cross", "/reports/gaps"),
    "administrator": (
        *("/admin", "/admin/accounts", "/admin/organisations", "/admin/vocabularies", "/admin/settings", "/admin/jobs"),
        *("/admin/audit", "/admin/health", "/admin/plugins", "/admin/synonyms", "/admin/moderation", "/admin/levels"),
        *("/admin/loans", "/admin/loans/days", "/admin/loans/rules"),
    ),
}


@dataclass(frozen=True)
class Centre:
    """The demonstration centre as it is served, with what opens its doors."""

    url: str
    password: str
    link: str
    language: str


def main(out: Path, language: str, docs: bool, instance: Path | None) -> None:
    """Fill an instance, unless one is given, serve it, and walk through its pages in each role."""
    out.mkdir(parents=True, exist_ok=True)
    path = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    with _served(instance, language) as centre, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        for role in ACCOUNTS:
            for width in (390, 1280):
                for scheme in ("light", "dark"):
                    with _walking(browser, centre, role, width, scheme) as page:
                        if docs:
                            tour.take(page, centre.link, role, width, scheme, out)
                        else:
                            _walk(page, centre.link, role, out, f"{width}-{scheme}")
        browser.close()


@contextmanager
def _served(instance: Path | None, language: str) -> Iterator[Centre]:
    with tempfile.TemporaryDirectory() as name:
        folder = instance or Path(name) / "instance"
        command(folder, "init")
        told = command(folder, "demo").stdout
        command(folder, "worker", "--until-idle")
        link = _link(folder)
        with serving(folder) as server:
            yield Centre(server.url, told.rpartition(":")[2].strip(), link, language)


def _link(folder: Path) -> str:
    """Return the link of somebody in the edition that closes within days who has not opened it."""
    services = build_services(folder)
    with open_look(services, SYSTEM) as work:
        of_edition = (
            select(Participant).join(Edition).where(Edition.closes_at > work.now, Participant.role != "trainer")
        )
        unopened = of_edition.where(Participant.user_id.is_(None), Participant.link_opened_at.is_(None))
        who = work.session.scalars(unopened.order_by(Edition.closes_at, Participant.id)).first()
        if who is None:
            raise LookupError("everybody has opened their link")
        link = f"{LINK}{links.token_of(services, who)}"
    services.search.engine.close()
    services.sessions.engine.dispose()
    return link


@contextmanager
def _walking(browser: Browser, centre: Centre, role: str, width: int, scheme: str) -> Iterator[Page]:
    """Open a browser as the role, signed in where it has an account."""
    known = {"base_url": centre.url, "locale": centre.language, "viewport": {"width": width, "height": 800}}
    context: BrowserContext = browser.new_context(color_scheme=scheme, reduced_motion="reduce", **known)  # type: ignore[arg-type]
    page = context.new_page()
    if ACCOUNTS[role]:
        page.goto("/login")
        page.fill("[name=email]", ACCOUNTS[role])
        page.fill("[name=password]", centre.password)
        page.locator("form:has([name=password]) button[type=submit]").click()
        page.goto(f"/language/{centre.language.replace('-', '_')}")
    yield page
    context.close()


def _walk(page: Page, link: str, role: str, out: Path, look: str) -> None:
    for path in PAGES[role]:
        _picture(page, path.replace(LINK, link), out / f"{role}-{_name(path)}-{look}.png")
    if role == "staff":
        page.goto("/moderation")
        waiting = page.locator("main a[href^='/moderation/']:not([href*=collections])").first.get_attribute("href")
        _picture(page, str(waiting), out / f"{role}-moderation-one-{look}.png")


def _name(path: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in path.strip("/")) or "home"


def _picture(page: Page, path: str, target: Path) -> None:
    tour.go(page, path)
    page.screenshot(path=target, full_page=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Save the pages of a demonstration centre as pictures.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="pt-PT", help="of the pages: pt-PT, en, sv or de")
    parser.add_argument("--docs", action="store_true", help="take the pictures of the guides and the tour")
    parser.add_argument("--instance", type=Path, help="a demonstration centre to keep and to take again")
    told = parser.parse_args()
    main(told.folder, told.language, told.docs, told.instance)

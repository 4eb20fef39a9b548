"""Save the pages of a demonstration centre as pictures: 390 and 1280 px wide, light and dark."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.first_page import CHROMIUM
from bench.instance import command, serving

PUBLIC = ("/", "/search", "/search?q=fra%C3%A7%C3%B5es", "/search?q=zzzz", "/items/1", "/items/2", "/report")
LEVELS = ("/levels", "/levels/pre", "/levels/1ceb", "/levels/3ceb", "/levels/sec", "/levels/challenges")
DOORS = ("/login", "/register", "/password/forgot")
MEMBER = ("/me", "/me/settings", "/deposit")
ADMIN_PARTS = (
    "",
    "/accounts",
    "/organisations",
    "/vocabularies",
    "/settings",
    "/jobs",
    "/audit",
    "/health",
    "/plugins",
)
ADMIN = tuple(f"/admin{part}" for part in ADMIN_PARTS)
# The demonstration's editions: 2 closes within days, 3 has closed and waits for its materials to be decided on.
STAFF = (
    "/actions",
    "/actions/1",
    "/actions/manage",
    "/actions/manage/import",
    "/actions/manage/editions/2",
    "/actions/manage/editions/2/people",
    "/actions/manage/editions/3",
    "/actions/manage/editions/3/materials",
    "/actions/manage/editions/3/intake",
    "/moderation",
    "/moderation/collections/edition:3",
    "/admin/moderation",
    "/admin/reports",
    "/receipts",
)
LENDING = (
    "/loans/desk",
    "/loans/desks/1/attention",
    "/loans/things",
    "/loans/things/import",
    "/loans/things/labels",
    "/loans/figures",
    "/loans/calendars",
    "/admin/loans",
    "/admin/loans/days",
    "/admin/loans/rules",
)
REPORTS = ("/reports", "/reports/by/action", "/reports/cross", "/reports/gaps")
WORDS = ("/info/licencas", "/info/acessibilidade", "/info/privacidade", "/info/ajuda")


def main(out: Path) -> None:
    """Fill an instance, serve it, and walk through its pages as visitor and as administrator."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "instance"
        command(folder, "init")
        told = command(folder, "demo").stdout
        command(folder, "worker", "--until-idle")
        password = told.rpartition(":")[2].strip()
        path = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
        with serving(folder) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
            for width in (390, 1280):
                for scheme in ("light", "dark"):
                    _walk(browser, server.url, password, width, scheme, out)
            browser.close()


def _walk(browser: Browser, url: str, password: str, width: int, scheme: str, out: Path) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="pt-PT")  # type: ignore[arg-type]
    for path in (*PUBLIC, *LEVELS, *DOORS, *WORDS):
        _picture(page, url + path, out / f"{_name(path)}-{width}-{scheme}.png")
    page.goto(f"{url}/login")
    page.fill("[name=email]", "administrador@demo.invalid")
    page.fill("[name=password]", password)
    page.locator("form:has([name=password]) button[type=submit]").click()
    for path in (*MEMBER, *ADMIN, *STAFF, *LENDING, *REPORTS):
        _picture(page, url + path, out / f"{_name(path)}-{width}-{scheme}.png")
    page.goto(f"{url}/moderation")
    waiting = page.locator("main a[href^='/moderation/']:not([href*=collections])").first.get_attribute("href")
    _picture(page, f"{url}{waiting}", out / f"moderation-one-{width}-{scheme}.png")
    page.close()


def _name(path: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in path.strip("/")) or "home"


def _picture(page: Page, url: str, target: Path) -> None:
    page.goto(url, wait_until="networkidle")
    # Pictures far down are loaded when they come into sight.
    page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach(image => image.loading = 'eager')")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=target, full_page=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))

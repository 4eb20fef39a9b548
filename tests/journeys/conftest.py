"""What journeys share: the whole house with something on every page, a real server and worker, and a real browser."""

import ctypes
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product
from typing import Any

import pytest
from flask import Flask

from plugins.materials.adaptations import adapt
from repository import accounts, attachments, items, jobs, organisations, reports, synonyms
from repository.models import Item, Job, JobState, Organisation, User
from repository.vocabularies import Vocabularies
from repository.work import Services
from tests.conftest import PASSWORD
from tests.journeys.course import busy_course
from tests.journeys.lending import busy_lending
from tests.journeys.levels import busy_levels
from tests.serving import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE_MS = 60_000
PLAIN_SCRIPTS = "--js-flags=--no-opt --no-maglev"  # a page is gone before its scripts are worth making faster

# No window of a test shows a list below its address bar, for which the browser would load two pages of its own in each.
# The others are those that playwright leaves out, which the browser forgets when it is told anything more.
LEFT_OUT = "WebUIOmniboxPopup,WebUIOmniboxAimPopup,PaintHolding,HttpsUpgrades,MediaRouter,OptimizationHints,LensOverlay"
LEAN = ("--no-sandbox", "--disable-gpu", f"--disable-features={LEFT_OUT}")


@pytest.fixture
def server(services: Services, admin: User) -> Iterator[str]:
    """Serve the instance, which has an administrator, with its worker beside it; the address has no slash at the end."""
    stop = threading.Event()
    worker = threading.Thread(target=_work, args=(services, stop), daemon=True)
    worker.start()
    with serving(services) as (host, port):
        yield f"http://{host}:{port}"
        stop.set()
    worker.join()


def _work(services: Services, stop: threading.Event) -> None:
    kinds = jobs.job_kinds(services.hook)
    while not stop.is_set():
        if not jobs.run_next(services, kinds):
            stop.wait(0.1)


def _missing() -> str:
    if CHROMIUM is None:
        return "chromium"
    try:
        ctypes.CDLL("libatomic.so.1")  # playwright's own node does not start without it
    except OSError:
        return "libatomic"
    return ""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser for all journeys of this process."""
    if missing := _missing():
        if os.environ.get("CI"):
            pytest.fail(f"{missing} is not installed, and in CI no journey may be left out")
        pytest.skip(f"{missing} is not installed: NO JOURNEY IS TESTED")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: NO JOURNEY IS TESTED")
    playwright.expect.set_options(timeout=PATIENCE_MS)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=[*LEAN, PLAIN_SCRIPTS])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, server: str) -> Iterator[Callable[..., Any]]:
    """Open a page of the server in a fresh profile; what goes wrong in its scripts fails the test."""
    with ExitStack() as stack:

        def opened(width: int = 1280, **known: Any) -> Any:
            context = chromium.new_context(base_url=server, viewport={"width": width, "height": 900}, **known)
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            faults: list[str] = []
            page.on("pageerror", lambda error: faults.append(str(error)))
            stack.callback(lambda: _no_faults(faults))
            stack.callback(page.wait_for_load_state)  # a style that is cut off on its way stays open in the server
            return page

        yield opened


def _no_faults(faults: list[str]) -> None:
    assert not faults, faults


@pytest.fixture
def sign_in_page() -> Callable[[Any, User], None]:
    """Sign the person in through the form of the sign-in page."""

    def signed_in(page: Any, user: User) -> None:
        page.goto("/login")
        page.fill("[name=email]", user.email or "")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login" not in url)

    return signed_in


@pytest.fixture
def school(work_as: Callable[..., Any], centre: Organisation) -> Organisation:
    """A school of a centre with an English name, so that only the pages' own words can be Portuguese."""
    with work_as() as work:
        work.session.get_one(Organisation, centre.id).name = "Test Centre"
        organisations.add(work, "council", "Seaside", parent_id=None)
        made = organisations.add(work, "school", "Seaside School", parent_id=centre.id)
    return made


@pytest.fixture
def busy(
    services: Any,
    centre: Organisation,
    school: Organisation,
    ana: User,
    rui: User,
    admin: User,
    make_item: Callable[..., Item],
    work_as: Callable[..., Any],
    run_jobs: Callable[[], int],
) -> dict[str, tuple[Any, ...]]:
    """A centre in which every page has something to show; what each part of an address may be."""
    words = {"summary": "Compare bars.", "text": "Which bar is longer?", "language": "en", "keywords": ["bars"]}
    known = {"year": ["3", "4"], "discipline": ["MAT"], "group": ["110"], "link": "https://example.org/bars"}
    shown = make_item(ana, "Fractions with bars", level=["1ceb"], **words, **known)
    gone = make_item(ana, "Bars on paper", level=["2ceb", "sec"], **words)
    draft = make_item(ana, "Half a plan", publish=False, **words)
    with work_as() as work:
        for item in (shown, gone):
            items.publish(work, work.session.get_one(Item, item.id))
    with work_as(ana) as work:
        items.withdraw(work, work.session.get_one(Item, gone.id))
        revised = items.begin_version(work, work.session.get_one(Item, shown.id))
        attachments.restrict(work, revised.files[0], "verified")
        items.submit(work, revised)
    with work_as() as work:
        items.publish(work, work.session.get_one(Item, revised.id))
    with work_as(ana) as work:
        accounts.issue_token(work, work.session.get_one(User, ana.id), "Library", ["read"], 30)
    with work_as(rui) as work:
        adapted = adapt(work, work.session.get_one(Item, shown.id))
    with work_as() as work:
        for user in (ana, rui, admin):
            work.session.get_one(User, user.id).locale = "en"
        reports.tell(work, services, "rights", "This is ours.", "", work.session.get_one(Item, shown.id))
        jobs.enqueue(work, "mail.send", mail_id=0)
        synonyms.add_group(work, ["bar model", "tape diagram"])
    run_jobs()
    with work_as() as work:
        work.session.add(
            Job(name="mail.send", key="x", payload={}, state=JobState.PARKED, last_error="refused", attempts=5,
                run_after=work.now, created_at=work.now)
        )  # fmt: skip
    course = busy_course(services, work_as, centre, run_jobs)
    lent = busy_lending(work_as, centre, ana, shown.id)
    busy_levels(work_as, school, ana, rui, shown.id)
    run_jobs()
    every_item = (shown.id, gone.id, draft.id, adapted.id, lent["thing_id"][0], 999)
    return (
        course
        | lent
        | {
            "item_id": every_item + course["item_id"],
            "number": (1, 2),
            "user_id": (ana.id, admin.id),
            "organisation_id": (school.id, school.parent_id),
            "name": ("licencas", "acessibilidade", "privacidade", "ajuda", "pesquisa", *Vocabularies.names()),
            "code": ("pre", "1ceb", "3ceb", "sec", "inc"),
            "group": ("110",),
            "dimension": ("level", "action", "year", "nothing"),
            "group_id": (1,),
            "secret": ("stale",),
            "token": ("stale", *course["token"]),
        }
    )


def addresses(app: Flask, known: dict[str, tuple[Any, ...]]) -> Iterator[str]:
    """Yield the address of every page, with each of the known values in its parts; files and data are no pages."""
    endings = (".pdf", ".xml", ".ics", ".atom", "kind>", "/progress")
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        area = rule.endpoint.partition(".")[0]
        data = area in ("static", "files", "api", "api-docs", "uploads", "language") or "static" in rule.endpoint
        data = (
            data
            or area.endswith("_api")
            or (
                rule.rule.endswith(endings)
                and area.startswith(("training", "physical_loans", "reports", "saved_searches"))
            )
        )
        if "GET" not in (rule.methods or ()) or data:
            continue
        parts = sorted(rule.arguments)
        for values in product(*(known[part] for part in parts)):
            yield adapter.build(rule.endpoint, dict(zip(parts, values, strict=True)))
    yield from (
        "/search?q=bars",
        "/search?q=bars+helicopter",
        "/search?q=helicopter",
        "/search?level=1ceb&year=3&discipline=MAT&type=worksheet&licence=CC-BY-4.0&language=en&group=110&kind=digital",
        "/search?page=9",
        "/levels/challenges/1?look=bars",
        "/search?sort=title&level=pre",
        "/password/sent?what=register",
        "/report?item=1",
        "/admin/accounts?q=nobody&state=waiting",
        "/nothing/here",
    )

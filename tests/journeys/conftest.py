"""What journeys share: a real server on a free port, its worker, and a real browser that is skipped loudly if missing."""

import ctypes
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from repository import jobs
from repository.models import User
from repository.work import Services
from tests.conftest import PASSWORD

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: NO JOURNEY IS TESTED")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE_MS = 60_000


@pytest.fixture
def server(app: Flask, services: Services) -> Iterator[str]:
    """Serve the application on a free port with its worker beside it; the address has no slash at the end."""
    app.config.update(WTF_CSRF_ENABLED=True)
    served = make_server("127.0.0.1", 0, app, threaded=True)
    stop = threading.Event()
    threads = [
        threading.Thread(target=served.serve_forever, daemon=True),
        threading.Thread(target=_work, args=(services, stop), daemon=True),
    ]
    for thread in threads:
        thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    stop.set()
    served.shutdown()
    served.server_close()
    for thread in threads:
        thread.join()


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
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
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

"""The first page in a browser that was never here: bytes over the wire, and the hosts asked."""

import shutil
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from bench.instance import command, serving

# A phone has no list below its address bar, for which the browser would load two pages of its own beside each of ours.
# The others are those that playwright leaves out, which the browser forgets when it is told anything more.
LEFT_OUT = "WebUIOmniboxPopup,WebUIOmniboxAimPopup,PaintHolding,HttpsUpgrades,MediaRouter,OptimizationHints,LensOverlay"
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={LEFT_OUT}",
)


def fill(folder: Path) -> None:
    """Fill an instance with the demonstration centre, found and pictured."""
    command(folder, "init")
    command(folder, "demo")
    command(folder, "worker", "--until-idle")


def browser_path() -> str:
    """Return where this machine has its browser."""
    return next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))


def measure(folder: Path) -> tuple[float, set[str]]:
    """Return kB over the wire (headers included) and the hosts, for the demonstration centre's first page."""
    fill(folder)
    with serving(folder) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=list(CHROMIUM))
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="pt-PT")
        sizes: list[float] = []
        hosts: set[str] = set()
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page.goto(server.url, wait_until="networkidle")
        browser.close()
        return sum(sizes) / 1000, {host for host in hosts if host and host not in server.url}

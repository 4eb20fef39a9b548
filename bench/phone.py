"""Four pages on a slow phone that was never here: when the largest thing is painted, and how far things move after it.

The phone is the usual throttled profile: 1.6 Mbit/s down, 0.75 up, 150 ms to each answer, a processor slowed to a fourth.
"""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.first_page import CHROMIUM, browser_path, fill
from bench.instance import serving

LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SLOWER = 4  # times, than this machine
TIMES = 5  # each page is opened, each time by a new browser; the middle one counts
LONGEST_PAINT_S, MOST_SHIFT = 1.5, 0.01
# https://www.w3.org/TR/largest-contentful-paint/ and https://wicg.github.io/layout-instability/
WATCH = """
window.painted = 0; window.shifted = 0; window.moved = [];
new PerformanceObserver(list => list.getEntries().forEach(each => { window.painted = each.startTime; }))
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(each => {
  window.shifted += each.value;
  each.sources.forEach(source => window.moved.push(source.node?.outerHTML?.slice(0, 90)));
})).observe({type: 'layout-shift', buffered: true});
"""


@dataclass(frozen=True)
class Opened:
    """A page as the phone showed it: seconds to its largest paint, the sum of its shifts, and what moved."""

    address: str
    paint_s: float
    shift: float
    moved: tuple[str, ...]


def measure(folder: Path) -> list[Opened]:
    """Open each page of a demonstration centre as often as TIMES says; return the middle paint, and the worst shift."""
    fill(folder)
    with serving(folder) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=list(CHROMIUM))
        found = []
        for address in _addresses(browser, server.url):
            each = [_open(browser, server.url, address) for _ in range(TIMES)]
            worst = max(each, key=lambda opened: opened.shift)
            paint_s = statistics.median(opened.paint_s for opened in each)
            found.append(Opened(address, paint_s, worst.shift, worst.moved))
        browser.close()
    return found


def _addresses(browser: Browser, url: str) -> Iterator[str]:
    """Yield the first page, results, the first item found, and the first level's page."""
    page = browser.new_page(locale="pt-PT")
    page.goto(url)
    level = page.locator("a[href^='/levels/']").first.get_attribute("href")
    page.goto(f"{url}/search?q=frações")
    item = page.locator("main a[href^='/items/']").first.get_attribute("href")
    page.close()
    yield from ("/", "/search?q=frações", str(item).partition("?")[0], str(level))


def _open(browser: Browser, url: str, address: str) -> Opened:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True, has_touch=True, locale="pt-PT"
    )
    page = context.new_page()
    phone: Any = context.new_cdp_session(page)
    phone.send("Network.enable")
    phone.send("Network.emulateNetworkConditions", LINE)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(WATCH)
    page.goto(url + address, wait_until="networkidle")
    painted, shifted, moved = page.evaluate("[window.painted, window.shifted, window.moved]")
    context.close()
    return Opened(address, painted / 1000, shifted, tuple(each or "" for each in moved))


def rows(folder: Path) -> list[tuple[str, str, str, bool]]:
    """Return the lines of the table; what moved is printed."""
    found = []
    for opened in measure(folder):
        for moved in opened.moved:
            print(f"  {opened.address} moved: {moved}")
        name = "/items/0" if opened.address.startswith("/items/") else opened.address
        met = opened.paint_s <= LONGEST_PAINT_S
        found.append((f"slow phone, {name}: largest paint", f"{opened.paint_s:.2f} s", f"<= {LONGEST_PAINT_S} s", met))
        still = opened.shift <= MOST_SHIFT
        found.append((f"slow phone, {name}: layout shift", f"{opened.shift:.3f}", f"<= {MOST_SHIFT}", still))
    return found

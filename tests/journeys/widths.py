"""The widths at which the journeys of the roles are looked at: a phone and a desk."""

from typing import Any

WIDE, PHONE = 1280, 390


def fits(page: Any, *widths: int) -> None:
    """Nothing rolls sideways, as wide as the page is and at other widths."""
    for width in widths or (PHONE, WIDE):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, (page.url, width)

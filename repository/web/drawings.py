"""Icons and our own drawings: references into two sprites. A page has a hundred of the same few, so each is written once."""

from collections.abc import Callable
from functools import lru_cache

from flask import Flask, url_for
from markupsafe import Markup

ICONS, DRAWINGS = "vendor/icons.svg", "drawings.svg"
_USE_ICON = Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>')
_USE_DRAWING = Markup(
    '<svg class="{}" viewBox="0 0 {}" preserveAspectRatio="{}" aria-hidden="true" focusable="false">'
    '<use href="{}#{}"/></svg>'
)


def prepare(app: Flask) -> None:
    """Give templates `icon` and `drawing`, which `_macros.html` and `_drawings.html` hand on."""
    # The one that knows static files by heart, where there is one.
    sprite: Callable[..., str] = app.jinja_env.globals.get("url_for", url_for)  # type: ignore[assignment]

    def icon(name: str, cls: str = "") -> Markup:
        """Return one Lucide icon, always beside a word."""
        return _icon(sprite("static.static", filename=ICONS), name, cls)

    def drawing(name: str, box: str, cls: str = "draw", fit: str = "xMidYMax meet") -> Markup:
        """Return one of our own drawings; `box` is its width and height."""
        return _drawing(sprite("static.static", filename=DRAWINGS), name, box, cls, fit)

    app.jinja_env.globals.update(svg_icon=icon, svg_drawing=drawing)


@lru_cache(maxsize=2_000)
def _icon(sprite: str, name: str, cls: str) -> Markup:
    classes = f"i {cls}" if cls else "i"
    return _USE_ICON.format(classes, sprite, name)


@lru_cache(maxsize=2_000)
def _drawing(sprite: str, name: str, box: str, cls: str, fit: str) -> Markup:
    return _USE_DRAWING.format(cls, box, fit, sprite, name)

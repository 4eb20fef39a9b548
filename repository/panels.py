"""Panels of plugins, drawn one by one, so that a broken one leaves the rest of the page whole."""

import logging
from collections.abc import Iterable
from typing import Any

from flask import render_template
from markupsafe import Markup

from repository.hookspecs import Panel

log = logging.getLogger(__name__)


def draw(panels: Iterable[Panel], **known: Any) -> list[dict[str, Any]]:
    """Return the panels by weight as id, slot, paper, title, tone and html; one that fails is logged and left out."""
    drawn = []
    for panel in sorted(panels, key=lambda panel: panel.weight):
        try:
            html = Markup(render_template(panel.template, **known, **panel.context))  # noqa: S704  (our own templates)
        except Exception:
            log.exception("the panel %s cannot be drawn", panel.name)
            continue
        said = {name: panel.context.get(name, "") for name in ("title", "tone")}
        drawn.append({"id": panel.name, "slot": panel.slot, "paper": panel.paper, "html": html} | said)
    return drawn

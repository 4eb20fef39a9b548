"""The settings: those chosen in the browser as a form, all others with where they come from."""

from typing import Any

from flask import current_app, flash, render_template, request
from flask_babel import get_locale, gettext

from repository.chosen import choose
from repository.errors import Conflict, Invalid
from repository.hookspecs import Setting
from repository.house import load_stored
from repository.http import begin, services
from repository.web.admin.door import done, door, pages, refused
from repository.web.security import set_limits
from repository.words import N_

PERMISSION, PAGE = "settings.manage", "admin/settings.html"
SOURCES = {
    "default": N_("valor de origem"),
    "browser": N_("escolhido aqui"),
    "file": N_("settings.toml"),
    "environment": N_("ambiente"),
    "start": N_("arranque"),
}


def _editable() -> list[Setting]:
    known = services().settings
    offered = [s for s in known.declared.values() if s.editable and not s.secret and known.may_be_chosen(s.name)]
    return sorted(offered, key=lambda s: not s.name.startswith("centre_"))  # its name first, sizes later


def _page() -> dict[str, Any]:
    known = services().settings
    offered = {setting.name for setting in _editable()}
    rest = [
        (setting, "" if setting.secret else known[setting.name], gettext(SOURCES[known.source(setting.name)]))
        for setting in known.declared.values()
        if setting.name not in offered
    ]
    licences = [(term.code, term.short(get_locale())) for term in services().vocabularies.licences]
    shown = {setting.name: _text(known[setting.name]) for setting in _editable()}
    return {"editable": _editable(), "rest": rest, "licences": licences, "sources": SOURCES, "shown": shown}


def _text(value: Any) -> str:
    """Return a value as its field in the form sends it."""
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value) if isinstance(value, str | int | float) else ", ".join(value)


@pages.get("/settings")
def settings() -> str:
    """Every setting; the values of secret ones are never shown."""
    door(PERMISSION)
    return render_template(PAGE, errors={}, values=dict(services().settings), **_page())


@pages.post("/settings")
def save_settings() -> Any:
    """Store what was chosen, all of it or nothing, and put it in force."""
    door(PERMISSION)
    typed: dict[str, Any] = {s.name: request.form.get(s.name, "").strip() for s in _editable() if _was_changed(s)}
    try:
        with begin() as work:
            for name, value in typed.items():
                choose(work, services().settings, services().vocabularies, name, value)
    except (Invalid, Conflict) as error:
        page = _page()
        page["shown"] |= {name: request.form[f"{name}-shown"] for name in typed if f"{name}-shown" in request.form}
        return refused(PAGE, error, values=dict(services().settings) | typed, **page)
    load_stored(services())
    set_limits(current_app, services())
    flash(gettext("Guardado."), "success")
    return done("admin.settings")


def _was_changed(setting: Setting) -> bool:
    """Return whether somebody changed the setting: the form says what it showed, which by now may be another's choice.

    An unticked box is not sent, but what it showed is.
    """
    shown = request.form.get(f"{setting.name}-shown")
    sent = request.form.get(setting.name, "" if shown is not None else None)
    return sent is not None and sent.strip() != shown

"""The plugins that are on, and what each brings."""

from typing import Any

from flask import current_app, render_template
from flask_babel import gettext

from repository.http import services
from repository.registry import answers_by_plugin
from repository.web.admin.door import door, pages

SET_UP = ("register_settings", "register_permissions", "register_jobs", "register_search_fields")


@pages.get("/plugins")
def plugins() -> str:
    """What each plugin registers, and how to switch it; the core stands last, with its own answers."""
    door("settings.manage")
    names = [name.rpartition(".")[2] for name in services().settings["plugins"]]
    rows = [_about(name) for name in [*names, "core"]]
    return render_template("admin/plugins.html", rows=rows, source=services().settings.source("plugins"))


def _about(name: str) -> dict[str, Any]:
    found = {what: answers_by_plugin(getattr(services().hook, what)).get(name, []) for what in SET_UP}
    mine = [
        rule
        for rule in current_app.url_map.iter_rules()
        if _owner(rule.endpoint) == name and not rule.endpoint.endswith("static")
    ]
    return {
        "name": name,
        "pages": sorted({rule.rule for rule in mine}) if name != "core" else [],
        "hooks": sorted(hook for hook in _hooks_of(name) if not hook.startswith("register_")),
        "settings": [gettext(setting.label) or setting.name for setting in found["register_settings"]],
        "permissions": [gettext(permission.label) for permission in found["register_permissions"]],
        "jobs": [gettext(kind.label) if kind.label else kind.name for kind in found["register_jobs"]],
        "fields": [field.name for field in found["register_search_fields"]],
    }


def _owner(endpoint: str) -> str:
    blueprint = endpoint.rpartition(".")[0]
    names = [name.rpartition(".")[2] for name in services().settings["plugins"]]
    return next((name for name in names if blueprint == name or blueprint.startswith(f"{name}_")), "core")


def _hooks_of(name: str) -> list[str]:
    hooks = (caller for caller in vars(services().hook).values() if hasattr(caller, "get_hookimpls"))
    return [caller.name for caller in hooks if any(impl.plugin_name == name for impl in caller.get_hookimpls())]

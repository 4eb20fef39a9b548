"""Loads plugins, guards the door, and gathers their answers."""

import importlib
import importlib.util
import logging
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from repository.db import Base
from repository.hookspecs import PROJECT, Hooks

log = logging.getLogger(__name__)


class PluginError(Exception):
    """A plugin that cannot be used; the start stops and the message names the plugin."""


def load_plugins(names: Iterable[str], core: ModuleType) -> pluggy.PluginManager:
    """Return a manager with the named plugins of the folder `plugins/`, in call order, and the core's own answers last.

    A name with a dot is the path of a package that lives elsewhere. Raises PluginError.
    """
    names = list(names)
    if len(set(names)) != len(names):
        raise PluginError(f"a plugin is named twice: {', '.join(names)}")
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    manager.register(core, "core")
    for name in reversed(names):  # pluggy calls the last registered first
        manager.register(_import(name), name.rpartition(".")[2])
    _guard(manager, core)
    return manager


def _package(name: str) -> str:
    return name if "." in name else f"plugins.{name}"


def plugin_folder(name: str) -> Path:
    """Return the folder of a plugin, where its migrations, templates and translations are. Raises PluginError."""
    spec = importlib.util.find_spec(_package(name))
    if spec is None or not spec.submodule_search_locations:
        raise PluginError(f"there is no plugin {name!r}")
    return Path(next(iter(spec.submodule_search_locations)))


def _import(name: str) -> ModuleType:
    path = f"{_package(name)}.plugin"
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name and path.startswith(error.name):
            raise PluginError(f"there is no plugin {name!r}") from error
        raise PluginError(f"plugin {name!r} needs {error.name!r}, which is not installed") from error


def _guard(manager: pluggy.PluginManager, core: ModuleType) -> None:
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(f"a plugin answers a hook that does not exist: {error}") from error
    for name, plugin in manager.list_name_plugin():
        if plugin is core or plugin is None:
            continue
        for caller in manager.get_hookcallers(plugin) or ():
            if any(impl.plugin is plugin and (impl.wrapper or impl.hookwrapper) for impl in caller.get_hookimpls()):
                raise PluginError(f"plugin {name!r} wraps the hook {caller.name!r}; wrappers are not allowed")
    _guard_tables(manager)


def _guard_tables(manager: pluggy.PluginManager) -> None:
    for mapper in Base.registry.mappers:
        module = mapper.class_.__module__
        if not module.startswith("plugins."):
            continue
        plugin = module.split(".")[1]
        if not mapper.local_table.name.startswith(plugin):  # type: ignore[attr-defined]
            raise PluginError(f"plugin {plugin!r}: the table {mapper.local_table} does not carry its name")


def collect(hook: Any, *, strict: bool = False, **known: Any) -> list[Any]:
    """Ask each plugin on its own and join the answers; a failing plugin is logged and left out, unless `strict`."""
    parts: list[Any] = []
    for impl in reversed(hook.get_hookimpls()):  # pluggy's own order
        try:
            parts += list(impl.function(*(known[name] for name in impl.argnames)) or ())
        except Exception as error:
            if strict:
                raise PluginError(f"plugin {impl.plugin_name!r} failed in {hook.name}: {error}") from error
            log.exception("plugin %s failed in %s", impl.plugin_name, hook.name)
    return parts


def answers_by_plugin(hook: Any) -> dict[str, list[Any]]:
    """Return what each plugin answers to a set-up hook, by the plugin's name."""
    return {impl.plugin_name: list(impl.function() or ()) for impl in hook.get_hookimpls()}


def by_name(answers: Iterable[Any], what: str) -> dict[str, Any]:
    """Return set-up answers by their names. Raises PluginError when two plugins use one name."""
    found: dict[str, Any] = {}
    for answer in answers:
        if answer.name in found:
            raise PluginError(f"two plugins declare the {what} {answer.name!r}")
        found[answer.name] = answer
    return found

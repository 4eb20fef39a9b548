"""The guards at the plugins' door, and the answers that pass through it."""

import sys
from types import ModuleType

import pytest
from flask import Blueprint

from repository import defaults
from repository.api import NavEntry, Setting, hookimpl
from repository.registry import PluginError, collect, load_plugins


@pytest.fixture
def plugin(monkeypatch):
    """Make a plugin out of functions, importable as a package outside `plugins/`."""

    def make(name, *functions):
        package, module = ModuleType(f"outside.{name}"), ModuleType(f"outside.{name}.plugin")
        for function in functions:
            setattr(module, function.__name__, hookimpl(function))
        monkeypatch.setitem(sys.modules, "outside", ModuleType("outside"))
        monkeypatch.setitem(sys.modules, f"outside.{name}", package)
        monkeypatch.setitem(sys.modules, f"outside.{name}.plugin", module)
        return f"outside.{name}"

    return make


def test_a_plugin_that_does_not_exist_stops_the_start_and_is_named():
    with pytest.raises(PluginError, match="nowhere"):
        load_plugins(["nowhere"], defaults)


def test_a_plugin_named_twice_stops_the_start():
    with pytest.raises(PluginError, match="twice"):
        load_plugins(["anything", "anything"], defaults)


def test_an_answer_to_a_hook_that_does_not_exist_stops_the_start(plugin):
    def item_exploded(item):
        return None

    with pytest.raises(PluginError, match="item_exploded"):
        load_plugins([plugin("bad", item_exploded)], defaults)


def test_a_hook_wrapper_is_refused(plugin, monkeypatch):
    name = plugin("wrapping")

    @hookimpl(wrapper=True)
    def nav_entries(actor):
        return (yield)

    sys.modules[f"{name}.plugin"].nav_entries = nav_entries
    with pytest.raises(PluginError, match="wraps"):
        load_plugins([name], defaults)


def test_the_order_of_the_settings_is_the_order_of_the_calls_and_the_core_comes_last(plugin):
    def first(actor):
        return [NavEntry("first", "x")]

    def second(actor):
        return [NavEntry("second", "x")]

    first.__name__ = second.__name__ = "nav_entries"
    manager = load_plugins([plugin("one", first), plugin("two", second)], defaults)
    labels = [entry.label for entry in collect(manager.hook.nav_entries, actor=None)]
    assert labels[:3] == ["first", "second", "Procurar"]


def test_a_failing_display_hook_is_left_out_and_named_in_the_log(plugin, caplog):
    def nav_entries(actor):
        raise RuntimeError("broken")

    manager = load_plugins([plugin("broken", nav_entries)], defaults)
    assert "Procurar" in [entry.label for entry in collect(manager.hook.nav_entries, actor=None)]
    assert "plugin broken failed in nav_entries" in caplog.text


def test_a_failing_set_up_hook_stops_the_start_and_names_the_plugin(plugin):
    def register_settings():
        raise RuntimeError("broken")

    manager = load_plugins([plugin("broken", register_settings)], defaults)
    with pytest.raises(PluginError, match="'broken' failed in register_settings"):
        collect(manager.hook.register_settings, strict=True)


def test_two_plugins_may_not_declare_one_setting(plugin, make_services):
    def register_settings():
        return [Setting("port", int, 1, "Outra porta")]

    with pytest.raises(PluginError, match="port"):
        make_services(plugins=[plugin("greedy", register_settings)])


def test_a_blueprint_must_carry_its_plugins_name(plugin, make_services, monkeypatch):
    from repository import web

    def register_blueprints():
        return [Blueprint("public", __name__)]

    services = make_services(plugins=[])
    services.hook = load_plugins([plugin("pages", register_blueprints)], defaults).hook
    with pytest.raises(PluginError, match="'public'"):
        web._register_plugins(_app(), services)


def _app():
    from flask import Flask

    return Flask(__name__)

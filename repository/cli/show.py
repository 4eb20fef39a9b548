"""`routes` and `plugins`: what this house is made of."""

from collections.abc import Container, Iterator
from inspect import isfunction, unwrap
from typing import Any

import click
from flask import Flask
from werkzeug.routing import Rule

from repository.app import create_app
from repository.console import json_option, pass_services, report
from repository.permissions import all_permissions
from repository.work import Services

DEPTH = 2


@click.command()
@json_option
@pass_services
def routes(services: Services, as_json: bool) -> None:
    """List every address with its methods and who may use it."""
    rows = route_rows(create_app(services=services))
    report(rows, lambda: [f"{row['route']}\t{' '.join(row['methods'])}\t{row['who']}" for row in rows], as_json=as_json)


def route_rows(app: Flask) -> list[dict[str, Any]]:
    """Return the addresses in order: route, methods, who may, endpoint."""
    permissions = all_permissions(app.extensions["repository"].hook)
    rows = []
    for rule in app.url_map.iter_rules():
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        who = who_may(app.view_functions[rule.endpoint], rule, methods, permissions)
        rows.append({"route": rule.rule, "methods": methods, "who": who, "endpoint": rule.endpoint})
    return sorted(rows, key=lambda row: (str(row["route"]), row["methods"]))


def who_may(view: Any, rule: Rule, methods: list[str], permissions: Container[str]) -> str:
    """Return who gets past a page's door, as its code says: permissions it names, a signed-in person, a token, anyone.

    What concerns one item or file is decided for each, by the same rule as in the search.
    """
    if rule.endpoint.startswith("api."):
        return "anyone, or a token for read" if methods == ["GET"] else "a token for deposit"
    inner = unwrap(view)
    if named := sorted(set(_named(inner, permissions, DEPTH))):
        return " or ".join(named)
    if {"item_id", "file_id"} & rule.arguments:
        return "who may see the item" if methods == ["GET"] else "who may change the item"
    return "signed in" if inner is not view else "anyone"


def _named(function: Any, permissions: Container[str], depth: int) -> Iterator[str]:
    """Yield the permissions that a page's function names, or one of the web functions that it calls."""
    if not isfunction(function) or not function.__module__.startswith(("repository.web", "plugins.")):
        return
    code = function.__code__
    used = [function.__globals__.get(name) for name in code.co_names]
    for value in [*code.co_consts, *used]:
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and text in permissions:
                yield text
    for other in used if depth else ():
        yield from _named(other, permissions, depth - 1)


@click.command()
@json_option
@pass_services
def plugins(services: Services, as_json: bool) -> None:
    """List the plugins in call order, with the hooks each answers."""
    data = [{"name": "core", "hooks": answered(services, "core")}]
    names = [name.rpartition(".")[2] for name in services.settings["plugins"]]
    data = [{"name": name, "hooks": answered(services, name)} for name in names] + data
    report(data, lambda: [f"{each['name']}: {' '.join(each['hooks'])}" for each in data], as_json=as_json)


def answered(services: Services, plugin: str) -> list[str]:
    """Return the names of the hooks that a plugin answers."""
    callers = {name: caller for name, caller in vars(services.hook).items() if hasattr(caller, "get_hookimpls")}
    return sorted(n for n, c in callers.items() if any(impl.plugin_name == plugin for impl in c.get_hookimpls()))

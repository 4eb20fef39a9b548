"""`routes` and `plugins`: what this house is made of."""

from typing import Any

import click
from flask import Flask

from repository.app import create_app
from repository.console import json_option, pass_services, report
from repository.work import Services


@click.command()
@json_option
@pass_services
def routes(services: Services, as_json: bool) -> None:
    """List every address with its methods and who may use it."""
    rows = route_rows(create_app(services=services))
    report(rows, lambda: [f"{row['route']}\t{' '.join(row['methods'])}\t{row['who']}" for row in rows], as_json=as_json)


def route_rows(app: Flask) -> list[dict[str, Any]]:
    """Return the addresses in order: route, methods, who may, endpoint."""
    rows = [
        {
            "route": rule.rule,
            "methods": sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}),
            "who": getattr(app.view_functions[rule.endpoint], "who", "anyone"),
            "endpoint": rule.endpoint,
        }
        for rule in app.url_map.iter_rules()
    ]
    return sorted(rows, key=lambda row: (str(row["route"]), row["methods"]))


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

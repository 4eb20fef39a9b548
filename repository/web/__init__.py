"""The pages of the core, and what every page of every plugin shares."""

import re

from flask import Blueprint, Flask
from flask_wtf import CSRFProtect

from repository.http import close_look
from repository.registry import PluginError, collect
from repository.rest.blueprint import ApiBlueprint
from repository.web import (
    account,
    admin,
    api,
    bodies,
    codes,
    display,
    drawings,
    errors,
    files,
    from_memory,
    health,
    languages,
    letters,
    login,
    pages,
    problems,
    security,
    static_files,
    uploads,
)
from repository.web.addresses import LateRule
from repository.web.converters import RowNumber
from repository.work import Services

csrf = CSRFProtect()


def prepare(app: Flask, services: Services) -> None:
    """Give the application its languages, people, protections and pages."""
    app.config.update(
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=1_000,
        WTF_CSRF_TIME_LIMIT=None,  # a form left open overnight must not lose what was typed
        WTF_CSRF_SSL_STRICT=False,
    )
    app.request_class = uploads.StreamingRequest
    app.url_rule_class = LateRule
    app.url_map.converters["int"] = RowNumber
    errors.prepare(app)  # first, so that every refusal has its request's name
    bodies.prepare(app)
    from_memory.prepare(app, services)
    csrf.init_app(app)
    security.prepare(app, services)
    languages.prepare(app, services)
    login.prepare(app)
    display.prepare(app, services)
    health.prepare(app, services)
    account.welcome.prepare(app)
    app.teardown_appcontext(close_look)
    app.register_blueprint(Blueprint("static", "repository", static_folder="static", static_url_path="/static"))
    for blueprint in _core_blueprints():
        app.register_blueprint(blueprint)
    more = _plugins_apis(services)
    api.prepare(app, services, more)
    for part in (api.blueprint, *more):
        csrf.exempt(part)  # cookies open nothing there
    csrf.exempt(letters.stop)  # its link is the proof, and mail programs bring no cookie
    _check_level_views(services)
    _register_plugins(app, services)
    _check_addresses_of_views(app, services)
    static_files.prepare(app)
    drawings.prepare(app)


def _core_blueprints() -> list[Blueprint]:
    return [
        pages.pages,
        files.files,
        problems.words,
        codes.codes,
        letters.letters,
        uploads.pages,
        account.pages,
        admin.pages,
        health.health,
    ]


def _named_for_its_plugin(services: Services, blueprint: Blueprint) -> None:
    names = [name.rpartition(".")[2] for name in services.settings["plugins"]]
    if not any(blueprint.name == name or blueprint.name.startswith(f"{name}_") for name in names):
        raise PluginError(f"the blueprint {blueprint.name!r} does not carry its plugin's name")


def _plugins_apis(services: Services) -> list[ApiBlueprint]:
    """Return the plugins' parts of the API. Raises PluginError for a name that is not the plugin's."""
    found = collect(services.hook.register_api, strict=True)
    for blueprint in found:
        _named_for_its_plugin(services, blueprint)
    return found


def _check_level_views(services: Services) -> None:
    """Raise PluginError when two views of levels use one code, which is their address."""
    codes = [view.code for view in collect(services.hook.register_level_views, strict=True)]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise PluginError(f"two plugins declare the level view {', '.join(sorted(twice))!r}")


def _check_addresses_of_views(app: Flask, services: Services) -> None:
    """Raise PluginError when a view of a level would stand where another page is, such as /levels/mine."""
    taken = {rule.rule.split("/")[2] for rule in app.url_map.iter_rules() if re.match(r"/levels/[^<]", rule.rule)}
    for view in collect(services.hook.register_level_views, strict=True):
        if view.code in taken:
            raise PluginError(f"the level view {view.code!r} needs another code: /levels/{view.code} is another page")


def _register_plugins(app: Flask, services: Services) -> None:
    """Register the plugins' blueprints. Raises PluginError for a name that is not the plugin's or a page that exists."""
    for blueprint in collect(services.hook.register_blueprints, strict=True):
        _named_for_its_plugin(services, blueprint)
        before = {rule.rule for rule in app.url_map.iter_rules()}
        app.register_blueprint(blueprint)
        mine = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(f"{blueprint.name}.")]
        if taken := before.intersection(mine):
            raise PluginError(f"the plugin of {blueprint.name!r} takes pages that exist: {', '.join(sorted(taken))}")

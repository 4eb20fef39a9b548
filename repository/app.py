"""Makes the web application of an instance."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Flask

from repository import web
from repository.house import build_services, load_stored, require_instance
from repository.schema import is_current
from repository.sealing import secret_key
from repository.settings import instance_folder
from repository.work import Services


def create_app(
    instance: Path | None = None,
    *,
    plugins: Sequence[str] | None = None,
    overrides: Mapping[str, Any] | None = None,
    services: Services | None = None,
) -> Flask:
    """Return the application of an instance: settings, database, plugins, pages and commands.

    Raises PluginError, Invalid for wrong settings, and Unavailable where there is no instance, or while its
    database is not that of this version.
    """
    if services is None:
        require_instance(instance or instance_folder())
        services = build_services(instance, plugins=plugins, overrides=overrides)
    is_current(services)
    load_stored(services)
    app = Flask("repository", instance_path=str(services.instance), static_folder=None)
    # Nothing here is async, and Flask looks each function over, fifteen for a page.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]
    app.extensions["repository"] = services
    app.secret_key = secret_key(services)
    web.prepare(app, services)
    return app

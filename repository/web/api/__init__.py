"""The JSON API under /api/v1; its OpenAPI document is at /api/v1/openapi.json."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from apispec import BasePlugin
from flask import Flask, Response
from flask_smorest import Api

from repository.registry import collect
from repository.rest import door
from repository.rest.answers import PROBLEM, Problem, problem
from repository.rest.blueprint import ApiBlueprint
from repository.web.api import depositing, reading, schemas, telling
from repository.web.api.blueprint import blueprint
from repository.work import Services

__all__ = ["blueprint", "depositing", "prepare", "reading", "telling"]


class DocumentedApi(Api):
    """flask-smorest's API, with our problems in the place of its errors.

    What the document says of the operations and their answers is put together when it is first read, and not at every start.
    """

    ERROR_SCHEMA = schemas.Problem

    def __init__(self, app: Flask, **known: Any) -> None:
        self.undescribed: list[Callable[[], None]] = []
        self._describing = threading.Lock()
        super().__init__(app, **known)

    def _openapi_json(self) -> Response:
        with self._describing:
            while self.undescribed:
                self.undescribed[0]()
                self.undescribed.pop(0)
        return super()._openapi_json()

    def _register_error_handlers(self) -> None:
        """Refusals are answered by the blueprint and by the pages' own handlers."""

    def _register_responses(self) -> None:
        self.undescribed.append(self._describe_responses)

    def _describe_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = Api.DEFAULT_RESPONSE_CONTENT_TYPE


class PluginParameters(BasePlugin):
    """Names the plugins' own parameters of a search in the document."""

    def __init__(self, services: Services) -> None:
        found = collect(services.hook.register_search_parameters, strict=True)
        self.parameters = [reading.parameter(one.name, {"type": "string"}, one.description) for one in found]

    def operation_helper(self, path: str | None = None, operations: dict[str, Any] | None = None, **_: Any) -> None:
        """Add them to the search; what is documented of all houses alike stays as it is."""
        search = (operations or {}).get("get")
        if path == "/api/v1/items" and search is not None:
            search["parameters"] = [*search["parameters"], *self.parameters]


def prepare(app: Flask, services: Services, more: Iterable[ApiBlueprint] = ()) -> None:
    """Put the API, with the plugins' parts in `more`, and its document into the application."""
    app.config.update(
        API_TITLE="Partilha",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS=_about(services),
    )
    api = DocumentedApi(app, spec_kwargs={"extra_plugins": [PluginParameters(services)]})
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "description": "pt_…"})
    for part in (blueprint, *more):
        api.register_blueprint(part)
    app.before_request(door.recognise_download)
    app.register_error_handler(Problem, problem)
    app.after_request(door.open_to_all)


def _about(services: Services) -> dict[str, Any]:
    return {
        "info": {
            "description": "Search, read and deposit the items of the repository. Moments are RFC 3339 in UTC.",
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "servers": [{"url": services.settings.public_url}],
        "security": [{}, {"token": []}],
    }

"""The blueprint of the API, how it reads JSON, and what its documentation says of every operation."""

import json
from typing import Any, NoReturn

from flask import Request, request
from flask_babel import gettext
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from repository.errors import DomainError
from repository.web import errors
from repository.web.api import answers, door
from repository.web.api.answers import Problem
from repository.words import N_

WORDS = {
    "Unknown field.": N_("Este campo não existe."),
    "Not a valid string.": N_("Escreva texto."),
    "Not a valid list.": N_("Indique uma lista."),
    "Field may not be null.": N_("Este campo não pode ser null."),
    "Invalid input type.": N_("Envie um objeto JSON."),
}
TOKEN_ONLY: dict[str, Any] = {"security": [{"token": []}]}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]*$"},
    "description": "A name of your own for this request: sent again, it is answered and not done again.",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The ETag the item was read with; 412 when somebody has changed it since.",
}


class JsonParser(FlaskParser):
    """Reads JSON objects, and says what is wrong with each field."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Return the body. Raises Problem: 415 for another type, 400 for what is no JSON."""
        if not req.is_json:
            raise Problem(415, gettext("Envie JSON, com «Content-Type: application/json»."))
        try:
            return json.loads(req.get_data())
        except (ValueError, RecursionError) as error:
            raise Problem(400, gettext("O pedido não é JSON que se consiga ler.")) from error

    def handle_error(self, error: ValidationError, *_args: Any, **_known: Any) -> NoReturn:
        """Raise a 422 problem with a pointer to each field."""
        found = list(_pointers(error.messages.get("json", {}) if isinstance(error.messages, dict) else {}))
        raise Problem(422, gettext("O pedido tem campos que não servem."), found)


def _pointers(messages: Any, path: str = "") -> Any:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            step = "" if name == "_schema" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from _pointers(inner, path + step)
        return
    for text in messages if isinstance(messages, list) else [messages]:
        yield path, gettext(WORDS.get(str(text), N_("Este valor não serve.")))


class ApiBlueprint(Blueprint):
    """A blueprint whose bodies are read by JsonParser."""

    ARGUMENTS_PARSER = JsonParser()


blueprint = ApiBlueprint("api", __name__, url_prefix="/api/v1", description="Items, files and vocabularies")
blueprint.before_request(door.recognise)
blueprint.register_error_handler(Problem, answers.problem)
blueprint.register_error_handler(DomainError, answers.refusal)


@blueprint.errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    """Answer what werkzeug refuses in the words of the house."""
    return errors.http_error(error)


def path_of(*parts: str) -> str:
    """Return the rule of an item's address with `parts` after it."""
    return "/".join(("/items/<int:item_id>", *parts))


def idempotency_key() -> str:
    """Return the request's key, or an empty text. Raises a 422 problem for one that cannot be kept."""
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    if len(key) > 100 or any(not "!" <= c <= "~" for c in key):
        raise Problem(422, gettext("A Idempotency-Key tem até 100 letras, algarismos ou sinais, sem espaços."))
    return key

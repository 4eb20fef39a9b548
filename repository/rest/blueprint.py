"""Blueprints of the API, how they read JSON, do a write once, and what the documentation says of every operation."""

import hashlib
import json
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from flask import Request, Response, request
from flask_babel import gettext
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser

from repository.errors import DomainError
from repository.http import begin
from repository.idempotency import Answer, is_known, once
from repository.rest import answers, door
from repository.rest.answers import Problem, respond
from repository.rest.shapes import Sentence
from repository.words import N_
from repository.work import Work

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
        yield path, text if isinstance(text, Sentence) else gettext(WORDS.get(str(text), N_("Este valor não serve.")))


class ApiBlueprint(Blueprint):
    """A blueprint under /api/v1: bodies are read by JsonParser, tokens are asked for, refusals are problems."""

    ARGUMENTS_PARSER = JsonParser()

    def __init__(self, name: str, import_name: str, **known: Any) -> None:
        super().__init__(name, import_name, url_prefix=known.pop("url_prefix", "/api/v1"), **known)
        self.before_request(door.recognise)
        self.register_error_handler(Problem, answers.problem)
        self.register_error_handler(DomainError, answers.refusal)

    def arguments(self, schema: Any, **known: Any) -> Any:
        """Read the request by `schema`, made once: to make it anew takes longer than to read by it."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **known)

    def register_views_in_doc(self, api: Any, *args: Any, **known: Any) -> None:
        """Leave the description of the operations until somebody reads the document."""
        api.undescribed.append(partial(super().register_views_in_doc, api, *args, **known))


def takes_files(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark an operation whose body is files, and may be larger than JSON is."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def needs_scope(*scopes: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark an operation that a token opens with any of these scopes, in the place of `read` or `deposit`."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.token_scopes = scopes  # type: ignore[attr-defined]
        return view

    return mark


def idempotency_key() -> str:
    """Return the request's key, or an empty text. Raises a 422 problem for one that cannot be kept."""
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    if len(key) > 100 or any(not "!" <= c <= "~" for c in key):
        raise Problem(422, gettext("A Idempotency-Key tem até 100 letras, algarismos ou sinais, sem espaços."))
    return key


def was_answered(look: Work) -> bool:
    """Return whether an answer is kept under the key of this request, so that nothing is done any more."""
    return is_known(look.session, look.actor.user_id, idempotency_key())


def done(act: Callable[[Work], Answer], content: bytes | None = None) -> Response:
    """Do `act` in one transaction with its kept answer, and answer. `content` stands for a body that was streamed."""
    body = request.get_data() if content is None else content
    digest = hashlib.sha256(b"\0".join((request.method.encode(), request.path.encode(), body))).hexdigest()
    key = idempotency_key()
    with begin() as work:
        answer = once(work, key, digest, lambda: act(work))
    return respond(answer)

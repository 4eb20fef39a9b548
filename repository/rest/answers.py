"""How the API says things: JSON with a tag, or a problem with a pointer to each field (RFC 9457)."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, g, jsonify, request
from flask_babel import gettext

from repository.errors import DomainError, Doubtful
from repository.http import retry_after, status_of, words_of
from repository.idempotency import Answer
from repository.models import Item
from repository.words import N_

PROBLEM = "application/problem+json"
MOST_ERRORS = 20
ASKED = N_("Outros vão ler isto. Mude o que dá a conhecer alguém, ou confirme que fica assim.")
FIELDS = {"level": "levels", "year": "years", "group": "groups", "discipline": "disciplines"}  # the rules' names → ours
_REVISION = re.compile(r'"(\d{1,9})-')


class Problem(Exception):
    """A refusal of the API itself: a status, a sentence, and a pointer and sentence for each field.

    `more` are further members of the answer, by name.
    """

    def __init__(
        self,
        status: int,
        words: str,
        errors: Iterable[tuple[str, str]] = (),
        headers: dict[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
        self.errors = list(errors)[:MOST_ERRORS]
        self.headers = headers or {}
        self.more = more or {}


def pointer_of(error: DomainError) -> str:
    """Return the JSON Pointer to the field a refusal of the rules belongs to."""
    return f"/{FIELDS.get(error.field or '', error.field)}"


def problem(error: Problem) -> Response:
    """Answer a refusal of the API itself."""
    said: dict[str, Any] = {"type": "about:blank", "title": error.words, "status": error.status}
    said |= {"request_id": g.get("request_id", ""), **error.more}
    if error.errors:
        said["errors"] = [{"pointer": pointer, "detail": detail} for pointer, detail in error.errors]
    response = jsonify(said)
    response.status_code = error.status
    response.content_type = PROBLEM
    response.headers.update(error.headers)
    return response


def refusal(error: DomainError) -> Response:
    """Answer a refusal of the rules; one that may pass says when to come back."""
    words, status, seconds = words_of(error), status_of(error), retry_after(error)
    if isinstance(error, Doubtful):
        noticed = [(f"/{field}", str(gettext(message, **params))) for field, message, params in error.doubts]
        return problem(Problem(status, gettext(ASKED), noticed, more={"confirm": error.token}))
    errors = [(pointer_of(error), words)] if error.field else []
    return problem(Problem(status, words, errors, {"Retry-After": str(seconds)} if seconds else {}))


def respond(answer: Answer) -> Response:
    """Turn the answer to a write into HTTP."""
    response = jsonify(answer.body) if answer.body is not None else Response(status=answer.status)
    response.status_code = answer.status
    response.headers.update(answer.headers)
    if answer.again:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def show(body: Any, tag: str = "") -> Response:
    """Answer a read; somebody who has this very answer already is told so."""
    tag = tag or tag_of(body)
    known = request.if_none_match
    # A compressed answer has gone out under a tag of its own.
    same = known.contains_weak(tag) or known.contains_weak(f"{tag}-gzip")
    response = Response(status=304) if same else jsonify(body)
    response.set_etag(tag)
    return response


def tag_of(body: Any, revision: int | None = None) -> str:
    """Return the tag of an answer; an item's begins with its revision, which is all that If-Match looks at."""
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]
    return digest if revision is None else f"{revision}-{digest}"


def check_unchanged(item: Item) -> None:
    """Raise a 412 problem when the client has seen another state of the item than the present one."""
    check_revision(item.revision)


def check_revision(revision: int) -> None:
    """Raise a 412 problem when the client has seen another revision of what it changes than the present one."""
    seen = request.headers.get("If-Match", "").strip()
    if seen and seen != "*" and str(revision) not in _REVISION.findall(seen):
        raise Problem(412, gettext("Alguém mudou isto entretanto. Leia de novo e repita a sua alteração."))

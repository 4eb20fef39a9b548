"""Static files under addresses that change with their bytes, so that a browser asks for each of them once."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.routing import Rule

SHEETS = ("tokens", "base", "layout", "controls", "results")  # in the order in which they win over one another
HOUSE_SHEET = "css/house.css"
FOREVER = "public, max-age=31536000, immutable"
ENDING = ".static"
CORE = "static.static"


def prepare(app: Flask) -> None:
    """Give every folder of static files, the core's and the plugins', a second address that carries its digest.

    One digest stands for the whole folder, so that what a style sheet names beside itself (`../vendor/…`) is asked for
    under the same address as by a page. The plain address stays for whoever knows it by heart.
    """
    for plain in [rule for rule in app.url_map.iter_rules() if rule.endpoint.endswith(ENDING)]:
        folder = _folder(app, plain.endpoint)
        if folder is None:
            continue
        lasting = plain.rule.replace("<path:filename>", "v-<version>/<path:filename>")
        app.url_map.add(Rule(lasting, endpoint=plain.endpoint, methods={"GET"}))
        send = app.view_functions[plain.endpoint]
        app.view_functions[plain.endpoint] = _sent(
            _with_house_sheet(send, folder) if plain.endpoint == CORE else send, folder
        )
    app.url_defaults(lambda endpoint, values: _add_version(app, endpoint, values))
    url_for = app.jinja_env.globals["url_for"] = _addresses(app)
    app.after_request(lambda answer: _announced(answer, url_for))


def _announced(answer: Response, url_for: Callable[..., str]) -> Response:
    """Name the house style in the head of a page: a phone asks for it at once, before it has read that far."""
    if answer.mimetype == "text/html" and answer.status_code == 200:
        answer.headers.add("Link", f"<{url_for(CORE, filename=HOUSE_SHEET)}>; rel=preload; as=style")
    return answer


def _addresses(app: Flask) -> Callable[..., str]:
    """Return Flask's `url_for` for templates, which name the same few static files again and again: each icon does."""
    known: dict[tuple[str, str, str], str] = {}

    def url_for(endpoint: str, **values: Any) -> str:
        if not endpoint.endswith(ENDING) or endpoint.startswith(".") or values.keys() != {"filename"}:
            return app.url_for(endpoint, **values)
        key = (request.script_root if request else "", endpoint, values["filename"])
        if key not in known:
            known[key] = app.url_for(endpoint, **values)
        return known[key]

    return url_for


@cache
def digest_of(folder: Path) -> str:
    """Return ten hexadecimal digits that change with any name or byte in the folder; read once per process."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(
            f"{path.relative_to(folder).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode()
        )
    return found.hexdigest()[:10]


@cache
def house_sheet(folder: Path) -> bytes:
    """Return the style sheets that every page has as one: a browser on a slow line waits for each request it makes.

    Pico gives the plain elements their form. In a layer of its own it never wins over the house style, whatever its
    selectors weigh.
    """
    pico = (folder / "vendor/pico.min.css").read_text("utf-8").removeprefix('@charset "UTF-8";')
    ours = [(folder / f"css/{name}.css").read_text("utf-8") for name in SHEETS]
    return "\n".join([f"@layer pico {{{pico}}}", *ours]).encode()


def _house_sheet(folder: Path) -> Response:
    answer = Response(house_sheet(folder), mimetype="text/css")
    answer.headers["Cache-Control"] = "no-cache"
    answer.set_etag(digest_of(folder))
    answer.make_conditional(request)
    return answer


def _folder(app: Flask, endpoint: str) -> Path | None:
    blueprint = app.blueprints.get(endpoint.removesuffix(ENDING))
    return Path(blueprint.static_folder) if blueprint and blueprint.static_folder else None


def _add_version(app: Flask, endpoint: str, values: dict[str, Any]) -> None:
    if endpoint.endswith(ENDING) and (folder := _folder(app, endpoint)):
        values.setdefault("version", digest_of(folder))


def _with_house_sheet(send: Callable[..., Any], folder: Path) -> Callable[..., Any]:
    return lambda filename: _house_sheet(folder) if filename == HOUSE_SHEET else send(filename=filename)


def _sent(send: Callable[..., Any], folder: Path) -> Callable[..., Response]:
    """Wrap a folder's view; a page from before an update gets the file of today, but is not told to keep it."""

    def sent(filename: str, version: str = "") -> Response:
        response: Response = send(filename=filename)
        if version == digest_of(folder):
            response.headers["Cache-Control"] = FOREVER
        return response

    return sent

"""QR codes that lead from paper back to a page."""

from functools import lru_cache
from io import BytesIO

from flask import Blueprint, Response, request

from repository.errors import NotFound
from repository.http import safe_target, services
from repository.words import N_

codes = Blueprint("codes", __name__)
LONGEST = 300  # characters of an address; a longer one would be a code that no phone reads


@codes.get("/qr.svg")
def qr() -> Response:
    """The address of one of our own pages as a code."""
    path = request.args.get("page", "")
    if not 0 < len(path) <= LONGEST or safe_target(path, "") != path:
        raise NotFound(N_("Não há nada neste endereço."))
    answer = Response(draw(services().settings.public_url + path), mimetype="image/svg+xml")
    answer.cache_control.public, answer.cache_control.max_age = True, 86_400
    return answer


@lru_cache(maxsize=256)
def draw(address: str) -> bytes:
    """Return an address as a QR code in SVG."""
    import segno  # a server starts without what only paper needs

    out = BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=2, scale=4, light="#fff")
    return out.getvalue()

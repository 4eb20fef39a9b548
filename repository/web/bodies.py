"""Bodies of requests that found no room: the server lets them pass by unread, and here they get a sentence."""

import shutil
from enum import StrEnum

from flask import Flask, request

from repository.errors import NoRoom, TooLarge
from repository.words import N_
from repository.work import Services

MB = 1024 * 1024
LOST = "partilha.lost_body"  # in the WSGI environment: why the server kept nothing of the body
COPIES = 3  # a file of a form lies there as a part of the body, as a file of its own, and as the blob in the making


class Lost(StrEnum):
    """Why nothing of a body was kept."""

    SIZE = "size"
    ROOM = "room"


def prepare(app: Flask) -> None:
    """Refuse lost bodies before anything looks into them, the token of the form included."""
    app.before_request(refuse_lost_body)


def refuse_lost_body() -> None:
    """Raise TooLarge for a body over the limit, and NoRoom for one that the disk has no room for."""
    why = request.environ.get(LOST)
    if why == Lost.SIZE:
        raise TooLarge(N_("O que enviou é maior do que o permitido."))
    if why == Lost.ROOM:
        raise NoRoom(
            N_("O que enviou não cabe agora no disco do repositório. Envie menos de cada vez ou avise o centro.")
        )


def largest(services: Services) -> int:
    """Return the largest body that is taken, in bytes: a file of the largest size, and the fields of its form."""
    return (int(services.settings["max_file_mb"]) + 8) * MB


def room_for(services: Services) -> int:
    """Return how large a body the disk has room for now, in bytes."""
    return shutil.disk_usage(services.blobs.partial).free // COPIES

"""Files of a whole-course intake that come one by one, each resumable: announced, kept, and shown with the form that begins.

What has arrived is told in a sealed line: only the form of the same person and edition may show it.
"""

import base64
import binascii
import hmac

from plugins.training_actions import actions
from plugins.training_actions.intake_files import MB, safe_path
from repository.api import N_, Actor, Blob, Invalid, Services, TooLarge, UploadPlace, open_look, seal

PLACE = "training_actions.intake"


def announce(services: Services, actor: Actor, place: str, name: str, size: int) -> None:
    """Refuse what will not be taken before it is sent. Raises NotFound, NotAllowed, Invalid and TooLarge."""
    _require_edition(services, actor, place)
    if not name.strip():
        raise Invalid(N_("Escolha um ZIP, uma pasta ou ficheiros."), field="files")
    most = largest(services, name)
    if size > most:
        raise TooLarge(
            N_("«%(name)s» tem mais de %(most)s MB. Divida-o em partes."),
            field="files",
            name=name[:120],
            most=most // MB,
        )


def largest(services: Services, name: str) -> int:
    """Return the largest file of a name that is taken, in bytes: a ZIP may be larger than the files in it."""
    setting = "training_archive_mb" if name.lower().endswith(".zip") else "max_file_mb"
    return int(services.settings[setting]) * MB


def take(services: Services, actor: Actor, place: str, blob: Blob, name: str) -> str:
    """Return the sealed line that tells what has arrived. Raises NotFound and NotAllowed."""
    edition_id = _require_edition(services, actor, place)
    shown = base64.urlsafe_b64encode(safe_path(name).encode()).decode()
    return f"{shown}.{blob.sha256}.{blob.size}.{_seal(services, actor, edition_id, shown, blob)}"


def shown_again(services: Services, actor: Actor, edition_id: int, lines: list[str]) -> list[tuple[str, Blob]]:
    """Return the files that sealed lines tell of. Raises Invalid for a line of another and for what was swept away."""
    found = []
    for line in lines:
        parts = line.split(".")
        if len(parts) != 4 or not parts[2].isdecimal() or len(parts[2]) > 15:
            raise _lost()
        blob = Blob(parts[1], int(parts[2]))
        if not hmac.compare_digest(_seal(services, actor, edition_id, parts[0], blob).encode(), parts[3].encode()):
            raise _lost()
        if not services.blobs.exists(blob.sha256):
            raise _lost()
        try:
            found.append((base64.urlsafe_b64decode(parts[0]).decode(), blob))
        except (binascii.Error, UnicodeDecodeError) as error:
            raise _lost() from error
    return found


def _require_edition(services: Services, actor: Actor, place: str) -> int:
    number = int(place) if place.isascii() and place.isdecimal() and len(place) < 18 else 0
    with open_look(services, actor) as work:
        return actions.get_edition(work, number).id


def _seal(services: Services, actor: Actor, edition_id: int, shown: str, blob: Blob) -> str:
    return seal(services, PLACE, f"{edition_id}\0{actor.user_id}\0{shown}\0{blob.sha256}\0{blob.size}")


def _lost() -> Invalid:
    return Invalid(N_("O que enviou já não está guardado. Envie os ficheiros outra vez."), field="files")


UPLOADS = UploadPlace(PLACE, announce, take)

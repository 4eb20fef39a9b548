"""Which copies get labels, and what is written on them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from plugins.physical_loans import catalogue
from plugins.physical_loans.labels import MOST, Label
from plugins.physical_loans.models import Copy, CopyState, Thing
from repository.api import N_, Invalid, TooLarge, Work


def printable(work: Work, thing_id: int | None = None, desk_id: int | None = None) -> list[Copy]:
    """Return the copies of the person's desks that are still there, by title and inventory number."""
    mine = [desk.id for desk in catalogue.desks(work, closed=True) if desk_id in (None, desk.id)]
    wanted = select(Copy).where(Copy.desk_id.in_(mine), Copy.state.not_in((CopyState.LOST, CopyState.WRITTEN_OFF)))
    if thing_id is not None:
        wanted = wanted.where(Copy.thing_id == thing_id)
    found = work.session.scalars(wanted.options(joinedload(Copy.thing).joinedload(Thing.item)))
    return sorted(found, key=lambda copy: (copy.thing.item.title.casefold(), copy.inventory))


def labels_of(work: Work, copies: Sequence[Copy]) -> list[Label]:
    """Return the labels of copies. Raises Invalid for none, TooLarge for more than anybody prints at once."""
    if not copies:
        raise Invalid(N_("Escolha pelo menos um exemplar."), "copy")
    if len(copies) > MOST:
        raise TooLarge(N_("São etiquetas a mais de uma vez (no máximo %(most)s)."), "copy", most=MOST)
    centre = str(work.services.settings["centre_name"])
    return [
        Label(address_of(work, copy), copy.thing.item.title, copy.inventory, copy.owner or centre, copy.label)
        for copy in copies
    ]


def address_of(work: Work, copy: Copy) -> str:
    """Return the address that the QR code of a copy holds."""
    return f"{work.services.settings.public_url or ''}/loans/c/{copy.label}"

"""Photos taken when something comes back: files of a private draft that only the desk sees, one for each copy.

The core stores them, takes hidden data out of them and serves them. A file's name says which loan it is of, so that they
go when the loan is made anonymous.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import IO, Any, BinaryIO, cast

from sqlalchemy import select

from plugins.physical_loans.at_desk import check_desk
from plugins.physical_loans.models import Booking, Copy, Hold
from repository.api import (
    N_,
    SYSTEM,
    Actor,
    Blob,
    File,
    Invalid,
    Item,
    NotFound,
    Services,
    Work,
    clean,
    create_draft,
    enqueue,
    erase,
    grant,
    look_into,
    open_work,
    take_in,
    write_findings,
)

JOB = "physical_loans.photos"
OUTSIDE = 0  # in the labels of staff, what belongs to no organisation
MOST = 6
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic")


def keep(services: Services, actor: Actor, booking_id: int, pictures: Sequence[tuple[str, IO[bytes]]]) -> None:
    """Keep photos of what came back with a loan; the same one sent twice is one. Raises Invalid and NotFound."""
    if len(pictures) > MOST:
        raise Invalid(N_("Junte até %(most)s fotografias."), "photos", most=MOST)
    if any(not name.lower().endswith(PICTURES) for name, _ in pictures):
        raise Invalid(N_("Junte só fotografias (JPEG, PNG)."), "photos")
    with open_work(services, actor) as work:
        booking = work.session.get(Booking, booking_id)
        if booking is None:
            raise NotFound(N_("Esta reserva não existe."))
        check_desk(work, booking)
        item_id, mark = _draft_of(work, booking), _mark(booking)
    for name, stream in pictures:
        kept = take_in(services, SYSTEM, item_id, cast(BinaryIO, stream), f"{mark}{name[-80:]}")
        with open_work(services, SYSTEM) as work:
            enqueue(work, JOB, key=str(kept.id), file_id=kept.id)


def clean_photos(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Look into each photo and have place, device and author taken out of it; done twice it is done once."""
    for payload in payloads:
        with open_work(services, SYSTEM) as work:
            file = work.session.get(File, payload["file_id"])
            if file is not None and file.removed_at is None:
                blob = Blob(file.sha256, file.size)
                write_findings(work, file, look_into(services, blob, file.name))
                clean(work, file)


def _mark(booking: Booking) -> str:
    return f"emprestimo-{booking.id}-"


def _draft_of(work: Work, booking: Booking) -> int:
    """Return the private draft of the photos of the loan's first copy, made when there is none yet."""
    copy = work.session.scalar(
        select(Copy).join(Hold, Hold.copy_id == Copy.id).where(Hold.booking_id == booking.id).order_by(Hold.id).limit(1)
    )
    if copy is None:
        raise NotFound(N_("Esta reserva não existe."))
    if copy.photos_item_id is not None:
        return copy.photos_item_id
    item = create_draft(work, organisation_id=copy.desk.organisation_id)
    item.owner_id = None  # nobody's own: who took the picture may leave
    item.title = f"Fotografias de {copy.inventory}"
    grant(work, item, f"staff:{copy.desk.organisation_id or OUTSIDE}")
    copy.photos_item_id = item.id
    work.session.flush()
    return item.id


def of_booking(work: Work, booking: Booking, *, gone: bool = False) -> list[File]:
    """Return the photos of a loan, in the order they were taken; with `gone`, those that were taken off, too."""
    ids = [kept.copy.photos_item_id for kept in booking.holds if kept.copy.photos_item_id]
    wanted = select(File).where(File.item_id.in_(ids), File.name.startswith(_mark(booking), autoescape=True))
    wanted = wanted if gone else wanted.where(File.removed_at.is_(None))
    return list(work.session.scalars(wanted.order_by(File.position, File.id))) if ids else []


def forget(work: Work, booking: Booking) -> int:
    """Take the photos of a loan away for good, for when it is made anonymous; return how many there were.

    The house does it, whoever asks: a teacher who closes an account may not touch what the desk keeps.
    """
    house, found = replace(work, actor=SYSTEM), of_booking(work, booking, gone=True)
    for file in found:
        erase(house, file)
    return len(found)


def item_of(work: Work, copy: Copy) -> Item | None:
    """Return the private draft of a copy's photos, or None."""
    return work.session.get(Item, copy.photos_item_id) if copy.photos_item_id else None

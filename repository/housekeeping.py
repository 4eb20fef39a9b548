"""The housekeeping job: empties bins and drops what has run out; nothing that anybody still needs."""

import shutil
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from repository.examining import derived_folder
from repository.mail import send_waiting
from repository.models import (
    Credit,
    File,
    FileText,
    IdempotentAnswer,
    Item,
    ItemGrant,
    ItemTerm,
    ItemVersion,
    LoginSession,
    LoginThrottle,
    OneTimeLink,
    State,
)
from repository.reports import forget_addresses
from repository.work import SYSTEM, Services, Work, open_work

BIN = timedelta(days=30)
ORPHAN_SECONDS = 24 * 3600


def keep(services: Services, _payloads: list[dict[str, Any]]) -> None:
    """Drop old bins, sessions, links, answers, uploads never finished, and blobs that no file row names."""
    with open_work(services, SYSTEM) as work:
        for table in (LoginSession, OneTimeLink):
            work.session.execute(delete(table).where(table.expires_at < work.now))
        work.session.execute(delete(LoginThrottle).where(LoginThrottle.last_at < work.now - timedelta(days=7)))
        work.session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.created_at < work.now - timedelta(days=2)))
        send_waiting(work, services.settings)
        forget_addresses(work)
        empty_bin(work)
    services.blobs.sweep_partial(ORPHAN_SECONDS)
    services.uploads.expire(ORPHAN_SECONDS)
    collect_blobs(services)


def empty_bin(work: Work) -> None:
    """Delete drafts that have been in the bin for thirty days and were never published."""
    old = select(Item.id).where(Item.state == State.DISCARDED, Item.version == 0, Item.updated_at < work.now - BIN)
    ids = list(work.session.scalars(old))
    files = select(File.id).where(File.item_id.in_(ids))
    work.session.execute(delete(FileText).where(FileText.file_id.in_(files)))
    for table in (File, ItemTerm, ItemGrant, Credit, ItemVersion):
        work.session.execute(delete(table).where(table.item_id.in_(ids)))
    work.session.execute(delete(Item).where(Item.id.in_(ids)))


def collect_blobs(services: Services) -> int:
    """Remove blobs older than a day that no file row names; return how many."""
    removed = 0
    for digest in list(services.blobs.digests()):
        if services.blobs.age(digest) < ORPHAN_SECONDS:
            continue
        # Counted inside a write transaction, so that nobody can begin to use the blob meanwhile.
        with services.sessions.writing() as session:
            if session.scalar(select(File.id).filter_by(sha256=digest).limit(1)) is None:
                gone = services.blobs.remove(digest, unused_for=ORPHAN_SECONDS)
                removed += bool(gone)
                if gone:  # nothing shows what was in it any more, either
                    shutil.rmtree(derived_folder(services, digest), ignore_errors=True)
    return removed

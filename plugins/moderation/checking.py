"""Runs the checks of what was handed in, and keeps what they say for whoever decides."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from plugins.moderation import prints
from plugins.moderation.models import Print, Review, ReviewFinding
from repository.api import (
    SYSTEM,
    FileState,
    Finding,
    Item,
    Services,
    State,
    Work,
    checks_of,
    enqueue,
    open_look,
    open_work,
    run_checks,
)

JOB = "moderation.check"
PRINTS = "moderation.prints"
WARNINGS = ("stop", "warn")
PATIENCE = timedelta(seconds=5)
MOST_OLD = 500


def ask(work: Work, item: Item) -> None:
    """Ask for the item's checks, after its files have been looked into."""
    enqueue(work, JOB, key=str(item.id), priority=60, item_id=item.id)


def run(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Check each item and keep the findings in the place of earlier ones; one that was set aside stays so."""
    checks = checks_of(services)
    for payload in payloads:
        if _comes_too_early(services, payload["item_id"]):
            continue
        with open_look(services, SYSTEM) as look:
            item = look.session.get(Item, payload["item_id"])
            found = [] if item is None else list(run_checks(look, item, checks))
        with open_work(services, SYSTEM) as work:
            review = work.session.get(Review, payload["item_id"])
            if review is not None:
                keep(work, review, found)


def _comes_too_early(services: Services, item_id: int) -> bool:
    """Return whether files still wait for a look into them: then the checks are put off. Else keep the files' prints."""
    with open_work(services, SYSTEM) as work:
        item = work.session.get(Item, item_id)
        if item is None:
            return False
        if any(file.state == FileState.PENDING for file in item.files):
            enqueue(work, JOB, key=str(item_id), run_after=work.now + PATIENCE, priority=60, item_id=item_id)
            return True
        prints.write(services, work, item)
        return False


def ask_prints(work: Work, item: Item) -> None:
    """Ask for the prints of what is published without having been handed in, so that copies of it are found too."""
    if work.session.get(Review, item.id) is None:
        enqueue(work, PRINTS, key=str(item.id), priority=65, item_id=item.id)


def write_prints(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Keep the prints of each item, once its files have been looked into."""
    for payload in payloads:
        with open_work(services, SYSTEM) as work:
            item = work.session.get(Item, payload["item_id"])
            if item is None:
                continue
            if any(file.state == FileState.PENDING for file in item.files):
                enqueue(work, PRINTS, key=str(item.id), run_after=work.now + PATIENCE, priority=65, item_id=item.id)
            else:
                prints.write(services, work, item)


def catch_up(work: Work) -> None:
    """Ask for the prints of what was published before this plugin was there, some hundreds at a time."""
    known = select(Print.item_id)
    old = select(Item).where(Item.state == State.PUBLISHED, Item.id.not_in(known), Item.all_files.any())
    for item in work.session.scalars(old.order_by(Item.id.desc()).limit(MOST_OLD)):
        ask_prints(work, item)


def keep(work: Work, review: Review, found: list[tuple[str, Finding]]) -> None:
    """Write the findings of a review down and count its warnings."""
    aside = {_name(row): row.dismissed_by for row in review.findings if row.dismissed_by}
    rows = [
        ReviewFinding(
            code=code,
            reason=finding.reason,
            params=dict(finding.params),
            file_id=finding.file_id,
            weight=finding.weight,
            fix=finding.fix,
        )
        for code, finding in found
    ]
    for row in rows:
        row.dismissed_by = aside.get(_name(row))
    review.findings[:] = rows
    review.checked_at = work.now
    count(review)


def _name(row: ReviewFinding) -> tuple[Any, ...]:
    return (row.code, row.reason, tuple(sorted((name, str(value)) for name, value in row.params.items())), row.file_id)


def is_warning(row: ReviewFinding) -> bool:
    """Return whether somebody has to look at a finding: it is no mere note, and nobody has set it aside."""
    return row.weight in WARNINGS and row.dismissed_by is None


def count(review: Review) -> None:
    """Count the findings that somebody has to look at."""
    review.warnings = sum(is_warning(row) for row in review.findings)

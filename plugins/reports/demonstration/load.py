"""Lets the demonstration's materials have been published and used for some years, so that its report has a past."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zlib import crc32

from sqlalchemy import select

from repository.api import (
    SYSTEM,
    Demonstration,
    Item,
    Services,
    State,
    User,
    Work,
    collect,
    count,
    counts_of,
    open_work,
    reindex,
    school_year_of,
)

YEARS_BACK = 4
# How much is seen in a month, September first: teachers prepare before terms begin, and nobody in August.
SEASON = (14, 21, 25, 12, 22, 19, 24, 13, 20, 10, 4, 1)
DOWNLOADED = 0.45  # of what is seen


def load(services: Services, demonstration: Demonstration) -> None:
    """Give each of the centre's own published materials its past, once."""
    of_actions = {item_id for ids in demonstration.items.values() for item_id in ids}
    with open_work(services, SYSTEM) as work:
        mine = select(Item).join(User, User.id == Item.owner_id).where(User.demonstration)
        items = list(work.session.scalars(mine.where(Item.state == State.PUBLISHED, Item.kind == "digital")))
        known = counts_of(work, [item.id for item in items])
        for item in items:  # sources have lower numbers than what adapts them
            if not any(known[item.id][what] for what in ("seen", "downloaded")):
                source = _source(work, item)
                if item.id not in of_actions:
                    _publish_earlier(work, item, source)
                if source is not None:
                    _adapted_then(work, item, source)
                _use(work, item)


def _source(work: Work, item: Item) -> Item | None:
    """Return what the item adapts; the family tells the steps from the first original, each after its source."""
    above: list[int] = []
    for relative in collect(work.hook.item_relatives, work=work, item=item):
        del above[relative.depth :]
        if relative.item_id == item.id:
            return work.session.get(Item, above[-1]) if above else None
        above.append(relative.item_id)
    return None


def _adapted_then(work: Work, item: Item, source: Item) -> None:
    """Move what counts an adaptation for its source to the day on which it is said to have been published."""
    count(work, source, "adapted", -1)
    count(replace(work, now=item.published_at or work.now), source, "adapted")


def _publish_earlier(work: Work, item: Item, source: Item | None) -> None:
    """Move the publication of what came of no action to a day in one of the years before; after what it adapts."""
    if source is not None and source.published_at is not None:
        item.published_at = source.published_at + _chance(item, "day") * (work.now - source.published_at)
        reindex(work, item)
        return
    year = school_year_of(work.now) - int(_chance(item, "year") * YEARS_BACK)
    first = datetime(year, 9, 15, 12, tzinfo=UTC)
    latest = min(work.now, datetime(year + 1, 7, 10, tzinfo=UTC))
    item.published_at = min(work.now, first + _chance(item, "day") * max(timedelta(), latest - first))
    reindex(work, item)


def _use(work: Work, item: Item) -> None:
    """Count visits and downloads in each month since the publication."""
    liked = (0.3, 0.6, 1, 1.6)[int(_chance(item, "liked") * 4)]
    month = (item.published_at or work.now).date().replace(day=1)
    while month <= work.now.date():
        seen = round(SEASON[(month.month - 9) % 12] * liked * (0.7 + 0.6 * _chance(item, f"{month}")))
        then = replace(work, now=datetime(month.year, month.month, 1, tzinfo=UTC))
        for what, times in (("seen", seen), ("downloaded", round(seen * DOWNLOADED))):
            if times:
                count(then, item, what, times)
        month = _next(month)


def _chance(item: Item, what: str) -> float:
    """Return a number from 0 to 1, always the same for the same item and question."""
    return crc32(f"{item.title} {what}".encode()) / 2**32


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)

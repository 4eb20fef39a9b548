"""Near copies: every text and picture in 64 bits, so that what is nearly the same is a few bits apart.

Texts: SimHash over runs of three words (Charikar, "Similarity estimation techniques from rounding algorithms", 2002);
pictures: the difference hash over a 9 by 8 thumbnail. All prints are compared: with the 64 bits of 20,000 files that
takes less time than looking for likely ones in bands would save. What is near in bits is then compared word by word.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

from PIL import Image, UnidentifiedImageError
from sqlalchemy import String, cast, func, select

from plugins.moderation.checks.texts import text_of
from plugins.moderation.models import Print
from repository.api import File, Item, Services, State, Work, fold, thumbnail_path

RUN = 3  # words in a row
FEWEST_WORDS = 30  # shorter texts are alike by chance
MOST_RUNS = 20_000
NEAR_TEXT = 18  # bits of 64 that may differ before a text is compared word by word
NEAR_PICTURE = 5
SIMILAR = 0.6  # share of the runs of words in common from which it is worth telling
COMPARED = 5
MOST_NEAR = 500  # prints that are looked up; what is no longer there may be among the nearest
SEEN = (State.SUBMITTED, State.IN_REVIEW, State.PUBLISHED)
_WORDS = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class Near:
    """Another item that is like this one; `share` is 0 to 1 of the runs of words (1 for pictures)."""

    item_id: int
    title: str
    share: float


def runs_of(text: str) -> set[int]:
    """Return the runs of three words of a text as 64-bit numbers, at most 20,000; accents and case do not count."""
    words = [fold(word) for word in _WORDS.findall(text)[: MOST_RUNS + RUN]]
    if len(words) < FEWEST_WORDS:
        return set()
    return {_number(" ".join(words[n : n + RUN])) for n in range(len(words) - RUN + 1)}


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def simhash(runs: Iterable[int]) -> int:
    """Return the SimHash of the numbers: each bit as most of them have it."""
    counts = [0] * 64
    total = 0
    for number in runs:
        total += 1
        for place in _ones(number):
            counts[place] += 1
    return sum(1 << place for place, count in enumerate(counts) if count * 2 > total)


def _ones(number: int) -> Iterable[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def difference_hash(picture: Image.Image) -> int:
    """Return 64 bits: for each of 8 rows of 9 grey points, whether the next is brighter."""
    small = picture.convert("L").resize((9, 8), Image.Resampling.BOX)
    points = list(small.tobytes())
    rows = (points[row * 9 : row * 9 + 9] for row in range(8))
    bits = [left < right for row in rows for left, right in pairwise(row)]
    return sum(1 << place for place, bit in enumerate(bits) if bit)


def write(services: Services, work: Work, item: Item) -> None:
    """Keep the prints of the item's files, those that are there already excepted."""
    known = set(work.session.execute(select(Print.file_id, Print.kind).where(Print.item_id == item.id)))
    for file in item.files:
        if (file.id, "text") not in known and (runs := runs_of(text_of(work, file))):
            _keep(work, item, file, "text", simhash(runs))
        if (file.id, "picture") not in known and (value := _picture(services, file)) is not None:
            _keep(work, item, file, "picture", value)


def _keep(work: Work, item: Item, file: File, kind: str, value: int) -> None:
    work.session.add(Print(file_id=file.id, kind=kind, item_id=item.id, value=_signed(value)))


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _picture(services: Services, file: File) -> int | None:
    """Return the print of a picture's thumbnail, or None; flat pictures are all alike and have none."""
    if file.family != "image" or not file.has_thumbnail:
        return None
    try:
        with Image.open(thumbnail_path(services, file)) as picture:
            value = difference_hash(picture)
    except (OSError, UnidentifiedImageError):  # the thumbnail is a cache, and may be gone
        return None
    return value if 8 <= value.bit_count() <= 56 else None


def kin(item: Item) -> list[int]:
    """Return the ids of the item and of the one it is a new version of: they are alike by right."""
    return [item.id, *([item.revises_id] if item.revises_id is not None else [])]


def nearest_text(work: Work, item: Item, file: File) -> Near | None:
    """Return the other item whose text has most in common with the file's, or None when none comes near."""
    runs = runs_of(text_of(work, file))
    if not runs:
        return None
    best: Near | None = None
    for _, other, other_item in nearest(work, item, "text", simhash(runs), NEAR_TEXT)[:COMPARED]:
        others = runs_of(text_of(work, other))
        share = len(runs & others) / max(1, min(len(runs), len(others)))
        if best is None or share > best.share:
            best = Near(other_item.id, other_item.title, share)
    return best


def nearest_picture(services: Services, work: Work, item: Item, file: File) -> Near | None:
    """Return the item with a picture that looks the same, or None."""
    value = _picture(services, file)
    found = nearest(work, item, "picture", value, NEAR_PICTURE) if value is not None else []
    return next((Near(other.id, other.title, 1.0) for _, twin, other in found if twin.sha256 != file.sha256), None)


def nearest(work: Work, item: Item, kind: str, value: int, most: int) -> list[tuple[int, File, Item]]:
    """Return the files whose prints are at most `most` bits away, the nearest first, of items that others may find."""
    close = near_values(work, kind, value, most)
    found = (
        select(Print.value, File)
        .join(File, File.id == Print.file_id)
        .join(Item, Item.id == File.item_id)
        .where(Print.kind == kind, Print.value.in_(close), Print.item_id.not_in(kin(item)))
        .where(File.removed_at.is_(None), Item.state.in_(SEEN))
    )
    near = [(close[print_], file, file.item) for print_, file in work.session.execute(found)]
    return sorted(near, key=lambda each: (each[0], each[1].id))[: COMPARED * 4]


def near_values(work: Work, kind: str, value: int, most: int) -> dict[int, int]:
    """Return the prints of a kind that are at most `most` bits away, as they are kept, each with its distance.

    All prints come as one text: the numbers of 20,000 rows take three times as long to fetch as this takes in all.
    """
    kept = func.aggregate_strings(cast(Print.value, String), ",")
    text = work.session.scalar(select(kept).where(Print.kind == kind))
    mine, mask = _signed(value), (1 << 64) - 1
    close = [
        (distance, other)
        for other in map(int, text.split(",") if text else ())
        if (distance := ((mine ^ other) & mask).bit_count()) <= most
    ]
    return {other: distance for distance, other in sorted(close)[:MOST_NEAR]}

"""What stands for all that an item says, so that nobody decides on something other than what they saw."""

import hashlib
import json
from typing import Any

from repository.api import Item

SAID = ("title", "summary", "language", "type", "licence", "audience", "link", "keywords")
CODES = ("level", "year", "group", "discipline")


def fingerprint(item: Item) -> str:
    """Return 64 hexadecimal characters (SHA-256) that change with the description, the people, the files, or when the
    item is handed in anew."""
    return _digest(_said(item) | {"submitted": item.submitted_at.isoformat() if item.submitted_at else ""})


def contents(item: Item) -> str:
    """Return 64 hexadecimal characters as `fingerprint`, which stay when the same is handed in anew."""
    return _digest(_said(item))


def _said(item: Item) -> dict[str, Any]:
    said = {name: getattr(item, name) for name in SAID} | {name: item.codes(name) for name in CODES}
    said["authors"] = [credit.name for credit in item.credits]
    said["files"] = [(file.name, file.sha256, file.audience) for file in item.files]
    return said


def _digest(said: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

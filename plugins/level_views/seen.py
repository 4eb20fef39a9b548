"""Texts of people without what nobody sees."""

import unicodedata

UNSEEN = ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")
JOINERS = "\u200c\u200d"  # they belong to some scripts and emoji, and do no harm beside what is seen
BREAKS = "\t\n\r"


def seen(text: str) -> str:
    """Return a text without control and invisible characters; with nothing else in it, it is empty."""
    kept = "".join(c for c in text if c in JOINERS + BREAKS or unicodedata.category(c) not in UNSEEN)
    return "" if all(c in JOINERS or c.isspace() for c in kept) else kept.strip()


def one_line(text: str) -> str:
    """Return a text as `seen`, with single spaces."""
    return " ".join(seen(text).split())

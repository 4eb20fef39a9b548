"""Examining files from strangers: sniffed, read and pictured in a child process that may die alone."""

from dataclasses import dataclass

from repository.files.extraction import Extraction
from repository.files.sniff import Sniffed

FAILURES = ("timeout", "memory", "crashed", "bomb", "encrypted", "broken", "too_large")


@dataclass(frozen=True)
class Limits:
    """What one file may cost: address space in MB, CPU and wall-clock time in seconds, and the largest picture
    or answer written, in MB; `files_per_worker` is how many files one child reads before a fresh one takes over."""

    memory_mb: int = 700
    cpu_seconds: int = 20
    wall_seconds: float = 40.0
    output_mb: int = 64
    files_per_worker: int = 50


@dataclass(frozen=True)
class Examination:
    """What came of examining a file: `thumbnail` says whether thumb.webp was made, `previews` how many page-N.webp,
    `failure` is one of FAILURES or None. A failure may leave any part in place that was ready before it."""

    sniffed: Sniffed
    extraction: Extraction | None
    thumbnail: bool
    previews: int
    failure: str | None

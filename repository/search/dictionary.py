"""Whether a word is Portuguese, whatever the materials say: nobody who writes one means another that looks like it.

The list is somebody else's (`vendor/VENDOR.toml`). Only a digest of each word is kept in memory, four bytes for a word; of
words that are not there, one in ten thousand is taken for one.
"""

import gzip
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

_LIST = Path(__file__).parent / "vendor" / "portuguese.txt.gz"  # folded words of 4 to 24 letters, one on a line


def is_portuguese(folded: str) -> bool:
    """Whether the folded word is in the list; the first call reads it, which takes a fifth of a second."""
    known, digest = digests(), crc32(folded.encode("utf-8") + b"\n")
    at = int(np.searchsorted(known, np.uint32(digest)))
    return at < len(known) and int(known[at]) == digest


@cache
def digests() -> npt.NDArray[np.uint32]:
    """What is kept of all words, in order."""
    with gzip.open(_LIST) as words:
        return np.sort(np.fromiter(map(crc32, words), np.uint32))

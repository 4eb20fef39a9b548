"""The chapter of the search in `bench/results.md`: a section for each number of documents, replaced by its next run."""

import os
import platform
import re

HEAD = """# Search beside other engines

`python -m bench.search 2000 20000 100000`, or one of them. Milliseconds of processor time in one process, of each question
the median of three rounds; compare the ratios.

"""
_SIZE = re.compile(r"## ([\d,]+) documents of (\d+) words")


def with_section(results: str, section: str) -> str:
    """Return the results with this section in the place of the one with the same heading; all others stay."""
    chapter, mark, others = results.partition("\n# ")
    _, *known = re.split(r"(?m)^(?=## )", chapter)
    sections = {_key(one): one.strip("\n") + "\n" for one in (*known, section.lstrip("\n"))}
    return HEAD + "\n".join(sections[key] for key in sorted(sections)) + mark + others


def machine() -> str:
    """Return on what was measured, and what else was going on there."""
    return (
        f"Python {platform.python_version()}, {platform.machine()}; a load of {os.getloadavg()[2]:.1f} in the last quarter of "
        f"an hour, on {os.cpu_count()} cores."
    )


def _key(section: str) -> tuple[int, int]:
    found = _SIZE.match(section)
    if found is None:
        raise ValueError(f"no heading of ours: {section[:60]}")
    return int(found[1].replace(",", "")), int(found[2])

"""Which files of a course belong together in one material; knows no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plugins.training_actions.first_page import Page, decided
from plugins.training_actions.matching import Match
from plugins.training_actions.names import plain, stem_of

MOST_TOGETHER = 100  # files that one item holds


@dataclass(frozen=True)
class Bundle:
    """Paths that become one material, and what their paths say of whose it is."""

    paths: tuple[str, ...]
    match: Match


def bundled(matches: Mapping[str, Match]) -> list[Bundle]:
    """Return the bundles in the order of their paths: what lies in one person's folder, or has one name but its ending."""
    found: dict[tuple[str, ...], list[str]] = {}
    for path, match in matches.items():
        folder = path.rpartition("/")[0]
        people = ",".join(map(str, match.people))
        inside = match.people and match.folder and folder
        key = ("folder", folder, people) if inside else ("stem", folder, plain(stem_of(path)), people)
        found.setdefault(key, []).append(path)
    parts = (paths[n : n + MOST_TOGETHER] for paths in found.values() for n in range(0, len(paths), MOST_TOGETHER))
    return [Bundle(tuple(part), matches[part[0]]) for part in parts]


def whose(bundle: Bundle, pages: Sequence[Page]) -> Match:
    """Return whose the bundle is when its files have been read; files that disagree leave a doubt."""
    said = [decided(bundle.match, page) for page in pages] or [bundle.match]
    sure = [match for match in said if match.people]
    if len({match.people for match in sure}) == 1:
        contradicted = any(not match.people and bundle.match.people for match in said)
        if not contradicted:
            return sure[0]
    return next((match for match in said if not match.people), said[0].doubted())

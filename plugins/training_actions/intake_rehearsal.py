"""A rehearsal of an intake: what would become of each file, with nothing kept of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from plugins.training_actions import actions, intake_files, intake_people
from plugins.training_actions.bundles import Bundle, bundled, whose
from plugins.training_actions.intake import MOST_FILES, list_plan
from plugins.training_actions.intake_drafts import known_digests
from plugins.training_actions.intake_job import page_of, without_gone
from plugins.training_actions.matching import Match, match_paths
from plugins.training_actions.roster import Roster
from repository.api import (
    N_,
    SYSTEM,
    Actor,
    DomainError,
    Invalid,
    Outcome,
    Services,
    SourceFile,
    Unavailable,
    open_look,
)


@dataclass(frozen=True)
class Foreseen:
    """What would become of one file: `people` by name, state as of an entry, and guesses by name with their reasons."""

    path: str
    state: str
    people: tuple[str, ...]
    reason: str
    guesses: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Rehearsal:
    """What an intake would do; `new_people` would be added to the edition, `problems` are rows of the list left out."""

    files: tuple[Foreseen, ...]
    new_people: tuple[str, ...]
    problems: tuple[tuple[int, DomainError], ...]


def rehearse(services: Services, actor: Actor, edition_id: int, path: Path, table: bytes = b"") -> Rehearsal:
    """Return what an intake of the ZIP or folder at `path` would do; nothing is kept of it. Raises as `begin` does."""
    with open_look(services, actor) as work:
        edition = actions.get_edition(work, edition_id)
        plan = list_plan(services, work, edition, table)
        people = intake_people.planned_people(edition, plan) if plan else intake_people.people_of(edition, {})
        gone = frozenset(intake_people.gone(edition))
    roster = Roster.of(people)
    with intake_files.opened(path) as listing:
        if len(listing.files) > MOST_FILES:
            raise Invalid(N_("São mais de %(most)s ficheiros. Divida-os em partes."), field="files", most=MOST_FILES)
        told = [Foreseen(line.file, "skipped" if line.outcome == Outcome.SKIPPED else "refused", (), line.words)
                for line in listing.left]  # fmt: skip
        files = intake_files.by_stored_path(listing)
        for bundle in bundled(match_paths(list(files), roster)):
            told += _foresee(services, edition_id, bundle, files, roster, gone)
    new = tuple(row.label for row in plan.new) if plan else ()
    return Rehearsal(tuple(sorted(told, key=lambda each: each.path)), new, tuple(plan.problems) if plan else ())


def _foresee(
    services: Services,
    edition_id: int,
    bundle: Bundle,
    files: Mapping[str, SourceFile],
    roster: Roster,
    gone: frozenset[int],
) -> list[Foreseen]:
    pages, told, digests = [], [], {}
    for path in bundle.paths:
        try:
            with files[path].at(services.blobs.partial) as unpacked:
                digests[path], found = intake_files.examined_in_passing(services, unpacked, path)
            pages.append(page_of(found, roster))
        except Unavailable:
            raise
        except DomainError as error:
            told.append(Foreseen(path, "refused", (), str(error)))
    match = without_gone(whose(bundle, pages), gone)
    with open_look(services, SYSTEM) as work:
        present = [each for each in match.people if each > 0]
        known = set() if match.people and not present else known_digests(work, edition_id, [*digests.values()], present)
    for path, digest in digests.items():
        state = "known" if digest in known else "matched" if match.people else "unmatched"
        told.append(Foreseen(path, state, _named(match.people, roster), match.why, _named_guesses(match, roster)))
    return told


def _named(people: Sequence[int], roster: Roster) -> tuple[str, ...]:
    return tuple(roster.people[each].name for each in people)


def _named_guesses(match: Match, roster: Roster) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    return tuple((_named(guess.people, roster), guess.why) for guess in match.guesses)

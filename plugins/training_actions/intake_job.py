"""The job of an intake: each file goes to its author, one bundle at a time.

It may be killed at any moment and run twice: a bundle is one transaction, an entry that is done is not done again.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from plugins.training_actions import answering, intake_files, intake_people
from plugins.training_actions.bundles import Bundle, bundled, whose
from plugins.training_actions.first_page import read_page
from plugins.training_actions.intake import JOB, OPEN, Upload, ask_for_job, listing_of, waits_for_yes
from plugins.training_actions.intake_drafts import Piece, known_digests, make_draft
from plugins.training_actions.matching import Guess, Match, match_paths
from plugins.training_actions.models import Edition, Intake, IntakeEntry, IntakeState, Participant
from plugins.training_actions.roster import Roster
from repository.api import (
    N_,
    SYSTEM,
    Blob,
    DomainError,
    Examination,
    Invalid,
    Services,
    SourceFile,
    Unavailable,
    Work,
    has_job,
    keep_file,
    look_into,
    open_work,
)

SLICE_S = 20.0  # a stopping worker waits no longer than this; the rest of a long intake is the next job's
LEFT = N_("quem o nome diz saiu da turma")
ALREADY = N_("já tinha sido entregue")
UNREADABLE = N_("não se consegue ler este ficheiro")


def find_left(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Let every open intake go on that has no job; one whose job is parked waits for those who look at parked jobs."""
    with open_work(services, SYSTEM) as work:
        for intake in work.session.scalars(select(Intake).where(Intake.state.in_(OPEN))):
            if not has_job(work, JOB, str(intake.id)):
                ask_for_job(work, intake)


def run(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Go on with intakes where they stand."""
    for payload in payloads:
        try:
            _continue(services, payload["intake_id"])
        except Unavailable:
            raise  # the disk is full, or the database busy: the job is repeated later
        except DomainError as error:
            _refuse(services, payload["intake_id"], error)


@dataclass(frozen=True)
class _Course:
    """What a slice of work knows: what is to be done, and who may have done it."""

    intake_id: int
    edition_id: int
    upload: Upload
    roster: Roster
    gone: frozenset[int]
    bundles: Sequence[Bundle]
    waiting: frozenset[str]


def _continue(services: Services, intake_id: int) -> None:
    course = _course(services, intake_id)
    if course is None:
        return
    until = time.monotonic() + SLICE_S
    with listing_of(services, course.upload) as listing:
        files = intake_files.by_stored_path(listing)
        for bundle in course.bundles:
            paths = [path for path in bundle.paths if path in course.waiting]
            if not paths:
                continue
            if time.monotonic() > until:
                with open_work(services, SYSTEM) as work:
                    ask_for_job(work, work.session.get_one(Intake, intake_id))
                return
            if not _take(services, course, bundle, {path: files.get(path) for path in paths}):
                return
    _finish(services, intake_id)


def _course(services: Services, intake_id: int) -> _Course | None:
    with open_work(services, SYSTEM) as work:
        intake = work.session.get(Intake, intake_id)
        if intake is None or intake.state not in OPEN or waits_for_yes(intake):
            return None
        intake.state, intake.problem, intake.problem_params = IntakeState.RUNNING, "", {}
        edition = work.session.get_one(Edition, intake.edition_id)
        roster = Roster.of(intake_people.people_of(edition, intake.source.get("hints", {})))
        entries = [entry for entry in intake.entries if entry.state not in ("skipped",)]
        blobs = {entry.path: Blob(entry.sha256, entry.size) for entry in entries if entry.sha256}
        archive = intake.source.get("archive", "")
        paths = [entry.path for entry in entries if entry.size or entry.state != "refused"]
        waiting = frozenset(entry.path for entry in entries if entry.state == "waiting")
        gone = frozenset(intake_people.gone(edition))
        upload = Upload(intake.name, archive, {} if archive else blobs)
    return _Course(intake_id, edition.id, upload, roster, gone, bundled(match_paths(paths, roster)), waiting)


def _take(services: Services, course: _Course, bundle: Bundle, files: Mapping[str, SourceFile | None]) -> bool:
    """Take one bundle in; return False when the intake has been undone meanwhile."""
    pieces, refused = [], {}
    for path, file in files.items():
        try:
            if file is None:
                raise Invalid(UNREADABLE)
            with file.at(services.blobs.partial) as unpacked:
                blob = keep_file(services, unpacked, path.rpartition("/")[2])
            pieces.append(Piece(path, blob, look_into(services, blob, path.rpartition("/")[2])))
        except Unavailable:
            raise
        except DomainError as error:
            refused[path] = str(error)
        except OSError:
            refused[path] = UNREADABLE
    match = without_gone(whose(bundle, [page_of(piece.found, course.roster) for piece in pieces]), course.gone)
    with open_work(services, SYSTEM) as work:
        intake = work.session.get_one(Intake, course.intake_id)
        if intake.state != IntakeState.RUNNING:
            return False
        _settle(services, work, intake, match, pieces, refused)
    return True


def page_of(found: Examination, roster: Roster) -> Any:
    """Return who the first page and the properties of a file name."""
    said = found.extraction
    return read_page(said.pages[0] if said and said.pages else "", said.authors if said else (), roster)


def without_gone(match: Match, gone: frozenset[int]) -> Match:
    """Return the match as a doubt when it is somebody who left the edition: staff decide what becomes of the file."""
    return match.doubted(LEFT) if gone & set(match.people) else match


def _settle(
    services: Services,
    work: Work,
    intake: Intake,
    match: Match,
    pieces: Sequence[Piece],
    refused: Mapping[str, str],
) -> None:
    wanted = [*refused, *(piece.path for piece in pieces)]
    rows = select(IntakeEntry).where(IntakeEntry.intake_id == intake.id, IntakeEntry.path.in_(wanted))
    entries = {entry.path: entry for entry in work.session.scalars(rows) if entry.state == "waiting"}
    for path, why in refused.items():
        if path in entries:
            entries[path].state, entries[path].reason = "refused", why[:300]
    fresh = [piece for piece in pieces if piece.path in entries]
    known = known_digests(work, intake.edition_id, [piece.blob.sha256 for piece in fresh], match.people)
    new: list[Piece] = []
    for piece in fresh:
        entry = entries[piece.path]
        entry.sha256, entry.size = piece.blob.sha256, piece.blob.size
        if piece.blob.sha256 in known:
            entry.state, entry.reason = "known", ALREADY
        else:
            known.add(piece.blob.sha256)
            new.append(piece)
    if new:
        _make(services, work, intake, match, new, entries)
    work.session.flush()
    intake.done = intake.total - _waiting(work, intake.id)


def _make(
    services: Services,
    work: Work,
    intake: Intake,
    match: Match,
    new: Sequence[Piece],
    entries: Mapping[str, IntakeEntry],
) -> None:
    edition = work.session.get_one(Edition, intake.edition_id)
    people = [work.session.get_one(Participant, each) for each in match.people]
    item = make_draft(work, services.vocabularies, edition, people, new, intake.id)
    for piece in new:
        entry = entries[piece.path]
        entry.state = "matched" if people else "unmatched"
        entry.item_id, entry.reason, entry.guesses = item.id, match.why, told_guesses(match.guesses)


def told_guesses(guesses: Sequence[Guess]) -> list[list[Any]]:
    """Return guesses as an entry keeps them: [participant ids, reasons]."""
    return [[list(guess.people), list(guess.why)] for guess in guesses]


def _waiting(work: Work, intake_id: int) -> int:
    query = select(func.count()).where(IntakeEntry.intake_id == intake_id, IntakeEntry.state == "waiting")
    return work.session.scalar(query) or 0


def _finish(services: Services, intake_id: int) -> None:
    with open_work(services, SYSTEM) as work:
        intake = work.session.get_one(Intake, intake_id)
        if intake.state == IntakeState.RUNNING and not _waiting(work, intake_id):
            edition = work.session.get_one(Edition, intake.edition_id)
            answering.answer_the_rest(work, services.vocabularies, edition, intake_id)
            intake.state, intake.finished_at, intake.done = IntakeState.DONE, work.now, intake.total


def _refuse(services: Services, intake_id: int, error: DomainError) -> None:
    with open_work(services, SYSTEM) as work:
        intake = work.session.get(Intake, intake_id)
        if intake is not None and intake.state in OPEN:
            intake.state, intake.finished_at = IntakeState.REFUSED, work.now
            intake.problem, intake.problem_params = error.message[:300], {k: str(v) for k, v in error.params.items()}

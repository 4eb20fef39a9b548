"""Taking in a whole course: what was sent is kept first, then a job gives each file to its author, one bundle at a time.

The job may be killed at any moment and run twice: a bundle is one transaction, an entry that is done is not done again.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from plugins.training_actions import actions, intake_files, intake_people
from plugins.training_actions.bundles import Bundle, bundled, whose
from plugins.training_actions.first_page import read_page
from plugins.training_actions.intake_drafts import Piece, known_digests, make_draft
from plugins.training_actions.intake_files import Sent
from plugins.training_actions.intake_people import ListPlan
from plugins.training_actions.intake_uploads import largest
from plugins.training_actions.matching import Guess, Match, match_paths
from plugins.training_actions.models import Edition, Intake, IntakeEntry, IntakeState, Participant
from plugins.training_actions.roster import Roster
from repository.api import (
    N_,
    SYSTEM,
    Actor,
    Blob,
    DomainError,
    Examination,
    Invalid,
    Listing,
    NotFound,
    Outcome,
    Services,
    SourceFile,
    TooLarge,
    Unavailable,
    Work,
    enqueue,
    has_job,
    keep_file,
    look_into,
    open_look,
    open_work,
    record,
)

JOB = "training_actions.intake"
SLICE_S = 20.0  # a stopping worker waits no longer than this; the rest of a long intake is the next job's
MOST_FILES = 10_000
LARGEST_LIST = 2 * intake_files.MB
LEFT = N_("quem o nome diz saiu da turma")
ALREADY = N_("já tinha sido entregue")
UNREADABLE = N_("não se consegue ler este ficheiro")
OPEN = (IntakeState.WAITING, IntakeState.RUNNING)


@dataclass(frozen=True)
class Upload:
    """What was sent and is kept: one archive, or files by their path; and the participants' list, if one came along."""

    name: str
    archive: str = ""
    blobs: Mapping[str, Blob] = field(default_factory=dict)
    table: bytes = b""


def receive(
    services: Services,
    actor: Actor,
    edition_id: int,
    files: Sequence[Sent],
    table: bytes = b"",
    kept: Sequence[tuple[str, Blob]] = (),
) -> Upload:
    """Keep what was sent before anything is decided; `kept` are files that came before the form.

    Raises Invalid, NotFound, NotAllowed, TooLarge and Unavailable.
    """
    with open_look(services, actor) as work:
        actions.get_edition(work, edition_id)
    sent = [file for file in files if file.name.strip()]
    if not sent and not kept:
        raise Invalid(N_("Escolha um ZIP, uma pasta ou ficheiros."), field="files")
    whole = intake_files.is_archive([*(name for name, _ in kept), *(file.name for file in sent)])
    came = [*kept, *((file.name, _receive_one(services, file, whole=whole)) for file in sent)]
    if whole:
        return Upload(intake_files.safe_path(came[0][0])[:200], archive=came[0][1].sha256, table=table)
    limit = int(services.settings["max_file_mb"]) * intake_files.MB
    blobs: dict[str, Blob] = {}
    for name, blob in came:
        if blob.size > limit:  # a ZIP on its way may be larger than a file, until it turns out to be one of many
            raise TooLarge(N_("«%(name)s» é demasiado grande."), field="files", name=name[:120])
        blobs[intake_files.free_name(intake_files.safe_path(name), blobs)] = blob
    return Upload(intake_files.name_of(list(blobs)), blobs=blobs, table=table)


def _receive_one(services: Services, file: Sent, *, whole: bool) -> Blob:
    limit = largest(services, file.name) if whole else int(services.settings["max_file_mb"]) * intake_files.MB
    try:
        return services.blobs.receive(file.stream, limit=limit)
    except TooLarge as error:
        raise TooLarge(N_("«%(name)s»: %(why)s"), field="files", name=file.name[:120], why=str(error)) from error


def begin(services: Services, actor: Actor, edition_id: int, upload: Upload, *, sure: bool = False) -> int:
    """Begin an intake and return its number; it waits for a yes when the list brings new people, unless `sure`.

    Raises Invalid for an archive that cannot be opened, is dangerous, or holds more than 10,000 files.
    """
    with listing_of(services, upload) as listing, open_work(services, actor) as work:
        return begin_in(services, work, edition_id, upload, listing, sure=sure).id


def begin_in(
    services: Services, work: Work, edition_id: int, upload: Upload, listing: Listing, *, sure: bool = False
) -> Intake:
    """Do what `begin` does within a use case that is under way, with what was sent opened already."""
    edition = actions.get_edition(work, edition_id)
    plan = _list_plan(services, work, edition, upload.table)
    intake = Intake(edition_id=edition.id, name=upload.name, actor_id=work.actor.user_id, created_at=work.now)
    intake.source = {"archive": upload.archive, "hints": {}, "table": "", "problems": _told(plan)}
    work.session.add(intake)
    _write_entries(work, intake, listing, upload)
    record(work, "training.intake_begun", intake, after={"edition": edition.id, "files": intake.total})
    if plan is not None and (plan.new or plan.problems) and not sure:
        intake.source = intake.source | {"table": upload.table.hex(), "new": [row.label for row in plan.new]}
    else:
        _go(work, edition, intake, plan)
    return intake


def listing_of(services: Services, upload: Upload) -> Any:
    """Open what was sent, within a `with` block."""
    if upload.archive:
        return intake_files.opened(services.blobs.path(upload.archive))
    return intake_files.at_hand(intake_files.loose(upload.blobs, services))


def _list_plan(services: Services, work: Work, edition: Edition, table: bytes) -> ListPlan | None:
    if len(table) > LARGEST_LIST:
        raise TooLarge(N_("A lista de formandos é demasiado grande."), field="table")
    return intake_people.read_list(work, edition, table, services.vocabularies) if table else None


def _told(plan: ListPlan | None) -> list[list[Any]]:
    """Return the rows of the list that are left out, as they are kept: row, sentence and what fills its places."""
    if plan is None:
        return []
    return [[row, problem.message, {k: str(v) for k, v in problem.params.items()}] for row, problem in plan.problems]


def _go(work: Work, edition: Edition, intake: Intake, plan: ListPlan | None) -> None:
    hints = intake_people.apply(work, edition, plan) if plan else {}
    intake.source = intake.source | {"hints": hints, "table": ""}
    work.session.flush()
    ask_for_job(work, intake)


def confirm(services: Services, actor: Actor, intake_id: int) -> None:
    """Add the new people of the list that came along, and begin; asked twice, it has begun."""
    with open_work(services, actor) as work:
        intake, edition = get_intake(work, intake_id)
        if not waits_for_yes(intake):
            return
        plan = _list_plan(services, work, edition, bytes.fromhex(intake.source["table"]))
        _go(work, edition, intake, plan)


def waits_for_yes(intake: Intake) -> bool:
    """Return whether somebody has to look at the new people before the intake goes on."""
    return intake.state == IntakeState.WAITING and bool(intake.source.get("table"))


def ask_for_job(work: Work, intake: Intake) -> None:
    """Let a job go on with the intake, unless it is over, undone, or waits for somebody's yes."""
    if intake.state in OPEN and not waits_for_yes(intake):
        enqueue(work, JOB, key=str(intake.id), priority=30, intake_id=intake.id)


def get_intake(work: Work, intake_id: int) -> tuple[Intake, Edition]:
    """Return an intake of an edition in the person's care. Raises NotFound and NotAllowed."""
    intake = work.session.get(Intake, intake_id)
    if intake is None:
        raise NotFound(N_("Não há nada neste endereço."))
    return intake, actions.get_edition(work, intake.edition_id)


def _write_entries(work: Work, intake: Intake, listing: Listing, upload: Upload) -> None:
    if len(listing.files) > MOST_FILES:
        raise Invalid(N_("São mais de %(most)s ficheiros. Divida-os em partes."), field="files", most=MOST_FILES)
    for path, file in intake_files.by_stored_path(listing).items():
        blob = upload.blobs.get(file.name)
        digest = blob.sha256 if blob else ""
        intake.entries.append(IntakeEntry(path=path, size=file.size, sha256=digest, guesses=[]))
    seen = {entry.path for entry in intake.entries}
    for line in listing.left:
        path = intake_files.free_name(intake_files.stored_path(line.file), seen)
        seen.add(path)
        state = "skipped" if line.outcome == Outcome.SKIPPED else "refused"
        intake.entries.append(IntakeEntry(path=path, state=state, reason=str(line.words)[:300], guesses=[]))
    intake.total, intake.done = len(listing.files), 0
    if not listing.files:
        raise Invalid(N_("Não há aqui nenhum ficheiro para juntar."), field="files")
    work.session.flush()


# The job


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
            intake.state, intake.finished_at, intake.done = IntakeState.DONE, work.now, intake.total


def _refuse(services: Services, intake_id: int, error: DomainError) -> None:
    with open_work(services, SYSTEM) as work:
        intake = work.session.get(Intake, intake_id)
        if intake is not None and intake.state in OPEN:
            intake.state, intake.finished_at = IntakeState.REFUSED, work.now
            intake.problem, intake.problem_params = error.message[:300], {k: str(v) for k, v in error.params.items()}


# A rehearsal


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
        plan = _list_plan(services, work, edition, table)
        people = intake_people.planned_people(edition, plan) if plan else intake_people.people_of(edition, {})
        gone = frozenset(intake_people.gone(edition))
    roster = Roster.of(people)
    with intake_files.opened(path) as listing:
        if len(listing.files) > MOST_FILES:
            raise Invalid(N_("São mais de %(most)s ficheiros. Divida-os em partes."), field="files", most=MOST_FILES)
        told = [Foreseen(line.file, "skipped" if line.outcome == Outcome.SKIPPED else "refused", (), str(line.words))
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

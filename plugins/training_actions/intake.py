"""Taking in a whole course: what was sent is kept first and its entries are written; then a job does the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plugins.training_actions import actions, intake_files, intake_people
from plugins.training_actions.intake_files import Sent
from plugins.training_actions.intake_people import ListPlan
from plugins.training_actions.intake_uploads import largest
from plugins.training_actions.models import Edition, Intake, IntakeEntry, IntakeState
from repository.api import (
    N_,
    Actor,
    Blob,
    Invalid,
    Listing,
    NotFound,
    Outcome,
    Services,
    TooLarge,
    Work,
    enqueue,
    open_look,
    open_work,
    record,
)

JOB = "training_actions.intake"
MOST_FILES = 10_000
LARGEST_LIST = 2 * intake_files.MB
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
    plan = list_plan(services, work, edition, upload.table)
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


def list_plan(services: Services, work: Work, edition: Edition, table: bytes) -> ListPlan | None:
    """Return what the participants' list would do, or None when none came along. Raises Invalid and TooLarge."""
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
        plan = list_plan(services, work, edition, bytes.fromhex(intake.source["table"]))
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
        intake.entries.append(IntakeEntry(path=path, state=state, reason=line.words[:300], guesses=[]))
    intake.total, intake.done = len(listing.files), 0
    if not listing.files:
        raise Invalid(N_("Não há aqui nenhum ficheiro para juntar."), field="files")
    work.session.flush()

"""Brings planned items in: files looked into side by side, one transaction an item, safe to kill and repeat."""

import hashlib
import os
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import func, select

from repository import accounts, attachments, items
from repository.errors import DomainError, Invalid, Unavailable
from repository.examining import look_into, write_findings
from repository.files.blobs import Blob, too_large
from repository.files.examine import Examination, Examiner
from repository.files.names import extension
from repository.importing.outcome import Line, Outcome
from repository.importing.plan import Planned
from repository.importing.sources import SourceFile, keep_file, refuse_kind
from repository.models import File, Item, State
from repository.words import N_
from repository.work import SYSTEM, Services, Work, open_look, open_work

MB = 1024 * 1024
LOCKED = Invalid(N_("Pede uma palavra-passe: não se vê aqui nem se encontra pelo texto."))
UNREADABLE = Invalid(N_("Não se conseguiu ler bem, pode estar danificado: abra-o e veja."))
FINISHED = Invalid(N_("Estava em rascunho e foi publicado."))


@dataclass(frozen=True)
class Order:
    """Who the items belong to, whether they are published, and whether this is only a rehearsal."""

    owner_id: int
    organisation_id: int | None = None
    publish: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Piece:
    """A file that is ready to be joined to an item; a dry run keeps nothing of it."""

    file: SourceFile
    blob: Blob
    found: Examination


@dataclass
class Prepared:
    """An item whose files lie in the house, and what to report of those that do not."""

    planned: Planned
    pieces: list[Piece] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def run(services: Services, plan: Iterable[Planned], order: Order) -> Iterator[list[Line]]:
    """Import item by item, and yield what became of each one's files, in the order of the plan.

    Raises Unavailable when the disk is full; what was yielded before is there, and a second run goes on from it.
    """
    workers = max(1, min(4, os.cpu_count() or 1))
    looker = _Looker(services, order)
    with looker, ThreadPoolExecutor(workers, thread_name_prefix="import") as pool:
        waiting: deque[Future[Prepared]] = deque()
        for planned in plan:
            waiting.append(pool.submit(looker.prepare, planned))
            if len(waiting) > 2 * workers:
                yield _settle(services, waiting.popleft().result(), order)
        while waiting:
            yield _settle(services, waiting.popleft().result(), order)


class _Looker:
    """Takes files in and looks into them; each thread has a child process of its own."""

    def __init__(self, services: Services, order: Order) -> None:
        self.services = services
        self.order = order
        self.limit = services.settings["max_file_mb"] * MB
        self._own = threading.local()
        self._examiners: list[Examiner] = []

    def __enter__(self) -> "_Looker":
        return self

    def __exit__(self, *_: object) -> None:
        for examiner in self._examiners:
            examiner.close()

    def prepare(self, planned: Planned) -> Prepared:
        """Return the item with its files hashed, kept and examined; known and refused files become lines."""
        ready = Prepared(planned)
        with ExitStack() as stack:
            opened: list[tuple[SourceFile, Path, str]] = []
            for file in planned.files:
                with refused_files(file, ready.lines):
                    if file.size > self.limit:
                        raise too_large(self.limit)
                    path = stack.enter_context(file.at(self.services.blobs.partial))
                    opened.append((file, path, digest_of(path)))
            known = self._holder({digest for _, _, digest in opened})
            for file, path, digest in opened:
                if known is not None:
                    ready.lines.append(Line(file.name, Outcome.UNCHANGED, item_id=known))
                    continue
                with refused_files(file, ready.lines):
                    ready.pieces.append(self._take_in(file, path, digest))
        return ready

    def _holder(self, digests: set[str]) -> int | None:
        with open_look(self.services, SYSTEM) as work:
            return holder_of(work, digests)

    def _take_in(self, file: SourceFile, path: Path, digest: str) -> Piece:
        if self.order.dry_run:
            refuse_kind(path, file.name)
            return Piece(file, Blob(digest, file.size), self._glance(path, file.name))
        blob = keep_file(self.services, path, file.name)
        return Piece(file, blob, look_into(self.services, blob, file.name, self._examiner()))

    def _glance(self, path: Path, name: str) -> Examination:
        """Look into a file as an import does, and keep nothing of it."""
        with tempfile.TemporaryDirectory(dir=self.services.blobs.partial) as pictures:
            return self._examiner().examine(path, name, Path(pictures))

    def _examiner(self) -> Examiner:
        if not hasattr(self._own, "examiner"):
            self._own.examiner = Examiner()
            self._examiners.append(self._own.examiner)
        examiner: Examiner = self._own.examiner
        return examiner


@contextmanager
def refused_files(file: SourceFile, lines: list[Line]) -> Iterator[None]:
    """Make a line of what is wrong with one file; a full disk is no fault of the file, and stops the import."""
    try:
        yield
    except Unavailable:
        raise
    except DomainError as error:
        lines.append(Line(file.name, Outcome.REFUSED, (error,)))
    except OSError as error:
        why = error.strerror or type(error).__name__
        lines.append(Line(file.name, Outcome.REFUSED, (Invalid(N_("não se consegue ler: %(why)s"), why=why),)))


def digest_of(path: Path) -> str:
    """Return the SHA-256 of the file's bytes in lowercase hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def holder_of(work: Work, digests: set[str]) -> int | None:
    """Return the id of an item, not in the bin, that has files with all these contents; None when there is none."""
    if not digests:
        return None
    has_all = (
        select(File.item_id)
        .join(Item)
        .where(File.sha256.in_(digests), File.removed_at.is_(None), Item.state != State.DISCARDED)
        .group_by(File.item_id)
        .having(func.count(File.sha256.distinct()) == len(digests))
    )
    return work.session.scalar(has_all.order_by(File.item_id).limit(1))


def _settle(services: Services, ready: Prepared, order: Order) -> list[Line]:
    """Make the item in one transaction, and return the lines of all its files."""
    if not ready.pieces:
        return _finish_drafts(services, ready, order)
    if order.dry_run:
        title = _title(ready)
        added = (Line(each.file.name, Outcome.ADDED, tuple(_warning(each)), title=title) for each in ready.pieces)
        return [*ready.lines, *added]
    lines: list[Line] = []
    try:
        with open_work(services, SYSTEM) as work:
            lines = _keep(work, ready, order)
    except Unavailable:
        raise
    except DomainError as error:  # a rule, the core's or a plugin's, will not have it: nothing of the item is kept
        lines = [Line(piece.file.name, Outcome.REFUSED, (error,)) for piece in ready.pieces]
    return [*ready.lines, *lines]


def _finish_drafts(services: Services, ready: Prepared, order: Order) -> list[Line]:
    """Publish a draft of an import before, now that more is said; whatever somebody wrote in it stays."""
    known = {line.item_id for line in ready.lines if line.item_id is not None}
    if not order.publish or order.dry_run or len(known) != 1:
        return ready.lines
    with open_work(services, SYSTEM) as work:
        item = work.session.get_one(Item, known.pop())
        if item.state != State.DRAFT or item.owner_id != order.owner_id or item.revises_id is not None:
            return ready.lines
        said = {name: value for name, value in ready.planned.values.items() if not _says(item, name)}
        items.describe(work, item, said)
        notes = tuple(_publish(work, item)) or (FINISHED,)
        title, state = item.title, str(item.state)
    return [replace(line, notes=notes, title=title, state=state) if line.item_id else line for line in ready.lines]


def _says(item: Item, name: str) -> bool:
    return bool(item.codes(name) if name in items.VOCABULARIES else getattr(item, name, ""))


def _keep(work: Work, ready: Prepared, order: Order) -> list[Line]:
    # Asked again inside the transaction: the same content may have come in since, or twice in this import.
    known = holder_of(work, {piece.blob.sha256 for piece in ready.pieces})
    if known is not None:
        return [Line(piece.file.name, Outcome.UNCHANGED, item_id=known) for piece in ready.pieces]
    item, notes = _make_item(work, ready, order)
    if order.publish:
        notes = [*notes, *_publish(work, item)]
    return [
        Line(piece.file.name, Outcome.ADDED, (*notes, *_warning(piece)), item.id, item.title, str(item.state))
        for piece in ready.pieces
    ]


def _warning(piece: Piece) -> list[DomainError]:
    """Return what a person should look at in a file that is kept all the same."""
    problem = piece.found.failure or piece.found.sniffed.problem
    if not problem:
        return []
    return [LOCKED if problem == "encrypted" else UNREADABLE]


def _make_item(work: Work, ready: Prepared, order: Order) -> tuple[Item, list[DomainError]]:
    """Return the new draft, and notes on what of the table found no place."""
    planned = ready.planned
    item = items.create_draft(work, organisation_id=order.organisation_id, owner_id=order.owner_id)
    items.describe(work, item, planned.values)
    items.set_credits(work, item, [(name, _account(work, address)) for name, address in planned.authors])
    for piece in ready.pieces:
        file = attachments.attach(work, item, piece.blob, piece.file.name, examined=True)
        write_findings(work, file, piece.found)
    if not item.title.strip():
        item.title, item.proposed = title_of_name(ready.pieces[0].file.name), [*item.proposed, "title"]
    return item, _hand_to_plugins(work, item, dict(planned.extra))


def _hand_to_plugins(work: Work, item: Item, extra: dict[str, str]) -> list[DomainError]:
    notes: list[DomainError] = []
    if "adapts" in extra:
        source = find_item(work, extra.pop("adapts"))
        if source is None or source == item.id:
            notes.append(Invalid(N_("Não se encontrou o original indicado.")))
        else:
            extra["adapts"] = str(source)
    if extra:
        answers = work.hook.item_imported(work=work, item=item, values=extra)
        left = sorted(set(extra) - {name for answer in answers for name in answer or ()})
        notes += [Invalid(N_("Nenhum módulo guarda: %(names)s."), names=", ".join(left))] if left else []
    return notes


def find_item(work: Work, text: str) -> int | None:
    """Return the item meant by its number, its address or its whole title, when only one has it."""
    number = text.strip().rstrip("/").rpartition("/")[2]
    if number.isdecimal() and len(number) < 18:
        return work.session.scalar(select(Item.id).where(Item.id == int(number), Item.state != State.DISCARDED))
    alike = select(Item.id).where(Item.title == text.strip(), Item.state != State.DISCARDED).limit(2)
    found = work.session.scalars(alike).all()
    return found[0] if len(found) == 1 else None


def _title(ready: Prepared) -> str:
    """Return the title that the item would get: what is said of it, else what a file says of itself, else its name."""
    read = (piece.found.extraction.title for piece in ready.pieces if piece.found.extraction is not None)
    said = [str(ready.planned.values.get("title") or ""), *read, title_of_name(ready.pieces[0].file.name)]
    return next(title for title in said if title.strip())


def title_of_name(name: str) -> str:
    """Return a title made of a file's name, for files that have none inside."""
    last = name.rpartition("/")[2]
    stem = last[: -len(ending) - 1] if (ending := extension(last)) else last
    words = " ".join(stem.replace("_", " ").split())
    return (words[:1].upper() + words[1:])[: items.LIMITS["title"]] or last


def _account(work: Work, address: str) -> int | None:
    person = accounts.find_user(work, address) if address else None
    return person.id if person else None


def _publish(work: Work, item: Item) -> list[DomainError]:
    """Publish the item, and return what it still lacks; then it stays a draft."""
    if wants := items.missing(item):
        return [Invalid(N_("Ficou em rascunho.")), *wants]
    items.submit(work, item)
    if item.state != State.PUBLISHED:
        items.publish(work, item)  # whoever imports has the last word
    return []

"""Taking back the last import of a table, as long as nothing was built on what it added and nobody changed it since."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from plugins.training_actions import actions, participants
from plugins.training_actions.changes import differing, said_of
from plugins.training_actions.models import (
    Action,
    Author,
    Contribution,
    Edition,
    Intake,
    Participant,
    TableImport,
)
from repository.api import N_, SYSTEM, Conflict, DomainError, NotFound, Services, Work, open_work, record

KEPT = timedelta(days=14)
KINDS: dict[str, Any] = {"action": Action, "edition": Edition, "participant": Participant}
FIELDS = {
    "action": actions.ACTION_FIELDS,
    "edition": actions.EDITION_FIELDS,
    "participant": participants.PARTICIPANT_FIELDS,
}
DAYS, MOMENTS = ("starts_on", "ends_on"), ("closes_at",)


@dataclass
class Done:
    """What an import did: the rows that it added, and what it changed of others: (row, before, after)."""

    added: list[Any] = field(default_factory=list)
    changed: list[tuple[Any, dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    def will_change(self, row: Any, values: Mapping[str, Any]) -> None:
        """Note what `values` are about to change of a row."""
        changing = differing(row, values, FIELDS[_kind(row)])
        if changing:
            names = list(changing)
            after = said_of(_Said(changing), names)
            self.changed.append((row, said_of(row, names), after))


@dataclass
class _Said:
    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.values[name]


def _kind(row: Any) -> str:
    return type(row).__name__.lower()


def keep(work: Work, edition: Edition | None, done: Done) -> TableImport | None:
    """Keep what an import did, so that it can be taken back; what an earlier one of its kind did is forgotten."""
    if not done.added and not done.changed:
        return None
    work.session.flush()
    for earlier in work.session.scalars(_of_kind(edition.id if edition else None)):
        earlier.done = {}
    added: dict[str, list[int]] = {}
    for row in done.added:
        added.setdefault(_kind(row), []).append(row.id)
    changed = [[_kind(row), row.id, before, after] for row, before, after in done.changed]
    kept = TableImport(
        edition_id=edition.id if edition else None, actor_id=work.actor.user_id, created_at=work.now,
        done={"added": added, "changed": changed},
    )  # fmt: skip
    work.session.add(kept)
    work.session.flush()
    return kept


def _of_kind(edition_id: int | None) -> Any:
    return select(TableImport).where(TableImport.edition_id == edition_id).order_by(TableImport.id.desc())


def last(work: Work, edition: Edition | None) -> TableImport | None:
    """Return the last import into an edition, or the person's last one of actions, that can still be spoken of."""
    query = _of_kind(edition.id if edition else None).limit(1)
    if edition is None:
        query = query.where(TableImport.actor_id == work.actor.user_id)
    found = work.session.scalar(query)
    return found if found is not None and found.done and not found.undone_at else None


def counts(row: TableImport) -> tuple[int, int]:
    """Return how many rows an import added and changed."""
    return sum(map(len, row.done.get("added", {}).values())), len(row.done.get("changed", ()))


def get(work: Work, import_id: int) -> TableImport:
    """Return an import into what is in the person's care. Raises NotFound and NotAllowed."""
    row = work.session.get(TableImport, import_id)
    if row is None:
        raise NotFound(N_("Não há nada neste endereço."))
    if row.edition_id is not None:
        actions.get_edition(work, row.edition_id)
    return row


def undo(work: Work, import_id: int) -> TableImport:
    """Take an import back: what it added leaves the lists, what it changed says what it said. Twice is once.

    Raises NotFound, NotAllowed, and Conflict that says what stands in the way.
    """
    row = get(work, import_id)
    if row.undone_at:
        return row
    why = hindrance(work, row)
    if why is not None:
        raise why
    for kind, row_id, before, _ in row.done["changed"]:
        _say_again(work, work.session.get_one(KINDS[kind], row_id), kind, before)
    for kind, remove in (
        ("participant", participants.remove_participant),
        ("edition", actions.remove_edition),
        ("action", actions.remove_action),
    ):
        for found in _added(work, row, kind):
            remove(work, found)
    row.undone_at, row.done = work.now, {}
    record(work, "training.table_undone", row)
    return row


def _say_again(work: Work, found: Any, kind: str, before: Mapping[str, Any]) -> None:
    values = {name: _meant(name, value) for name, value in before.items()}
    if kind == "participant":
        participants.change_participant(work, found, values)
        work.session.flush()
        participants.link_accounts(work, found.edition)
    else:
        (actions.change_action if kind == "action" else actions.change_edition)(work, found, values)


def _meant(name: str, value: Any) -> Any:
    if value and name in DAYS:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if value and name in MOMENTS else value


def hindrance(work: Work, row: TableImport) -> DomainError | None:
    """Return what stands in the way of taking an import back, in words, or None."""
    if not row.done:
        return Conflict(N_("Já não se pode anular: houve outra importação depois, ou passaram catorze dias."))
    return next(_hindrances(work, row), None)


def _hindrances(work: Work, row: TableImport) -> Iterator[DomainError]:
    people, editions = _ids(row, "participant"), _ids(row, "edition")
    if name := work.session.scalar(
        select(Participant.name).join(Author, Author.participant_id == Participant.id).where(Participant.id.in_(people))
    ):
        yield Conflict(N_("Não se pode anular: %(name)s já entregou materiais."), name=name)
    used = or_(Participant.link_sent_at.is_not(None), Participant.link_opened_at.is_not(None))
    if name := work.session.scalar(select(Participant.name).where(Participant.id.in_(people), used)):
        yield Conflict(N_("Não se pode anular: %(name)s já recebeu ou abriu a sua ligação."), name=name)
    others = (Participant.edition_id.in_(editions), Participant.id.not_in(people), Participant.removed_at.is_(None))
    if _any(work, Participant, *others):
        yield Conflict(N_("Não se pode anular: já se juntaram pessoas às turmas que entraram."))
    if _any(work, Contribution, Contribution.edition_id.in_(editions)) or _any(
        work, Intake, Intake.edition_id.in_(editions)
    ):
        yield Conflict(N_("Não se pode anular: já há materiais nas turmas que entraram."))
    more = (Edition.action_id.in_(_ids(row, "action")), Edition.id.not_in(editions), Edition.removed_at.is_(None))
    if _any(work, Edition, *more):
        yield Conflict(N_("Não se pode anular: já se juntaram turmas às ações que entraram."))
    for kind, row_id, _, after in row.done["changed"]:
        found = work.session.get(KINDS[kind], row_id)
        if found is None or said_of(found, list(after)) != after:
            yield Conflict(N_("Não se pode anular: o que mudou foi mudado outra vez depois."))


def _any(work: Work, model: Any, *conditions: Any) -> bool:
    return bool(work.session.scalar(select(func.count()).select_from(model).where(*conditions)))


def _ids(row: TableImport, kind: str) -> Sequence[int]:
    return row.done["added"].get(kind, [])


def _added(work: Work, row: TableImport, kind: str) -> list[Any]:
    return list(work.session.scalars(select(KINDS[kind]).where(KINDS[kind].id.in_(_ids(row, kind)))))


def forget_old(services: Services, _payloads: list[dict[str, Any]]) -> None:
    """Forget what imports of two weeks ago did: names and addresses as they were are not kept for longer. Periodic."""
    with open_work(services, SYSTEM) as work:
        for row in work.session.scalars(select(TableImport).where(TableImport.created_at < work.now - KEPT)):
            if row.done:
                row.done = {}

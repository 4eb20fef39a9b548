"""The audit trail: who changed what and when."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, render_template, request, stream_with_context
from flask_babel import gettext
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from repository.audit import FIELDS
from repository.db import contains_words
from repository.http import look, number, services
from repository.models import AuditEntry, Item, User
from repository.permissions import may_see
from repository.registry import collect
from repository.search.analysis import sort_key
from repository.tables import csv_lines
from repository.web.admin.door import door, page_number, page_url, paged, pages
from repository.web.display import label, show_moment
from repository.words import N_
from repository.work import Work

PERMISSION = "audit.read"
VOCABULARIES = {
    "level": "levels", "levels": "levels", "year": "years", "group": "groups", "groups": "groups",
    "group_code": "groups", "discipline": "disciplines", "disciplines": "disciplines", "type": "types",
    "licence": "licences", "language": "languages", "role": "roles", "modality": "modalities",
}  # fmt: skip
HERE = ZoneInfo("Europe/Lisbon")
MOST_EXPORTED, READ_AT_ONCE = 100_000, 500
FILTERS = ("person", "action", "subject", "id", "since", "until")
HEADINGS = (
    N_("quando"),
    N_("quem"),
    N_("pessoa"),
    N_("o que fez"),
    N_("a que"),
    N_("número"),
    N_("título"),
    N_("antes"),
    N_("depois"),
)


@dataclass(frozen=True)
class Kept:
    """One field of what was before or after, in words; `item_id` is set where the value is an item's title."""

    name: str
    value: str
    item_id: int | None = None


@pages.get("/audit")
def audit() -> str:
    """The changes, the newest first, filtered by person, action, subject and day."""
    work = door(PERMISSION)
    chosen = _chosen()
    rows, total, count = paged(work, _filtered(chosen), page_number())
    actions = work.session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()
    subjects = work.session.scalars(select(AuditEntry.subject_kind).distinct().order_by(AuditEntry.subject_kind)).all()
    return render_template(
        "admin/audit.html", rows=rows, names=_names(work.session, rows), acting=_acting(work, rows),
        chosen=chosen, total=total,
        acts=(acts := _words_of_actions()), actions=_choices(actions, acts),
        kinds=(kinds := _words_of_subjects()), subjects=_choices(subjects, kinds),
        kept=_words_of_kept(titles := _titles(work, rows)), titles=titles,
        page=page_number(), count=count, page_url=page_url,
    )  # fmt: skip


def _words_of_actions() -> dict[str, str]:
    declared = collect(services().hook.register_audit_actions)
    return {action.code: gettext(action.label) for action in declared}


def _words_of_subjects() -> dict[str, str]:
    declared = collect(services().hook.register_audit_subjects)
    return {subject.kind: gettext(subject.label) for subject in declared}


def _titles(work: Work, rows: Iterable[AuditEntry]) -> dict[int, str]:
    """Return the titles of the items that rows speak of, by id, as far as the reader may see them; in two queries."""
    ids = {number for row in rows for number in _items_of(row)}
    # What the rule of who may see asks of an item, so that it asks the database no more.
    parts = (joinedload(Item.credits), joinedload(Item.grants), selectinload(Item.terms))
    found = work.session.scalars(select(Item).where(Item.id.in_(ids)).options(*parts)).unique()
    return {item.id: item.title for item in found if item.title and may_see(work, item)}


def _items_of(row: AuditEntry) -> Iterator[int]:
    if row.subject_kind == "item" and row.subject_id is not None:
        yield row.subject_id
    yield from (number for said in (row.before, row.after) if isinstance(number := said.get("item"), int))


def _words_of_kept(titles: Mapping[int, str]) -> Callable[[str, Mapping[str, Any]], list[Kept]]:
    """Return what says what was kept of a row, in words where anybody has them; an item has its title in `titles`."""
    declared = collect(services().hook.register_audit_subjects)
    fields: dict[str, dict[str, str]] = {}
    values = _words_of_names()
    for subject in declared:  # plugins may say more of the core's rows; the core comes last, and its words stand
        fields[subject.kind] = {**fields.get(subject.kind, {}), **subject.fields}
        values[subject.kind] = {**values.get(subject.kind, {}), **subject.values}
    words = {kind: {code: gettext(text) for code, text in known.items()} for kind, known in values.items()}

    def say(kind: str, name: str, value: Any) -> Kept:
        known = FIELDS | fields.get(kind, {})
        if name == "item" and isinstance(value, int) and value in titles:
            return Kept(_named(name, known), titles[value], value)
        return Kept(_named(name, known), _in_words(value, _words_for(kind, name, words.get(kind, {}), known)))

    def kept(kind: str, said: Mapping[str, Any]) -> list[Kept]:
        return [say(kind, name, value) for name, value in said.items() if value not in ({}, [], "", None)]

    return kept


def _words_of_names() -> dict[str, dict[str, str]]:
    """Return the words of what the house itself names by codes: settings, kinds of mail, jobs."""
    hook = services().hook
    return {
        "storedsetting": {name: setting.label for name, setting in services().settings.declared.items()},
        "mailstop": {kind.name: kind.label for kind in collect(hook.register_mail_kinds)},
        "job": {kind.name: kind.label for kind in collect(hook.register_jobs) if kind.label},
    }


def _named(name: str, fields: Mapping[str, str]) -> str:
    return gettext(fields[name]) if name in fields else name


def _words_for(kind: str, name: str, words: Mapping[str, str], fields: Mapping[str, str]) -> Callable[[str], str]:
    """Return what says a code in a field: a field's own name, a code of the plugin's, or a term of a vocabulary."""
    vocabulary = "organisation_kinds" if (kind, name) == ("organisation", "kind") else VOCABULARIES.get(name)

    def say(code: str) -> str:
        if name == "fields":
            return _named(code, fields)
        return words[code] if code in words else label(vocabulary, code) if vocabulary else code

    return say


def _in_words(value: Any, say: Callable[[str], str]) -> str:
    if isinstance(value, bool):
        return gettext("sim") if value else gettext("não")
    if isinstance(value, list):
        return ", ".join(_in_words(one, say) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_in_words(one, say)}" for name, one in value.items())
    if isinstance(value, str) and (said := say(value)) != value:
        return said
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return show_moment(moment) if moment.tzinfo else str(value)


def _choices(codes: Iterable[str], words: dict[str, str]) -> list[tuple[str, str]]:
    """Return codes with their words in the order of the words; what nobody has words for is said by its code."""
    return sorted(((code, words.get(code, code)) for code in codes), key=lambda choice: sort_key(choice[1]))


@pages.get("/audit.csv")
def audit_csv() -> Response:
    """The same changes as a table for a spreadsheet."""
    door(PERMISSION)
    response = Response(stream_with_context(csv_lines(_table(_chosen()))), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="registo.csv"'
    return response


def _chosen() -> dict[str, str]:
    return {name: request.args.get(name, "")[:200].strip() for name in FILTERS}


def _filtered(chosen: dict[str, str]) -> Select[AuditEntry]:
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    if words := chosen["person"]:
        people = select(User.id).where(or_(contains_words(User.name, words), contains_words(User.email, words)))
        query = query.where(AuditEntry.actor_id.in_(people))
    if chosen["action"]:
        query = query.where(AuditEntry.action == chosen["action"])
    if chosen["subject"]:
        query = query.where(AuditEntry.subject_kind == chosen["subject"])
    if chosen["id"]:
        query = query.where(AuditEntry.subject_id == (number(chosen["id"]) or 0))
    if since := _day(chosen["since"]):
        query = query.where(AuditEntry.at >= _midnight(since))
    if until := _day(chosen["until"]):
        query = query.where(AuditEntry.at < _midnight(until + timedelta(days=1)))
    return query


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1990 < day.year < 9000 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=HERE).astimezone(UTC)


def _names(session: Session, rows: Iterable[AuditEntry]) -> dict[int, str]:
    ids = {row.actor_id for row in rows if row.actor_id}
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())


def _acting(work: Work, rows: Iterable[AuditEntry]) -> dict[str, str]:
    """Return how those who acted without an account are said, by what rows keep of them; nobody is the system."""
    codes = sorted({row.acting for row in rows if row.acting and not row.actor_id})
    if not codes:
        return {}
    said = {person.code: person.label for person in collect(work.hook.audit_people, work=work, acting=codes)}
    return {code: said.get(code) or gettext("pessoa sem conta") for code in codes}


def _table(chosen: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    """Yield the heading and the rows in words, some hundreds read at a time with the titles of their items."""
    yield tuple(gettext(heading) for heading in HEADINGS)
    work = look()
    names = dict(work.session.execute(select(User.id, User.name)).all())
    acts, kinds = _words_of_actions(), _words_of_subjects()
    query = _filtered(chosen).limit(MOST_EXPORTED).execution_options(yield_per=READ_AT_ONCE)
    for rows in work.session.scalars(query).partitions(READ_AT_ONCE):
        titles = _titles(work, rows)
        kept, acting = _words_of_kept(titles), _acting(work, rows)
        for row in rows:
            name = names.get(row.actor_id, "") if row.actor_id else acting.get(row.acting, "")
            at = row.at.astimezone(HERE).isoformat(timespec="seconds")
            title = titles.get(row.subject_id or 0, "") if row.subject_kind == "item" else ""
            what = (acts.get(row.action, row.action), kinds.get(row.subject_kind, row.subject_kind), row.subject_id)
            yield (
                at,
                row.actor_id,
                name,
                *what,
                title,
                *(_in_a_cell(kept(row.subject_kind, said)) for said in (row.before, row.after)),
            )


def _in_a_cell(kept: Iterable[Kept]) -> str:
    return "; ".join(f"{one.name}: {one.value}" for one in kept)

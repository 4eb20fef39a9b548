"""From the database to the index: the document of an item, and the jobs that keep the index true."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Integer, case, cast, delete, func, select, update
from sqlalchemy.orm import Session, selectinload

from repository.jobs import LEASE, enqueue
from repository.models import File, FileText, Item, Job, JobState, Organisation, State
from repository.permissions import item_labels, may_see
from repository.search.document import SearchDocument
from repository.search.engine import IndexBroken, IndexMissing
from repository.search.fields import FieldKind, SearchField
from repository.vocabularies import Vocabularies
from repository.work import SYSTEM, Services, Work, now, open_look

MOST_HIDDEN = 500
MOST_AT_ONCE = 1_000
MOST_TEXT = 2_000_000
LISTS = {"level": "levels", "year": "years", "group": "groups", "discipline": "disciplines"}
WORDED = LISTS | {"type": "types"}
# What the chosen terms are called, so that "robô 1.º ciclo" finds what says its level only in a list.
WORDS = SearchField("terms", FieldKind.TEXT, boost=0.5)
CORE_FIELDS = frozenset({"kind", "level", "year", "group", "discipline", "type", "licence", "language", "org"})


def index_items(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Bring the items' places in the index up to date: published ones in, all others out, in one commit.

    Where there is no index that can be brought up to date, a new one is built.
    """
    wanted = {payload["item_id"] for payload in payloads}
    with open_look(services, SYSTEM) as work:
        found = list(_documents(work, Item.id.in_(wanted)))
    try:
        services.search.engine.update(found, wanted - {document.id for document in found})
    except (IndexMissing, IndexBroken):
        rebuild(services, payloads)


def rebuild(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Build the whole index anew beside the old one and swap it in; what waited for a place of its own is in it, too."""
    taken = _take_waiting(services)
    try:
        with open_look(services, SYSTEM) as work:
            services.search.engine.rebuild(_documents(work, True))
    except Exception:
        _end(services, taken, update(Job).values(state=JobState.QUEUED, lease_until=None))
        raise
    _end(services, taken, delete(Job))


def _take_waiting(services: Services) -> list[int]:
    """Take the waiting index jobs as a worker does, and return their ids. The caller reads the database after this.

    They stay in the queue, as under way, so that it is known meanwhile what must not be found any more; those of a killed
    process come free with its others.
    """
    with services.sessions.writing() as session:
        jobs = session.scalars(select(Job).filter_by(name="search.index", state=JobState.QUEUED)).all()
        for job in jobs:
            job.state, job.lease_until = JobState.RUNNING, now() + LEASE
        return [job.id for job in jobs]


def _end(services: Services, taken: list[int], change: Any) -> None:
    with services.sessions.writing() as session:
        for first in range(0, len(taken), MOST_AT_ONCE):
            some = taken[first : first + MOST_AT_ONCE]
            session.execute(change.where(Job.id.in_(some), Job.state == JobState.RUNNING))


def ask(work: Work, item_id: int) -> None:
    """Ask for an item's place in the index to be made anew."""
    enqueue(work, "search.index", key=str(item_id), priority=10, item_id=item_id)


def waiting(session: Session) -> int:
    """Return how many items wait for their place in the index."""
    return (
        session.scalar(select(func.count()).select_from(Job).filter_by(name="search.index", state=JobState.QUEUED)) or 0
    )


def hidden(work: Work) -> dict[int, str]:
    """Return the titles, by id, of what the person may not see now and may still be in the index, up to some hundreds."""
    return work.once("hidden", lambda: _hidden(work))


def _hidden(work: Work) -> dict[int, str]:
    asked = select(cast(Job.key, Integer)).where(Job.name == "search.index")  # waiting, or under way
    once = select(Item).where(Item.published_at.is_not(None), Item.id.in_(asked))
    withdrawn_first = case((Item.state == State.PUBLISHED, 1), else_=0)
    rows = work.session.scalars(once.order_by(withdrawn_first, Item.id).limit(MOST_HIDDEN))
    return {item.id: item.title for item in rows if item.state != State.PUBLISHED or not may_see(work, item)}


def published_ids(session: Session) -> set[int]:
    """Return the ids of everything that belongs into the index."""
    return set(session.scalars(select(Item.id).where(Item.state == State.PUBLISHED)))


def light_documents(services: Services) -> Iterator[SearchDocument]:
    """Yield every published item without the text of its files, for the search that answers while there is no index."""
    with open_look(services, SYSTEM) as work:
        yield from _documents(work, True, with_text=False)


def _documents(work: Work, condition: Any, *, with_text: bool = True) -> Iterator[SearchDocument]:
    organisations = dict(work.session.execute(select(Organisation.id, Organisation.parent_id)).all())
    query = (
        select(Item).where(Item.state == State.PUBLISHED, condition).order_by(Item.id).execution_options(yield_per=100)
    )
    loaded = query.options(selectinload(Item.terms), selectinload(Item.credits), selectinload(Item.all_files))
    for item in work.session.scalars(loaded):
        yield document_of(work, item, organisations, with_text=with_text)


def document_of(
    work: Work, item: Item, organisations: dict[int, int | None], *, with_text: bool = True
) -> SearchDocument:
    """Return what the index keeps of a published item. Files that not everybody may read give no text."""
    fields = {vocabulary: tuple(item.codes(vocabulary)) for vocabulary in LISTS}
    fields |= {
        "kind": (item.kind,),
        "type": _one(item.type),
        "licence": _one(item.licence),
        "language": _one(item.language),
        "org": tuple(_upwards(item.organisation_id, organisations)),
    }
    texts: dict[str, str] = {}
    for answer in work.hook.search_document(work=work, item=item):
        for name, value in (answer or {}).items():
            if isinstance(value, str):
                texts[name] = str(value)  # another process writes the index, which knows no types of a plugin's own
            elif name not in CORE_FIELDS:
                fields[name] = tuple(str(one) for one in value)
    texts[WORDS.name] = words_of_terms(work.services.vocabularies, fields)
    return SearchDocument(
        id=item.id,
        title=item.title,
        keywords=" ".join([*item.keywords, *(credit.name for credit in item.credits)]),
        summary=item.summary,
        text=_text(work.session, item.files) if with_text else "",
        values=fields,
        texts=texts,
        date=item.published_at or now(),
        labels=item_labels(work.hook, item),
        language=item.language,
    )


def words_of_terms(known: Vocabularies, fields: Mapping[str, tuple[str, ...]]) -> str:
    """Return all that an item's terms are called in any language, each name once and in a line of its own."""
    found = [known[WORDED[name]].get(code) for name in WORDED for code in fields[name]]
    return "\n".join(dict.fromkeys(name for term in found if term is not None for name in term.names()))


def _one(code: str) -> tuple[str, ...]:
    return (code,) if code else ()


def _upwards(organisation_id: int | None, parents: dict[int, int | None]) -> Iterable[str]:
    seen: list[str] = []
    while organisation_id is not None and str(organisation_id) not in seen:
        seen.append(str(organisation_id))
        organisation_id = parents.get(organisation_id)
    return seen


def _text(session: Session, files: Iterable[File]) -> str:
    open_ids = [file.id for file in files if not file.audience]
    if not open_ids:
        return ""
    rows = session.scalars(
        select(FileText.text).where(FileText.file_id.in_(open_ids)).order_by(FileText.file_id, FileText.page)
    )
    return "\n".join(rows)[:MOST_TEXT]

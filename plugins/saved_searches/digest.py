"""The mail about what is new in kept searches: one message a person, of each item once."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import and_, or_, select

from plugins.saved_searches import saving
from plugins.saved_searches.models import SavedSearch, ToldItem
from repository.api import (
    N_,
    SYSTEM,
    Item,
    MailKind,
    SearchRequest,
    Services,
    Speech,
    User,
    Work,
    actor_of,
    filter_words,
    in_language,
    newest,
    open_look,
    open_work,
    post,
    read_kept,
    visible_items,
)

JOB = "saved_searches.digest"
KIND = MailKind("saved_searches.digest", N_("O que há de novo nas pesquisas que guardou"), digest=True)
CATALOGUES = Path(__file__).parent / "translations"
# A little less than a day and a week: the job does not run at the same second each day.
DAY, WEEK = timedelta(hours=20), timedelta(days=6, hours=20)
SUBJECT = N_("Novidades nas suas pesquisas: %(count)s")
LISTED = 20  # of each search; the results have them all
REST = N_("Mais %(count)s nos resultados: %(url)s")
BODY = N_("Isto chegou à Partilha desde a última mensagem:\n\n%(list)s\n\nAs suas pesquisas: %(url)s\n")


def run(services: Services, payloads: list[dict[str, Any]]) -> None:
    """Write to each person who asked for it what is new; what nobody brought back is forgotten."""
    with open_work(services, SYSTEM) as work:
        saving.sweep(work)
    with open_look(services, SYSTEM) as work:
        people = list(work.session.scalars(select(SavedSearch.user_id).where(_due(work)).distinct()))
    errors: list[Exception] = []
    for user_id in people:
        try:
            _tell(services, user_id)
        except Exception as error:  # whoever comes after must not wait for this person's; the job is tried again
            errors.append(error)
    if errors:
        raise ExceptionGroup("people whose searches could not be looked at", errors)


def _tell(services: Services, user_id: int) -> None:
    # Work that writes asks the index nothing: it may have to ask for its own rebuilding.
    with open_look(services, SYSTEM) as work:
        found = _found(*_of(work, user_id))
    if any(found.values()):
        with open_work(services, SYSTEM) as work:
            _write(*_of(work, user_id), found)


def _due(work: Work) -> Any:
    return and_(
        SavedSearch.removed_at.is_(None),
        or_(
            and_(SavedSearch.mail == "daily", _before(work, DAY)),
            and_(SavedSearch.mail == "weekly", _before(work, WEEK)),
        ),
    )


def _before(work: Work, span: timedelta) -> Any:
    return or_(SavedSearch.mailed_at.is_(None), SavedSearch.mailed_at <= work.now - span)


def _of(work: Work, user_id: int) -> tuple[Work, User, list[SavedSearch]]:
    """Return work that sees what the person sees, the person, and the searches that are due; none for a closed account."""
    person = work.session.get_one(User, user_id)
    actor = actor_of(work.session, work.hook, person, work.now.date())
    theirs = Work(work.session, work.hook, actor, work.now, work.services)
    if person.deleted_at is not None or person.disabled_at is not None:
        return theirs, person, []
    mine = select(SavedSearch).where(SavedSearch.user_id == user_id, _due(work)).order_by(SavedSearch.id)
    return theirs, person, list(work.session.scalars(mine))


def _found(work: Work, person: User, rows: list[SavedSearch]) -> dict[int, list[int]]:
    """Return the ids of what is new in each of the searches, by the search's id."""
    told = _told(work, person)
    requests = [read_kept(work.services, row.address).changed(without=frozenset(told)) for row in rows]
    found = newest(work.services, work, [(one, row.mail_from) for one, row in zip(requests, rows, strict=True)])
    return {row.id: [item.id for item in items] for row, items in zip(rows, found, strict=True)}


def _told(work: Work, person: User) -> set[int]:
    return set(work.session.scalars(select(ToldItem.item_id).filter_by(user_id=person.id)))


def _news(
    work: Work, person: User, rows: list[SavedSearch], found: Mapping[int, list[int]]
) -> list[tuple[SavedSearch, list[Item]]]:
    """Return what is still to be told and to be seen, each item under the first search that finds it."""
    told, news = _told(work, person), []
    open_ones = {item.id: item for item in visible_items(work, sorted({id_ for ids in found.values() for id_ in ids}))}
    for row in rows:
        fresh = [open_ones[id_] for id_ in found.get(row.id, ()) if id_ in open_ones and id_ not in told]
        told |= {item.id for item in fresh}
        if fresh:
            news.append((row, fresh))
    return news


def _write(work: Work, person: User, rows: list[SavedSearch], found: Mapping[int, list[int]]) -> None:
    """Put the message into the outbox and remember of what it tells, in one transaction: it goes once, and is not lost."""
    news = _news(work, person, rows, found)
    if not news:
        return
    items = [item for _, fresh in news for item in fresh]
    site = work.services.settings.public_url
    speech = Speech(person.locale, lambda text: in_language(text, person.locale))
    requests = [read_kept(work.services, row.address) for row, _ in news]
    words = filter_words(work.services, work, requests, speech)
    parts = [
        "\n".join([_name(request, filters), *_list(work, person, request, fresh)])
        for request, filters, (_, fresh) in zip(requests, words, news, strict=True)
    ]
    known = {"count": len(items), "list": "\n\n".join(parts), "url": f"{site}/saved-searches/"}
    subject, body = (in_language(text, person.locale, CATALOGUES, **known) for text in (SUBJECT, BODY))
    post(work, person, subject, body, kind=KIND.name)
    work.session.add_all(ToldItem(user_id=person.id, item_id=item.id, told_at=work.now) for item in items)
    for row, _ in news:
        row.mailed_at = work.now


def _name(request: SearchRequest, filters: list[str]) -> str:
    return " · ".join((request.q, *filters) if request.q else filters)


def _list(work: Work, person: User, request: SearchRequest, items: list[Item]) -> list[str]:
    """Return the lines that tell the newest items, and where those are that it does not tell."""
    site = work.services.settings.public_url
    lines = [f"- {item.title}: {site}/items/{item.id}" for item in items[:LISTED]]
    if len(items) > LISTED:
        url = f"{site}/search?{urlencode(request.changed(sort='date').args())}"
        lines.append(in_language(REST, person.locale, CATALOGUES, count=len(items) - LISTED, url=url))
    return lines

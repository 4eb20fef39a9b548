"""Searches of a person: kept, looked at, taken away and brought back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, select

from plugins.saved_searches.models import SavedSearch, ToldItem
from repository.api import (
    N_,
    Conflict,
    Invalid,
    Item,
    NotAllowed,
    NotFound,
    SearchRequest,
    Speech,
    User,
    Work,
    as_kept,
    filter_words,
    newest,
    read_kept,
    record,
)

MAIL = ("never", "daily", "weekly")
MOST = 30
MOST_NEW = 100  # in each search
LONGEST = 2000
BACK_WITHIN = timedelta(days=1)
SUBJECTS = {"savedsearch": N_("pesquisa guardada")}
FIELDS = {"mail": N_("Correio")}
AUDIT = {
    "saved_search.saved": N_("guardou uma pesquisa"),
    "saved_search.removed": N_("apagou uma pesquisa guardada"),
    "saved_search.back": N_("trouxe de volta uma pesquisa guardada"),
    "saved_search.mail": N_("mudou o correio de uma pesquisa guardada"),
    "saved_search.feed_on": N_("abriu o feed de uma pesquisa guardada"),
    "saved_search.feed_off": N_("fechou o feed de uma pesquisa guardada"),
}


@dataclass(frozen=True)
class Shown:
    """A kept search as its person reads it: its name, what it filters in words, and what is new in it.

    Of very many new ones only the newest are looked for; `more` is that there may be others.
    """

    row: SavedSearch
    request: SearchRequest
    name: str
    filters: Sequence[str]
    new: Sequence[Item]

    @property
    def more(self) -> bool:
        return len(self.new) >= MOST_NEW


def of(work: Work) -> list[SavedSearch]:
    """Return the searches that the person keeps, the newest first."""
    return list(work.session.scalars(_kept(work).order_by(SavedSearch.id.desc())))


def _kept(work: Work) -> Select[SavedSearch]:
    return select(SavedSearch).where(SavedSearch.user_id == work.actor.user_id, SavedSearch.removed_at.is_(None))


def shown(work: Work, rows: Sequence[SavedSearch], speech: Speech | None = None, *, news: bool = True) -> list[Shown]:
    """Return searches as their person reads them, in the same few queries for any number of them.

    With `news` the index is asked, which work that writes must not do: it may have to ask for its own rebuilding.
    """
    requests = [read_kept(work.services, row.address) for row in rows]
    words = filter_words(work.services, work, requests, speech)
    since = [(one, row.seen_at) for one, row in zip(requests, rows, strict=True)]
    new = newest(work.services, work, since, MOST_NEW) if news else [[] for _ in rows]
    return [
        Shown(row, request, request.q or " · ".join(filters), filters if request.q else (), fresh)
        for row, request, filters, fresh in zip(rows, requests, words, new, strict=True)
    ]


def find(work: Work, query: str) -> SavedSearch | None:
    """Return the person's search with these parameters, when it is kept."""
    address = as_kept(work.services, work, query)
    return work.session.scalar(_kept(work).where(SavedSearch.digest == _digest(address)))


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def save(work: Work, query: str) -> SavedSearch:
    """Keep a search, given as the parameters of its address; kept twice it is kept once.

    Raises NotAllowed, Invalid for a search of everything, and Conflict when there are too many.
    """
    if work.actor.user_id is None:
        raise NotAllowed(N_("Inicie sessão para guardar pesquisas."))
    address = as_kept(work.services, work, query)
    request = read_kept(work.services, address)
    if not request.q and not request.filters:
        raise Invalid(N_("Escolha palavras ou filtros antes de guardar a pesquisa."), field="search")
    if len(address) > LONGEST:
        raise Invalid(N_("A pesquisa tem filtros a mais para ser guardada."), field="search")
    known = work.session.scalar(select(SavedSearch).filter_by(user_id=work.actor.user_id, digest=_digest(address)))
    if known is not None and known.removed_at is None:
        return known
    if known is not None:
        return bring_back(work, known.id)
    _check_room(work)
    row = SavedSearch(
        user_id=work.actor.user_id, address=address, digest=_digest(address), mail_from=work.now, saved_at=work.now,
        seen_at=work.now,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    record(work, "saved_search.saved", row)
    return row


def _check_room(work: Work) -> None:
    if len(of(work)) >= MOST:
        raise Conflict(N_("Já guardou %(most)s pesquisas. Apague uma que não use."), most=MOST)


def get(work: Work, search_id: int, *, removed: bool = False) -> SavedSearch:
    """Return a search of the person's own. Raises NotFound for anybody else's, and for one taken away unless asked for."""
    row = work.session.get(SavedSearch, search_id)
    mine = row is not None and work.actor.user_id is not None and row.user_id == work.actor.user_id
    if row is None or not mine or (row.removed_at is not None and not removed):
        raise NotFound(N_("Esta pesquisa guardada não existe."))
    return row


def look_at(work: Work, search_id: int) -> SavedSearch:
    """Say that the person looks at the results now: nothing in them is new any more."""
    row = get(work, search_id)
    row.seen_at = work.now
    return row


def set_mail(work: Work, search_id: int, mail: str) -> SavedSearch:
    """Write about what is new never, daily or weekly. Raises Invalid and NotFound."""
    row = get(work, search_id)
    if mail not in MAIL:
        raise Invalid(N_("Escolha nunca, todos os dias ou todas as semanas."), field="mail")
    if row.mail != mail:
        record(work, "saved_search.mail", row, {"mail": row.mail}, {"mail": mail})
        if row.mail == "never":  # what came while nobody asked for mail is no news
            row.mail_from, row.mailed_at = work.now, None
        row.mail = mail
    return row


def remove(work: Work, search_id: int) -> SavedSearch:
    """Take a search away; within a day it can come back. Its feed is over for good. Raises NotFound."""
    row = get(work, search_id, removed=True)
    if row.removed_at is None:
        row.removed_at, row.feed_on = work.now, False
        record(work, "saved_search.removed", row)
    return row


def bring_back(work: Work, search_id: int) -> SavedSearch:
    """Undo `remove`. Raises NotFound when it is gone for good, and Conflict when there are too many."""
    row = get(work, search_id, removed=True)
    if row.removed_at is not None:
        _check_room(work)
        row.removed_at = None
        record(work, "saved_search.back", row)
    return row


def sweep(work: Work) -> None:
    """Forget what was taken away and did not come back."""
    work.session.execute(delete(SavedSearch).where(SavedSearch.removed_at < work.now - BACK_WITHIN))


def data(work: Work, user: User) -> dict[str, Any] | None:
    """Return what is kept of a person's searches, for the person."""
    rows = work.session.scalars(select(SavedSearch).filter_by(user_id=user.id).order_by(SavedSearch.id))
    searches = [{"search": row.address, "mail": row.mail, "feed": row.feed_on} for row in rows]
    told = list(work.session.scalars(select(ToldItem.item_id).filter_by(user_id=user.id)))
    return {"searches": searches, "told": told} if searches or told else None


def forget(work: Work, user: User) -> None:
    """Let go of a person's searches: their account ends."""
    for table in (SavedSearch, ToldItem):
        work.session.execute(delete(table).where(table.user_id == user.id))

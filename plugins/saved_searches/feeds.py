"""The feed of a kept search: an address that only this house can make, which is made known, fetched and revoked."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

from plugins.saved_searches import saving
from plugins.saved_searches.models import SavedSearch
from repository.api import (
    N_,
    Item,
    NotFound,
    Speech,
    User,
    Work,
    actor_of,
    filter_words,
    in_language,
    newest,
    read_kept,
    record,
    seal,
)

SHOWN = 50
NONE = N_("Este feed não existe ou foi revogado.")
ALWAYS = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Feed:
    """A feed as a program reads it: the words of the search, in a language, and its newest items."""

    row: SavedSearch
    name: str
    locale: str
    items: list[Item]


def token_of(work: Work, row: SavedSearch) -> str:
    """Return the secret part of a feed's address; each time it is opened anew it is another one."""
    return f"{row.id}-{seal(work.services, 'saved_searches.feed', f'{row.id}:{row.feed_turn}')}"


def open_feed(work: Work, search_id: int) -> SavedSearch:
    """Give a search a feed; done twice it is done once. Raises NotFound."""
    row = saving.get(work, search_id)
    if not row.feed_on:
        row.feed_on, row.feed_turn = True, row.feed_turn + 1
        record(work, "saved_search.feed_on", row)
    return row


def revoke(work: Work, search_id: int) -> SavedSearch:
    """Let the address of a feed lead nowhere any more; done twice it is done once. Raises NotFound."""
    row = saving.get(work, search_id)
    if row.feed_on:
        row.feed_on = False
        record(work, "saved_search.feed_off", row)
    return row


def fetch(work: Work, token: str) -> Feed:
    """Return what an address leads to, as the person who keeps the search may see it now. Raises NotFound."""
    number = token.partition("-")[0]
    row = (
        work.session.get(SavedSearch, int(number))
        if number.isascii() and number.isdigit() and len(number) < 10
        else None
    )
    if row is None or not row.feed_on or not hmac.compare_digest(token_of(work, row).encode(), token.encode()):
        raise NotFound(NONE)
    person = work.session.get_one(User, row.user_id)
    if row.removed_at is not None or person.deleted_at is not None or person.disabled_at is not None:
        raise NotFound(NONE)
    actor = actor_of(work.session, work.hook, person, work.now.date())
    theirs = Work(work.session, work.hook, actor, work.now, work.services)
    request = read_kept(work.services, row.address)
    speech = Speech(person.locale, lambda text: in_language(text, person.locale))
    words = filter_words(work.services, theirs, [request], speech)[0]
    found = newest(work.services, theirs, [(request, ALWAYS)], SHOWN)[0]
    return Feed(row, " · ".join((request.q, *words) if request.q else words), person.locale, found)

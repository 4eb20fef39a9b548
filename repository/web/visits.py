"""Which requests count as somebody seeing or downloading an item: people, and not those who made it."""

import re

from flask import Request, Response, request

from repository.counting import Counts
from repository.http import actor, services
from repository.models import Item, State
from repository.remembered import each_time
from repository.work import Actor, now

# Programs that say so themselves. Others are counted: a number of visits is no proof of anything.
ROBOTS = re.compile(
    r"bot\b|bot[/;]|crawl|spider|slurp|scan|preview|monitor|validator|archiver|externalhit|whatsapp|feed|"
    r"curl|wget|python|java/|go-http|okhttp|libwww|ruby|perl|httpclient|axios|node-fetch|lighthouse",
    re.IGNORECASE,
)


def note_seen(item: Item) -> None:
    """Count a visit to the page of a published item, once a day for each visitor; nothing is kept of the visitor."""
    item_id, person = item.id, actor()
    if _may_count(item, person):
        counts = services().counts
        each_time(lambda request: _note_visit(counts, item_id, person, request))


def _note_visit(counts: Counts, item_id: int, person: Actor, request: Request) -> None:
    if _asked_by_somebody(request):
        address = request.remote_addr or "unknown"
        visitor = str(person.user_id) if person.signed_in else f"{address} {request.user_agent.string}"
        counts.note(item_id, "seen", now(), visitor)


def note_download(item: Item, response: Response) -> None:
    """Count an answer that hands over a file from its beginning; what goes on in the middle was counted already."""
    whole = response.status_code == 200 or (response.status_code == 206 and response.content_range.start == 0)
    person = actor()
    if whole and _may_count(item, person) and _asked_by_somebody(request):
        services().counts.note(item.id, "downloaded", now())
        if person.user_id is not None:
            services().counts.note_use(item.id, person.user_id)


def _may_count(item: Item, person: Actor) -> bool:
    own = person.signed_in and person.user_id in (item.owner_id, *(credit.user_id for credit in item.credits))
    return item.state == State.PUBLISHED and not own


def _asked_by_somebody(request: Request) -> bool:
    agent = request.user_agent.string
    asked = request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")
    return asked and bool(agent) and not ROBOTS.search(agent)

"""Which requests count as somebody seeing or downloading an item: people, and not those who made it."""

import re

from flask import Response, request

from repository.http import actor, client_address, services
from repository.models import Item, State
from repository.work import Actor, now

# Programs that say so themselves. Others are counted: a number of visits is no proof of anything.
ROBOTS = re.compile(
    r"bot\b|bot[/;]|crawl|spider|slurp|scan|preview|monitor|validator|archiver|externalhit|whatsapp|feed|"
    r"curl|wget|python|java/|go-http|okhttp|libwww|ruby|perl|httpclient|axios|node-fetch|lighthouse",
    re.IGNORECASE,
)


def note_seen(item: Item) -> None:
    """Count a visit to the page of a published item, once a day for each visitor; nothing is kept of the visitor."""
    person = actor()
    if _counts(item, person):
        visitor = str(person.user_id) if person.signed_in else f"{client_address()} {request.user_agent.string}"
        services().counts.note(item.id, "seen", now(), visitor)


def note_download(item: Item, response: Response) -> None:
    """Count an answer that hands over a file from its beginning; what goes on in the middle was counted already."""
    whole = response.status_code == 200 or (response.status_code == 206 and response.content_range.start == 0)
    person = actor()
    if whole and _counts(item, person):
        services().counts.note(item.id, "downloaded", now())
        if person.user_id is not None:
            services().counts.note_use(item.id, person.user_id)


def _counts(item: Item, person: Actor) -> bool:
    agent = request.user_agent.string
    asked = request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")
    own = person.signed_in and person.user_id in (item.owner_id, *(credit.user_id for credit in item.credits))
    return item.state == State.PUBLISHED and asked and bool(agent) and not ROBOTS.search(agent) and not own

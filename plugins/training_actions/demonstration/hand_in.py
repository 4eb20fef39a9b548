"""Hands the demonstration's waiting materials in, each by the personal link of one of its authors."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import select

from plugins.training_actions import authorship, contributions, links
from plugins.training_actions.demonstration.photo import photograph
from plugins.training_actions.demonstration.told import people_of
from plugins.training_actions.models import Contribution, Edition, Participant
from repository.api import SYSTEM, Blob, Demonstration, Item, Services, Work, attach, describe, open_look, open_work

DESCRIBED = {
    "title": "title",
    "summary": "summary",
    "type": "type",
    "licence": "licence",
    "keywords": "keywords",
    "levels": "level",
    "years": "year",
    "groups": "group",
    "disciplines": "discipline",
}


def hand_in(services: Services, demonstration: Demonstration, edition_id: int, told: Mapping[str, Any]) -> None:
    """Hand one material in as its authors, some days ago, unless it is there already.

    Where nobody looks at what is handed in before it is published, one with a planted fault stays a draft.
    """
    with open_look(services, SYSTEM) as look:
        edition = look.session.get_one(Edition, edition_id)
        if _is_there(look, edition, told["title"]):
            return
        people = _authors(look, edition, told["by"], demonstration)
        names, tokens = ", ".join(who.name for who in people), [links.token_of(services, who) for who in people]
        ids = [who.id for who in people]
    actor = links.actor_of(services, tokens[0])
    if actor is None:
        return  # somebody has ended the link since
    kept = [*demonstration.keep_files(told, names), *_photographs(services, told)]
    with open_work(services, actor) as opened:
        work = replace(opened, now=opened.now - timedelta(days=told["days"], hours=told["days"] * 5 % 9))
        me = work.session.get_one(Participant, ids[0])
        item = contributions.begin(work, me, _wanted(me.edition, told))
        authorship.set_authors(work, item, ids, me)
        describe(work, item, {name: told[key] for key, name in DESCRIBED.items() if key in told})
        describe(work, item, {"language": told.get("language", "pt-PT")})
        for name, blob in kept:
            attach(work, item, blob, name, priority=70)  # after the centre's own, which theirs are compared with
        me.link_opened_at = work.now
        if not told.get("fault") or work.hook.needs_review(work=work, item=item):
            contributions.hand_in(work, item, me)


def _is_there(look: Work, edition: Edition, title: str) -> bool:
    query = select(Item.id).join(Contribution, Contribution.item_id == Item.id)
    return look.session.scalar(query.where(Contribution.edition_id == edition.id, Item.title == title)) is not None


def _authors(look: Work, edition: Edition, numbers: Sequence[int], demonstration: Demonstration) -> list[Participant]:
    invented = people_of(edition.reference, {key: each.groups for key, each in demonstration.actions.items()})
    by_address = {who.email: who for who in edition.participants}
    return [by_address[invented[number - 1].email] for number in numbers]


def _wanted(edition: Edition, told: Mapping[str, Any]) -> int | None:
    """Return the deliverable that a material answers: the one it names by number, else the first."""
    return edition.deliverables[told.get("deliverable", 1) - 1].id if edition.deliverables else None


def _photographs(services: Services, told: Mapping[str, Any]) -> list[tuple[str, Blob]]:
    names = told.get("photographs", ())
    return [(name, services.blobs.receive(BytesIO(photograph(name)), limit=None)) for name in names]

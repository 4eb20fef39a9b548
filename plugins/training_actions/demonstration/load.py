"""Loads the demonstration's actions by the plugin's own rules; an edition that has its closing date is complete."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from plugins.training_actions import actions, joining, participants
from plugins.training_actions.demonstration import hand_in
from plugins.training_actions.demonstration.told import centre, handed_in, people_of
from plugins.training_actions.models import Action, Edition
from plugins.training_actions.reading import HERE
from repository.api import SYSTEM, Credit, Demonstration, Item, Organisation, Services, User, Work, open_work

AS_TOLD = ("accreditation", "regime", "area", "levels", "disciplines", "aims", "contents")


def load(services: Services, demonstration: Demonstration) -> None:
    """Add the actions, their people and what they handed in; asked again, what is complete stays as it is."""
    for told in centre()["actions"]:
        for edition_told in told["editions"]:
            with open_work(services, SYSTEM) as work:
                edition = _edition(work, told, edition_told, demonstration)
                complete, edition_id = edition.closes_at is not None, edition.id
            if complete:
                continue
            for material in handed_in():
                if material["edition"] == edition_told["reference"]:
                    hand_in.hand_in(services, demonstration, edition_id, material)
            with open_work(services, SYSTEM) as work:  # last: nobody hands in after the closing date
                closes = datetime.combine(_day(work, edition_told["closes"]), time(23, 59, 59), HERE)
                actions.change_edition(work, work.session.get_one(Edition, edition_id), {"closes_at": closes})


def _day(work: Work, days: int) -> date:
    return work.now.astimezone(HERE).date() + timedelta(days=days)


def _action(work: Work, told: Mapping[str, Any], demonstration: Demonstration) -> Action:
    known = demonstration.actions[told["key"]]
    found = work.session.scalar(select(Action).filter_by(title=known.name).order_by(Action.id).limit(1))
    if found is not None:
        return found
    quarters = known.hours * 4
    contact = quarters // 2 if known.modality == "OF" else quarters
    values = {
        "title": known.name,
        "modality": known.modality,
        "groups": list(known.groups),
        "contact_quarters": contact,
    }
    said = {name: told[name] for name in AS_TOLD if name in told}
    action = actions.add_action(work, values | {"own_work_quarters": quarters - contact} | said)
    work.session.flush()
    return action


def _edition(
    work: Work, action_told: Mapping[str, Any], told: Mapping[str, Any], demonstration: Demonstration
) -> Edition:
    """Return the edition, made with all its people in one go; without a closing date until it is complete."""
    found = work.session.scalar(select(Edition).filter_by(reference=told["reference"]).limit(1))
    if found is not None:
        return found
    key = action_told["key"]
    values = {name: told[name] for name in ("reference", "name", "place") if name in told}
    days = {"starts_on": _day(work, told["begins"]), "ends_on": _day(work, told["ends"])}
    edition = actions.add_edition(work, _action(work, action_told, demonstration), values | days)
    actions.set_deliverables(work, edition, told["deliverables"])
    item_ids = demonstration.items.get(key, ()) if told.get("materials") else ()
    _add_people(work, edition, key, item_ids, demonstration)
    for place, item_id in enumerate(item_ids):
        item = work.session.get_one(Item, item_id)
        # Published one after the other once the edition had closed, or lately where it is still open.
        published = datetime.combine(_day(work, min(-1, told["closes"]) + place % 5 + 1), time(11), HERE)
        item.published_at = min(work.now, published)
        joining.join(work, item, edition)
    return edition


def _add_people(work: Work, edition: Edition, key: str, item_ids: Sequence[int], demonstration: Demonstration) -> None:
    """Add the trainers, those with an account who made the centre's own materials, and the invented participants."""
    trainers = [demonstration.people[name].email for name in demonstration.actions[key].trainers]
    credited = select(User).join(Credit, Credit.user_id == User.id).where(Credit.item_id.in_(item_ids)).distinct()
    accounts = {user.email: user for user in work.session.scalars(credited.order_by(User.name)) if user.email}
    for email in trainers:
        accounts[email] = work.session.scalars(select(User).filter_by(email=email)).one()
    places = {row.id: row.name for row in work.session.scalars(select(Organisation))}
    for email, user in accounts.items():
        home = next((membership.organisation_id for membership in user.memberships), 0)
        said = {"name": user.name, "email": email, "group_code": user.group_code, "school": places.get(home or 0, "")}
        participants.add_participant(work, edition, said | {"role": "trainer" if email in trainers else "participant"})
    groups = {name: each.groups for name, each in demonstration.actions.items()}
    for number, person in enumerate(people_of(edition.reference, groups)):
        said = {"name": person.name, "email": person.email, "school": person.school, "group_code": person.group}
        participant = participants.add_participant(work, edition, said | {"named": number % 2 == 0})
        if edition.starts_on and edition.starts_on <= work.now.astimezone(HERE).date():
            participant.link_sent_at = datetime.combine(edition.starts_on, time(18), HERE)
    work.session.flush()
    participants.link_accounts(work, edition)

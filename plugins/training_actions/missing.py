"""Who has not delivered: counted in a few questions for a whole edition; reminders by hand and before the closing date."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from plugins.training_actions import links
from plugins.training_actions.contributions import DELIVERED
from plugins.training_actions.deadlines import is_open
from plugins.training_actions.models import Action, Author, Contribution, Deliverable, Edition, Participant, Reminder
from plugins.training_actions.names import called
from plugins.training_actions.reading import name_key
from repository.api import EDITABLE, N_, SYSTEM, Item, Services, State, Work, open_work, post, record

KIND = "training_actions.reminder"
BY_HAND = -1  # the days of a reminder that staff sent; each of those replaces the last
PAUSE = timedelta(hours=1)  # nobody is reminded by hand so soon after another reminder
LETTER = (
    N_("Falta entregar: %(action)s"),
    N_(
        "Olá, %(name)s.\n\nAinda falta entregar o que fez em «%(action)s»:\n\n%(wanted)s\n\n%(until)s Basta abrir a sua "
        "ligação, sem conta:\n\n%(link)s\n\n%(centre)s"
    ),
)
ANYTHING = N_("um material, pelo menos")
SOME_OF = N_("(%(n)s do que se segue; o resto já chegou, sem dizer o que é)")


class Standing(StrEnum):
    """How much of what was asked somebody has brought."""

    ALL = "all"
    PART = "part"
    NONE = "none"


@dataclass(frozen=True)
class Told:
    """How many people a press of «Lembrar» wrote to, and how many it left alone, as they had just been written to."""

    sent: int = 0
    before: int = 0


@dataclass
class Line:
    """How one person stands: pieces brought by deliverable, pieces in all, drafts not handed in, what was sent back.

    `loose` are the pieces of which nobody knows what they answer: each counts for any one thing that is still wanted,
    so `lacking` pieces are wanted, but not for sure which.
    """

    participant: Participant
    standing: Standing = Standing.NONE
    brought: dict[int, int] = field(default_factory=dict)
    total: int = 0
    loose: int = 0
    lacking: int = 0
    begun: int = 0
    returned: int = 0
    last_at: datetime | None = None
    reminded_at: datetime | None = None
    reminders: set[tuple[datetime, int]] = field(default_factory=set)  # those sent: for which closing date, days before


def lines_of(work: Work, edition: Edition, people: Sequence[Participant] | None = None) -> list[Line]:
    """Return a line for each participant who is in the edition now, in the order of the names. Four questions in all."""
    if people is None:
        people = [who for who in edition.participants if who.role == "participant" and not who.removed_at]
    lines = {who.id: Line(who) for who in people}
    _stand(lines, edition.deliverables, work.session.execute(_brought([edition.id])))
    reminded = select(Reminder).where(Reminder.participant_id.in_(lines))
    for row in work.session.scalars(reminded):
        line = lines[row.participant_id]
        line.reminded_at = max(filter(None, (line.reminded_at, row.sent_at)))
        line.reminders.add((row.closes_at, row.days))
    return sorted(lines.values(), key=lambda line: name_key(line.participant.name))


def standings(work: Work, edition_ids: Sequence[int]) -> dict[int, Mapping[Standing, int]]:
    """Return how many people of each edition stand where, in three questions however many editions."""
    lines: dict[int, dict[int, Line]] = {edition_id: {} for edition_id in edition_ids}
    present = (Participant.role == "participant") & Participant.removed_at.is_(None)
    for who in work.session.scalars(select(Participant).where(Participant.edition_id.in_(edition_ids), present)):
        lines[who.edition_id][who.id] = Line(who)
    wanted: dict[int, list[Deliverable]] = defaultdict(list)
    asked = select(Deliverable).where(Deliverable.edition_id.in_(edition_ids)).order_by(Deliverable.position)
    for row in work.session.scalars(asked):
        wanted[row.edition_id].append(row)
    rows: dict[int, list[Any]] = defaultdict(list)
    for found in work.session.execute(_brought(edition_ids)):
        rows[found.edition_id].append(found)
    for edition_id in edition_ids:
        _stand(lines[edition_id], wanted[edition_id], rows[edition_id])
    return {edition_id: counts_of(lines[edition_id].values()) for edition_id in edition_ids}


def _stand(lines: Mapping[int, Line], wanted: Sequence[Deliverable], rows: Iterable[Any]) -> None:
    """Count what each brought: what each should bring alone for the first of several names, a group's for all of them."""
    group_work = {row.id for row in wanted if row.by_group}
    for author, item, deliverable_id, _edition_id in rows:
        line = lines.get(author.participant_id)
        alone = deliverable_id is not None and deliverable_id not in group_work
        if line is not None and not (alone and author.position > 0 and item.state in DELIVERED):
            _count(line, item, deliverable_id)
    for line in lines.values():
        line.standing = _standing(wanted, line)


def _brought(edition_ids: Sequence[int]) -> Any:
    return (
        select(Author, Item, Contribution.deliverable_id, Contribution.edition_id)
        .join(Contribution, Contribution.item_id == Author.item_id)
        .join(Item, Item.id == Contribution.item_id)
        .where(Contribution.edition_id.in_(edition_ids), Item.state != State.DISCARDED)
        .order_by(Item.id)
    )


def _count(line: Line, item: Item, deliverable_id: int | None) -> None:
    if item.state in DELIVERED:
        line.total += 1
        if deliverable_id is None:
            line.loose += 1
        else:
            line.brought[deliverable_id] = line.brought.get(deliverable_id, 0) + 1
    elif item.state == State.CHANGES_REQUESTED:
        line.returned += 1
    elif item.state in EDITABLE:
        line.begun += 1
    line.last_at = max(filter(None, (line.last_at, item.submitted_at or item.updated_at)), default=None)


def _standing(wanted: Sequence[Deliverable], line: Line) -> Standing:
    """What was brought for nothing in particular counts for any one thing that is still wanted."""
    if not wanted:
        return Standing.ALL if line.total else Standing.NONE
    gaps = sum(gap for _, gap in _gaps(wanted, line))
    line.lacking = max(0, gaps - line.loose)
    if not line.lacking:
        return Standing.ALL
    return Standing.PART if line.total else Standing.NONE


def _gaps(wanted: Sequence[Deliverable], line: Line) -> list[tuple[Deliverable, int]]:
    gaps = [(row, row.count - line.brought.get(row.id, 0)) for row in wanted]
    return [(row, gap) for row, gap in gaps if gap > 0]


def standing_of(work: Work, edition: Edition, participant: Participant) -> Line:
    """Return how one person stands."""
    return lines_of(work, edition, [participant])[0]


def still_wanted(edition: Edition, line: Line) -> list[tuple[Deliverable, int]]:
    """Return what the person may have still to bring, each with how many; where `unsure`, only some of it is lacking."""
    if line.standing == Standing.ALL:
        return []
    return [(row, min(gap, line.lacking)) for row, gap in _gaps(edition.deliverables, line)]


def unsure(edition: Edition, line: Line) -> bool:
    """Return whether it cannot be told which things are lacking, as pieces without a deliverable answer some of them."""
    return sum(gap for _, gap in still_wanted(edition, line)) > line.lacking


def counts_of(lines: Iterable[Line]) -> Mapping[Standing, int]:
    """Return how many people stand where."""
    counts = dict.fromkeys(Standing, 0)
    for line in lines:
        counts[line.standing] += 1
    return counts


def remind_all(work: Work, services: Services, edition: Edition) -> Told:
    """Remind everybody who lacks something and was not reminded within the last hour, each recorded.

    Nothing is sent after the closing date.
    """
    if not is_open(edition, work.now):
        return Told()
    lacking = [line for line in lines_of(work, edition) if line.standing != Standing.ALL]
    before = [line for line in lacking if line.reminded_at and line.reminded_at > work.now - PAUSE]
    return Told(
        sum(remind(work, services, edition, line, BY_HAND) for line in lacking if line not in before), len(before)
    )


def remind(work: Work, services: Services, edition: Edition, line: Line, days: int) -> bool:
    """Mail one person what is still wanted; return whether there is an address that may be used."""
    who, closes = line.participant, edition.closes_at
    if not who.email or who.link_revoked_at or who.removed_at:
        return False
    key = (who.id, closes or edition.created_at, days)
    row = work.session.get(Reminder, key)
    if row is None:
        row = Reminder(participant_id=key[0], closes_at=key[1], days=key[2], sent_at=work.now)
        work.session.add(row)
    row.sent_at = work.now
    _mail(work, services, edition, line)
    record(work, "training.reminded", who, after={"days": days})
    return True


def _mail(work: Work, services: Services, edition: Edition, line: Line) -> None:
    who, locale = line.participant, line.participant.locale
    wanted = [f"– {row.title}" + (f" ({gap})" if gap > 1 else "") for row, gap in still_wanted(edition, line)]
    some = links.say(SOME_OF, locale, n=str(line.lacking)) + "\n" if unsure(edition, line) else ""
    until = links.say(links.UNTIL, locale, day=links.day_of(edition.closes_at, locale)) if edition.closes_at else ""
    said = {
        "name": called(who.name),
        "action": links.title_of(edition),
        "wanted": some + "\n".join(wanted) or "– " + links.say(ANYTHING, locale),
        "until": until,
        "link": links.address_of(services, who),
        "centre": services.settings["centre_name"],
    }
    subject, body = LETTER
    title = links.say(subject, locale, action=said["action"])
    post(work, links.contact_of(services, who), title, links.say(body, locale, **said), kind=KIND)


def remind_due(services: Services, _payloads: list[dict[str, Any]]) -> None:
    """Send the reminders whose day has come, each once, however often the job runs. A periodic job."""
    with open_work(services, SYSTEM) as work:
        ids = list(
            work.session.scalars(
                select(Edition.id)
                .join(Action, Action.id == Edition.action_id)
                .where(Edition.closes_at > work.now, Edition.removed_at.is_(None), Action.removed_at.is_(None))
            )
        )
    for edition_id in ids:
        with open_work(services, SYSTEM) as work:
            _remind_of(work, services, work.session.get_one(Edition, edition_id))


def _remind_of(work: Work, services: Services, edition: Edition) -> None:
    """Send the latest reminder that is due; one that was missed (the house was shut) is not sent beside a later one."""
    closes = edition.closes_at
    if closes is None or closes <= work.now:
        return
    due = [days for days in edition.reminders if closes - timedelta(days=days) <= work.now]
    if not due:
        return
    days = min(due)
    for line in lines_of(work, edition):
        if line.standing != Standing.ALL and (closes, days) not in line.reminders:
            remind(work, services, edition, line, days)

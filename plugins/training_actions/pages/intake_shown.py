"""What the page of an intake and its part of an edition's page show: counts, the tray with its guesses, what is ready."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext
from sqlalchemy import func, select

from plugins.training_actions import intake, names_out, participants, sections, tray
from plugins.training_actions.first_page import PROPERTIES
from plugins.training_actions.models import Author, Edition, Intake, IntakeEntry, IntakeState, Participant
from repository.api import N_, Item, State, Work, services

MOST_LISTED = 500
STATES = {
    "known": N_("já cá estava"),
    "skipped": N_("não é um material"),
    "refused": N_("não entrou"),
    "discarded": N_("apagado"),
    "waiting": N_("por ler"),
}


@dataclass(frozen=True)
class Choice:
    """One answer to "whose is it?": the value of the form, the names, and why they are guessed."""

    value: str
    names: str
    why: str


def left_to_authors(count: int) -> str:
    """Return the sentence on drafts that are not the staff's to hand in."""
    return ngettext(
        "%(num)s rascunho fica para os autores, porque mudou depois.",
        "%(num)s rascunhos ficam para os autores, porque mudaram depois.",
        count,
    )


def latest(work: Work, edition: Edition) -> Intake | None:
    """Return the last intake of the edition, or None."""
    query = select(Intake).where(Intake.edition_id == edition.id).order_by(Intake.id.desc()).limit(1)
    return work.session.scalar(query)


def going(found: Intake) -> bool:
    """Return whether an intake is still to be worked on by itself."""
    return found.state in intake.OPEN and not intake.waits_for_yes(found)


def page_context(work: Work, edition: Edition, found: Intake | None) -> dict[str, Any]:
    """Return what the page of an intake shows."""
    known: dict[str, Any] = {
        "edition": edition,
        "action": edition.action,
        "intake": found,
        "going": found is not None and going(found),
        "asks": found is not None and intake.waits_for_yes(found),
        "counts": counts(work, found) if found else {},
        "state_words": STATES,
        "problems": told_problems(found) if found else [],
        "refusal": gettext(found.problem, **found.problem_params) if found and found.problem else "",
        "limit_mb": services().settings["max_file_mb"],
    }
    return known | tray_context(work, edition) | ready_context(work, edition) | _listed(work, edition, found)


def told_problems(found: Intake) -> list[tuple[int, str]]:
    """Return the rows of the participants' list that are left out, each with its sentence."""
    return [(row, gettext(message, **params)) for row, message, params in found.source.get("problems", ())]


def counts(work: Work, found: Intake) -> dict[str, int]:
    """Return how many entries are in each state; matched counts those given by hand too."""
    query = select(IntakeEntry.state, func.count()).where(IntakeEntry.intake_id == found.id).group_by(IntakeEntry.state)
    known = {state: count for state, count in work.session.execute(query)}  # noqa: C416 (rows are no pairs to a type checker)
    counted = dict.fromkeys((*STATES, "matched", "unmatched", "given"), 0) | known
    return counted | {"linked": counted["matched"] + counted["given"]}


def tray_context(work: Work, edition: Edition) -> dict[str, Any]:
    """Return what waits for somebody to say whose it is, with the guesses and everybody else."""
    people = {who.id: who.name for who in participants.present_people(edition)}
    schools = {who.id: who.school for who in participants.present_people(edition)}
    doubles = {name for name in people.values() if list(people.values()).count(name) > 1}
    shown = {
        key: f"{name} ({schools[key]})" if name in doubles and schools[key] else name for key, name in people.items()
    }
    parcels = []
    for parcel in tray.in_tray(work, edition):
        guesses = parcel.entries[0].guesses
        choices = [
            Choice(",".join(map(str, ids)), ", ".join(shown[each] for each in ids), " · ".join(map(gettext, why)))
            for ids, why in guesses
            if ids and all(each in people for each in ids)
        ]
        parcels.append({"item": parcel.item, "entries": parcel.entries, "choices": choices, "best": _best(guesses)})
    return {"parcels": parcels, "people": sorted(shown.items(), key=lambda pair: pair[1].casefold())}


def _best(guesses: list[Any]) -> str:
    """Return the value of the guess that is marked beforehand: one that is clearly ahead, and not only by properties."""
    strong = [(ids, [each for each in why if each != PROPERTIES]) for ids, why in guesses]
    if not strong or not strong[0][1]:
        return ""
    ahead = len(guesses) == 1 or len(guesses[0][1]) > len(guesses[1][1])
    return ",".join(map(str, strong[0][0])) if ahead else ""


def ready_context(work: Work, edition: Edition) -> dict[str, Any]:
    """Return how many drafts could be handed in or are left to their authors, and the licences for those without."""
    drafts, theirs = tray.drafts_of(work, edition)
    locale = work.actor.locale
    return {
        "drafts": len(drafts),
        "naming": names_out.count_naming(work, edition),
        "theirs": left_to_authors(theirs) if theirs else "",
        "without_licence": sum(not item.licence for item in drafts),
        "licences": [(term.code, term.short(locale)) for term in services().vocabularies["licences"]],
        "default_licence": edition.licence or services().settings["default_licence"],
    }


def _listed(work: Work, edition: Edition, found: Intake | None) -> dict[str, Any]:
    """Return what came of an intake: the materials by person, and the files that became none."""
    if found is None:
        return {"by_person": [], "others": [], "more": 0}
    query = (
        select(IntakeEntry, Item, Participant)
        .join(Item, Item.id == IntakeEntry.item_id)
        .join(Author, Author.item_id == Item.id)
        .join(Participant, Participant.id == Author.participant_id)
        .where(IntakeEntry.intake_id == found.id, Item.state != State.DISCARDED)
        .order_by(Participant.name, Participant.id, Item.id, IntakeEntry.path)
        .limit(MOST_LISTED)
    )
    people: dict[int, dict[str, Any]] = {}
    for entry, item, who in work.session.execute(query):
        person = people.setdefault(who.id, {"who": who, "items": {}})
        person["items"].setdefault(item.id, {"item": item, "entries": []})["entries"].append(entry)
    others = select(IntakeEntry).where(IntakeEntry.intake_id == found.id, IntakeEntry.state.in_(STATES))
    rows = list(work.session.scalars(others.order_by(IntakeEntry.state, IntakeEntry.path).limit(MOST_LISTED)))
    return {"by_person": list(people.values()), "others": [] if found.state in intake.OPEN else rows}


def section_context(work: Work, edition: Edition) -> Mapping[str, Any]:
    """Return what the edition's own page shows of intakes."""
    found = latest(work, edition)
    known = {"intake": found, "counts": counts(work, found) if found else {}, "going": bool(found and going(found))}
    return known | tray_context(work, edition) | ready_context(work, edition) | {"states": IntakeState}


sections.add(
    sections.Section("intake", "collect", "training_actions/section_intake.html", section_context, "aside", 10),
)

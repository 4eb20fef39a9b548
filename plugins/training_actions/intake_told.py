"""What the command and the API tell of an intake: each file with its authors, its state and the guesses, and why."""

from collections import Counter
from typing import Any

from sqlalchemy import select

from plugins.training_actions import intake
from plugins.training_actions.intake_rehearsal import Rehearsal
from plugins.training_actions.models import Author, Intake, IntakeEntry, Participant
from repository.api import Work


def told(work: Work, found: Intake) -> dict[str, Any]:
    """Return an intake as JSON can carry it."""
    names = {
        who.id: who.name for who in work.session.scalars(select(Participant).filter_by(edition_id=found.edition_id))
    }
    query = (
        select(Author.item_id, Author.participant_id)
        .join(IntakeEntry, IntakeEntry.item_id == Author.item_id)
        .where(IntakeEntry.intake_id == found.id)
        .order_by(Author.item_id, Author.position)
    )
    authors: dict[int, list[str]] = {}
    for item_id, who in work.session.execute(query):
        authors.setdefault(item_id, []).append(names[who])
    files = [
        {
            "file": entry.path,
            "state": entry.state,
            "authors": list(dict.fromkeys(authors.get(entry.item_id or 0, []))),
            "reason": entry.reason,
            "guesses": [
                {"people": [names[each] for each in ids if each in names], "why": why} for ids, why in entry.guesses
            ],
            "item_id": entry.item_id,
        }
        for entry in found.entries
    ]
    return {
        "id": found.id,
        "edition_id": found.edition_id,
        "name": found.name,
        "state": "confirm" if intake.waits_for_yes(found) else str(found.state),
        "dry_run": False,
        "total": found.total,
        "done": found.done,
        "problem": found.problem % found.problem_params if found.problem_params else found.problem,
        "new_people": found.source.get("new", []),
        "list_problems": [[row, words % params if params else words] for row, words, params in _problems(found)],
        "counts": dict(Counter(entry.state for entry in found.entries)),
        "files": files,
    }


def _problems(found: Intake) -> list[Any]:
    return list(found.source.get("problems", ()))


def rehearsed(edition_id: int, name: str, seen: Rehearsal) -> dict[str, Any]:
    """Return what a rehearsal found, in the same shape; nothing of it has a number."""
    files = [
        {
            "file": each.path,
            "state": each.state,
            "authors": list(each.people),
            "reason": each.reason,
            "guesses": [{"people": list(people), "why": list(why)} for people, why in each.guesses],
            "item_id": None,
        }
        for each in seen.files
    ]
    return {
        "id": None,
        "edition_id": edition_id,
        "name": name,
        "state": "rehearsed",
        "dry_run": True,
        "total": len(files),
        "done": 0,
        "problem": "",
        "new_people": list(seen.new_people),
        "list_problems": [[row, str(problem)] for row, problem in seen.problems],
        "counts": dict(Counter(each.state for each in seen.files)),
        "files": files,
    }

"""Refusing what is taken, quickly: of hundreds who want the last kit at once, all but a few only read, and read together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Response, current_app
from flask.sansio.blueprints import BlueprintSetupState

from plugins.physical_loans import alternatives, fitting, rules
from plugins.physical_loans import api_shapes as shapes
from plugins.physical_loans.api_reading import wish_of
from plugins.physical_loans.api_recent import Recent
from plugins.physical_loans.bookings import Taken, Wish
from plugins.physical_loans.fitting import Planned
from repository.api import (
    Actor,
    DomainError,
    NotFound,
    Problem,
    User,
    Work,
    actor,
    open_look,
    problem_of,
    services,
    status_of,
    words_of,
)

Said = Sequence[Mapping[str, Any]]
RECENT = "physical_loans_recent"


def prepare(state: BlueprintSetupState) -> None:
    """Let the application keep what was answered in the last moments."""
    state.app.extensions[RECENT] = Recent()


def _recent() -> Recent:
    found: Recent = current_app.extensions[RECENT]
    return found


def wishes_of(work: Work, said: Said) -> list[Wish]:
    """Return what is wished for, in order. Raises Invalid with a pointer to what cannot be."""
    return [wish_of(work, each, f"/bookings/{number}") for number, each in enumerate(said)]


def refuse_taken(said: Said) -> None:
    """Refuse what cannot be had before anybody waits for a turn to write. Raises Taken.

    Who asks the same shares one look for as long as nobody, in whatever process, changes anything; and who waits for a
    look that is under way shares the next with all who came by then.
    """
    who = _colleague()
    key = (repr(said), who.labels, who.organisation_ids)

    def plan() -> list[Planned]:
        with open_look(services(), who) as work:
            return [fitting.plan(work, wish) for wish in wishes_of(work, said)]

    def work_out() -> Taken | None:
        try:
            # Opening hours and titles may be a moment old; what is taken is read as it is now.
            planned = _recent().get(("planned", *key), plan)
            with open_look(services(), who) as work:
                for each in planned:
                    fitting.refuse_taken(work, each)
        except Taken as refusal:
            return refusal
        except DomainError:  # said in its own words to whoever books
            return None
        return None

    # The state is asked for first: whatever was committed until then is seen by the look that it stands for.
    refusal = _recent().get(("taken", *key), work_out, services().sessions.state())
    if refusal is not None:
        raise Taken(refusal.wish, refusal.title)


def taken(error: Taken) -> Response:
    """Refuse what is taken, with what could be had instead by whoever asks; who stands alike shares one answer."""
    who, wish, person_id = _colleague(), replace(error.wish, note="", collector=""), actor().user_id or 0

    def work_out() -> list[dict[str, Any]]:
        with open_look(services(), who) as work:  # what the request has read until now is old
            borrower = work.session.get(User, person_id)
            try:
                found = alternatives.offers(work, wish, borrower, error.counted)
            except NotFound:  # open to this one person only
                return []
            return [shapes.alternative_of(offer) for offer in found]

    with open_look(services(), who) as work:
        stands = (*rules.standing(work, person_id), who.may_anywhere(rules.DESK), error.counted)
    offers = _recent().get(("instead", wish, who.labels, who.organisation_ids, stands), work_out)
    return problem_of(Problem(status_of(error), words_of(error), more={"alternatives": offers}))


def _colleague() -> Actor:
    """Return whoever asks as any colleague, so that one answer serves all and tells nobody too much."""
    person = actor()
    return replace(person, user_id=None, labels=person.labels - {f"user:{person.user_id}"})

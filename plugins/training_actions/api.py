"""The API's addresses for actions, editions and participants: the pages' own rules, for scripts of the centre."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from flask import Response, request
from flask_babel import gettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from plugins.training_actions import actions, participants, progress, reading, shapes
from plugins.training_actions.models import Action, Edition, Participant
from repository.api import (
    KEY,
    N_,
    TOKEN_ONLY,
    Answer,
    ApiBlueprint,
    Invalid,
    NotAllowed,
    Problem,
    Work,
    api_done,
    look,
    services,
    show,
)

PER_PAGE = 50
MOST_PER_PAGE = 200
WRITE: dict[str, Any] = {"parameters": [KEY], **TOKEN_ONLY}
CODES = {
    "modality": "modalities", "groups": "groups", "levels": "levels", "disciplines": "disciplines", "licence": "licences",
    "group_code": "groups",
}  # fmt: skip

blueprint = ApiBlueprint("training_actions_api", __name__, description="Training actions, their editions and people")


def _query(name: str, description: str, kind: str = "integer") -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": kind}, "description": description}


PAGES = [_query("page", "page, from 1"), _query("per_page", f"page size, at most {MOST_PER_PAGE}")]


def _number(name: str, otherwise: int | None = None) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else otherwise


def _staff() -> Work:
    work = look()
    if not work.actor.may_anywhere(actions.MANAGE):
        raise NotAllowed(N_("Esta conta não pode fazer isto."))
    return work


def _paged(work: Work, query: Select[Any]) -> tuple[list[Any], dict[str, int]]:
    page = min(max(1, _number("page", 1) or 1), 10**6)
    per_page = min(max(1, _number("per_page", PER_PAGE) or PER_PAGE), MOST_PER_PAGE)
    total = work.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = work.session.scalars(query.limit(per_page).offset((page - 1) * per_page)).all()
    return list(rows), {"total": total, "page": page, "per_page": per_page}


def _check_codes(said: Mapping[str, Any]) -> None:
    """Raise a 422 problem that points to every code that no vocabulary knows."""
    wrong = []
    for name, vocabulary in CODES.items():
        value = said.get(name) or []
        codes = [(f"/{name}", value)] if isinstance(value, str) else [(f"/{name}/{n}", c) for n, c in enumerate(value)]
        wrong += [(pointer, code) for pointer, code in codes if code not in services().vocabularies[vocabulary]]
    if wrong:
        errors = [(pointer, gettext("O código «%(code)s» não é válido.", code=code[:80])) for pointer, code in wrong]
        raise Problem(422, gettext("O pedido tem campos que não servem."), errors)


# Actions


@blueprint.route("/actions")
@blueprint.doc(parameters=PAGES, **TOKEN_ONLY)
@blueprint.response(200, shapes.page_of(shapes.ToldAction, "actions"))
@blueprint.alt_response(403, "FORBIDDEN")
def list_actions() -> Response:
    """List the actions in your care, the newest first."""
    work = _staff()
    query = select(Action).where(Action.removed_at.is_(None), progress.in_care(work)).order_by(Action.id.desc())
    rows, counts = _paged(work, query.options(selectinload(Action.editions)))
    return show(counts | {"actions": [shapes.action_of(action) for action in rows]})


@blueprint.route("/actions", methods=["POST"])
@blueprint.doc(**WRITE)
@blueprint.arguments(shapes.SaidAction)
@blueprint.response(201, shapes.ToldAction)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.alt_response(403, "FORBIDDEN")
def create_action(said: dict[str, Any]) -> Response:
    """Add an action to your organisation."""
    values = _action_values(said)

    def act(work: Work) -> Answer:
        action = actions.add_action(work, values)
        work.session.flush()
        return Answer(201, shapes.action_of(action))

    return api_done(act)


def _action_values(said: Mapping[str, Any]) -> dict[str, Any]:
    _check_codes(said)
    values = dict(said)
    for name, field in (("contact_hours", "contact_quarters"), ("own_work_hours", "own_work_quarters")):
        if name in values:
            amount = values.pop(name)
            if amount is not None and not (0 <= amount <= 1000 and amount * 4 == int(amount * 4)):
                raise Invalid(N_("As horas contam-se em quartos de hora: «%(text)s» não serve."), name, text=amount)
            values[field] = None if amount is None else int(amount * 4)
    if "accreditation" in values:
        values["accreditation"] = reading.accreditation(values["accreditation"])
    return values


@blueprint.route("/actions/<int:action_id>")
@blueprint.doc(**TOKEN_ONLY)
@blueprint.response(200, shapes.ToldAction)
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
def get_action(action_id: int) -> Response:
    """Read an action."""
    return show(shapes.action_of(actions.get_action(_staff(), action_id)))


@blueprint.route("/actions/<int:action_id>", methods=["PATCH"])
@blueprint.doc(**TOKEN_ONLY)
@blueprint.arguments(shapes.SaidAction)
@blueprint.response(200, shapes.ToldAction)
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
def change_action(said: dict[str, Any], action_id: int) -> Response:
    """Change what an action says; fields that are left out stay as they are."""
    values = _action_values(said)

    def act(work: Work) -> Answer:
        action = actions.get_action(work, action_id)
        actions.change_action(work, action, values)
        return Answer(200, shapes.action_of(action))

    return api_done(act)


# Editions


@blueprint.route("/editions")
@blueprint.doc(parameters=[_query("action", "only the editions of this action"), *PAGES], **TOKEN_ONLY)
@blueprint.response(200, shapes.page_of(shapes.ToldEdition, "editions"))
@blueprint.alt_response(403, "FORBIDDEN")
def list_editions() -> Response:
    """List the editions in your care, the newest first."""
    work = _staff()
    query = select(Edition).join(Action).where(Edition.removed_at.is_(None), Action.removed_at.is_(None))
    if (wanted := _number("action")) is not None:
        query = query.where(Action.id == wanted)
    loaded = query.where(progress.in_care(work)).options(
        selectinload(Edition.action), selectinload(Edition.deliverables)
    )
    rows, counts = _paged(work, loaded.order_by(Edition.id.desc()))
    return show(counts | {"editions": _told(work, rows)})


def _told(work: Work, editions: list[Edition]) -> list[dict[str, Any]]:
    known = progress.progress_of(work, [edition.id for edition in editions])
    return [shapes.edition_of(each, progress.state_of(each, work.now)[0], known[each.id]) for each in editions]


@blueprint.route("/editions", methods=["POST"])
@blueprint.doc(**WRITE)
@blueprint.arguments(shapes.SaidEdition)
@blueprint.response(201, shapes.ToldEdition)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
def create_edition(said: dict[str, Any]) -> Response:
    """Add an edition to an action."""
    values = _edition_values(said)
    if "action_id" not in values:
        raise Invalid(N_("Diga de que ação é a turma."), "action_id")

    def act(work: Work) -> Answer:
        edition = actions.add_edition(work, actions.get_action(work, values["action_id"]), values)
        work.session.flush()
        return _edition_answer(work, edition, values, 201)

    return api_done(act)


def _edition_values(said: Mapping[str, Any]) -> dict[str, Any]:
    _check_codes(said)
    values = dict(said)
    actions.check_years(values)  # first: at either end of the calendar a moment cannot be told in another zone
    if values.get("closes_at"):
        values["closes_at"] = values["closes_at"].astimezone(UTC)
    return values


def _edition_answer(work: Work, edition: Edition, values: Mapping[str, Any], status: int) -> Answer:
    if "deliverables" in values:
        actions.set_deliverables(work, edition, values["deliverables"])
        work.session.flush()
    return Answer(status, _told(work, [edition])[0])


@blueprint.route("/editions/<int:edition_id>")
@blueprint.doc(**TOKEN_ONLY)
@blueprint.response(200, shapes.ToldEdition)
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
def get_edition(edition_id: int) -> Response:
    """Read an edition, with how far it has come."""
    work = _staff()
    return show(_told(work, [actions.get_edition(work, edition_id)])[0])


@blueprint.route("/editions/<int:edition_id>", methods=["PATCH"])
@blueprint.doc(**TOKEN_ONLY)
@blueprint.arguments(shapes.SaidEdition)
@blueprint.response(200, shapes.ToldEdition)
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
def change_edition(said: dict[str, Any], edition_id: int) -> Response:
    """Change what an edition says; fields that are left out stay as they are."""
    values = _edition_values(said)

    def act(work: Work) -> Answer:
        edition = actions.get_edition(work, edition_id)
        actions.change_edition(work, edition, values)
        return _edition_answer(work, edition, values, 200)

    return api_done(act)


# Participants


@blueprint.route("/participants")
@blueprint.doc(parameters=[_query("edition", "the edition; without it, all in your care"), *PAGES], **TOKEN_ONLY)
@blueprint.response(200, shapes.page_of(shapes.ToldParticipant, "participants"))
@blueprint.alt_response(403, "FORBIDDEN")
def list_participants() -> Response:
    """List who is in the editions in your care, by name."""
    work = _staff()
    query = (
        select(Participant).join(Edition).join(Action).where(progress.in_care(work), Participant.removed_at.is_(None))
    )
    query = query.where(Edition.removed_at.is_(None), Action.removed_at.is_(None))
    if (wanted := _number("edition")) is not None:
        query = query.where(Edition.id == wanted)
    rows, counts = _paged(work, query.order_by(Participant.name, Participant.id))
    return show(counts | {"participants": [shapes.participant_of(who) for who in rows]})


@blueprint.route("/participants", methods=["POST"])
@blueprint.doc(**WRITE)
@blueprint.arguments(shapes.SaidParticipant)
@blueprint.response(201, shapes.ToldParticipant)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
def create_participant(said: dict[str, Any]) -> Response:
    """Add somebody to an edition; another person of the same name or address is another person."""
    values = _participant_values(said)
    if "edition_id" not in values:
        raise Invalid(N_("Diga de que turma é a pessoa."), "edition_id")

    def act(work: Work) -> Answer:
        edition = actions.get_edition(work, values["edition_id"])
        participant = participants.add_participant(work, edition, values)
        work.session.flush()
        participants.link_accounts(work, edition)
        return Answer(201, shapes.participant_of(participant))

    return api_done(act)


def _participant_values(said: Mapping[str, Any]) -> dict[str, Any]:
    _check_codes(said)
    values = dict(said)
    if values.get("email"):
        try:
            values["email"] = reading.address(values["email"])
        except Invalid as error:
            raise Invalid(error.message, "email", **error.params) from error
    return values


@blueprint.route("/participants/<int:participant_id>")
@blueprint.doc(**TOKEN_ONLY)
@blueprint.response(200, shapes.ToldParticipant)
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
def get_participant(participant_id: int) -> Response:
    """Read who somebody in an edition is."""
    return show(shapes.participant_of(participants.get_participant(_staff(), participant_id)))


@blueprint.route("/participants/<int:participant_id>", methods=["PATCH"])
@blueprint.doc(**TOKEN_ONLY)
@blueprint.arguments(shapes.SaidParticipant)
@blueprint.response(200, shapes.ToldParticipant)
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
def change_participant(said: dict[str, Any], participant_id: int) -> Response:
    """Change what is known of somebody; fields that are left out stay as they are."""
    values = _participant_values(said)

    def act(work: Work) -> Answer:
        participant = participants.get_participant(work, participant_id)
        participants.change_participant(work, participant, values)
        work.session.flush()
        participants.link_accounts(work, participant.edition)
        return Answer(200, shapes.participant_of(participant))

    return api_done(act)

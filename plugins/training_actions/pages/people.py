"""Staff's pages of the people in an edition: one by one, by form."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import get_locale, gettext

from plugins.training_actions import actions, participants, wording
from plugins.training_actions.models import Edition, Participant
from plugins.training_actions.pages import forms
from plugins.training_actions.pages.door import done, door, refused, staff
from repository.api import DomainError, begin, offer_undo, services, words_of

FORM = "training_actions/person_form.html"


def _known(edition: Edition, participant: Participant | None) -> dict[str, Any]:
    locale = str(get_locale())
    groups = [(term.code, f"{term.code} {term.short(locale)}") for term in services().vocabularies["groups"]]
    return {
        "edition": edition,
        "action": edition.action,
        "participant": participant,
        "said": forms.said_of_participant(participant),
        "groups": groups,
        "roles": [(code, gettext(words)) for code, words in wording.ROLES.items()],
    }


def _wrong(refusal: forms.Refused, known: dict[str, Any]) -> tuple[str, int]:
    errors = {name: words_of(error) for name, error in refusal.errors.items()}
    return render_template(FORM, errors=errors, **known), 422


@staff.route("/editions/<int:edition_id>/people/new", methods=["GET", "POST"])
def new_person(edition_id: int) -> Any:
    """The form for somebody who is not in the edition yet."""
    known = _known(actions.get_edition(door(), edition_id), None)
    if request.method == "GET":
        return render_template(FORM, errors={}, **known)
    try:
        with begin() as work:
            edition = actions.get_edition(work, edition_id)
            participants.add_participant(work, edition, forms.participant_values())
            work.session.flush()
            participants.link_accounts(work, edition)
    except forms.Refused as refusal:
        return _wrong(refusal, known)
    except DomainError as error:
        return refused(FORM, error, **known)
    return done("training_actions_manage.edition", edition_id=edition_id, tab="people")


@staff.route("/people/<int:participant_id>", methods=["GET", "POST"])
def change_person(participant_id: int) -> Any:
    """The form of what is known of somebody in an edition."""
    participant = participants.get_participant(door(), participant_id)
    known = _known(participant.edition, participant)
    if request.method == "GET":
        return render_template(FORM, errors={}, **known)
    try:
        with begin() as work:
            found = participants.get_participant(work, participant_id)
            participants.change_participant(work, found, forms.participant_values())
            work.session.flush()
            participants.link_accounts(work, found.edition)
    except forms.Refused as refusal:
        return _wrong(refusal, known)
    except DomainError as error:
        return refused(FORM, error, **known)
    return done("training_actions_manage.edition", edition_id=participant.edition_id, tab="people")


@staff.post("/people/<int:participant_id>/remove")
def remove_person(participant_id: int) -> Any:
    """Let somebody leave the edition; the next page takes it back."""
    with begin() as work:
        found = participants.get_participant(work, participant_id, removed=True)
        participants.remove_participant(work, found)
        brought, name, edition_id = participants.brought_by(work, found), found.name, found.edition_id
    undo = url_for("training_actions_manage.restore_person", participant_id=participant_id)
    words = gettext("%(name)s saiu da turma.", name=name)
    offer_undo(words + " " + gettext("O que entregou fica.") if brought else words, undo)
    return done("training_actions_manage.edition", edition_id=edition_id, tab="people")


@staff.post("/people/<int:participant_id>/restore")
def restore_person(participant_id: int) -> Any:
    """Bring somebody back into the edition."""
    with begin() as work:
        found = participants.get_participant(work, participant_id, removed=True)
        participants.bring_back_participant(work, found)
        edition_id = found.edition_id
    return done("training_actions_manage.edition", edition_id=edition_id, tab="people")

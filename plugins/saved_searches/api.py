"""A person's kept searches under /api/v1: listed, kept, written about, deleted."""

from typing import Any

from flask import Response
from flask_babel import get_locale, gettext
from marshmallow import RAISE, Schema, fields, validate

from plugins.saved_searches import saving
from plugins.saved_searches.models import SavedSearch
from repository.api import (
    KEY,
    N_,
    TOKEN_ONLY,
    Answer,
    ApiBlueprint,
    Line,
    NotAllowed,
    Speech,
    Told,
    Work,
    api_done,
    look,
    moment,
    show,
)

MAIL = {"description": "How often mail says what is new"}


class SaidSearch(Schema):
    """A search to keep: what stands behind the question mark of `/search`."""

    class Meta:
        unknown = RAISE

    search = Line(required=True, metadata={"description": "q=…&level=…", "maxLength": saving.LONGEST})
    mail = fields.String(load_default=None, validate=validate.OneOf(saving.MAIL), metadata=MAIL)


class SaidMail(Schema):
    """How often to write."""

    class Meta:
        unknown = RAISE

    mail = fields.String(required=True, validate=validate.OneOf(saving.MAIL), metadata=MAIL)


class ToldSearch(Told):
    """A kept search."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    filters = fields.List(fields.String(), required=True)
    search = fields.String(required=True)
    mail = fields.String(required=True)
    saved_at = fields.String(required=True)


class SearchWithNews(ToldSearch):
    """With `new_item_ids`, what was published since the person last looked, the newest first, at most 100."""

    new_item_ids = fields.List(fields.Integer(), required=True)


class SearchList(Told):
    """The searches that the person of the token keeps, the newest first."""

    searches = fields.List(fields.Nested(SearchWithNews), required=True)


def make_blueprint() -> ApiBlueprint:
    """Return a new blueprint: it belongs to one application."""
    blueprint = ApiBlueprint("saved_searches_api", __name__, description="Searches that a person keeps")

    @blueprint.route("/saved-searches")
    @blueprint.doc(**TOKEN_ONLY)
    @blueprint.response(200, SearchList)
    @blueprint.alt_response(403, "FORBIDDEN")
    def list_searches() -> Response:
        """List the searches that the person keeps, with what is new in each."""
        work = look()
        if work.actor.user_id is None:
            raise NotAllowed(N_("Inicie sessão para guardar pesquisas."))
        shown = saving.shown(work, saving.of(work), _speech())
        return show({"searches": [_told(one) | {"new_item_ids": [item.id for item in one.new]} for one in shown]})

    @blueprint.route("/saved-searches", methods=["POST"])
    @blueprint.doc(**TOKEN_ONLY, parameters=[KEY])
    @blueprint.arguments(SaidSearch)
    @blueprint.response(200, ToldSearch)
    @blueprint.alt_response(403, "FORBIDDEN")
    @blueprint.alt_response(409, "CONFLICT")
    def save_search(said: dict[str, Any]) -> Response:
        """Keep a search; the same one is kept once."""

        def act(work: Work) -> Answer:
            row = saving.save(work, said["search"])
            if said["mail"]:
                saving.set_mail(work, row.id, said["mail"])
            return Answer(200, _written(work, row))

        return api_done(act)

    @blueprint.route("/saved-searches/<int:search_id>", methods=["PUT"])
    @blueprint.doc(**TOKEN_ONLY, parameters=[KEY])
    @blueprint.arguments(SaidMail)
    @blueprint.response(200, ToldSearch)
    @blueprint.alt_response(403, "FORBIDDEN")
    @blueprint.alt_response(404, "NOT_FOUND")
    def change_search(said: dict[str, Any], search_id: int) -> Response:
        """Say how often mail tells what is new."""
        return api_done(lambda work: Answer(200, _written(work, saving.set_mail(work, search_id, said["mail"]))))

    @blueprint.route("/saved-searches/<int:search_id>", methods=["DELETE"])
    @blueprint.doc(**TOKEN_ONLY, parameters=[KEY])
    @blueprint.response(200, ToldSearch)
    @blueprint.alt_response(403, "FORBIDDEN")
    @blueprint.alt_response(404, "NOT_FOUND")
    def delete_search(search_id: int) -> Response:
        """Delete a search and answer with what it was."""
        return api_done(lambda work: Answer(200, _written(work, saving.remove(work, search_id))))

    return blueprint


def _speech() -> Speech:
    return Speech(str(get_locale()), gettext)


def _written(work: Work, row: SavedSearch) -> dict[str, Any]:
    return _told(saving.shown(work, [row], _speech(), news=False)[0])


def _told(one: saving.Shown) -> dict[str, Any]:
    return {
        "id": one.row.id,
        "name": one.name,
        "filters": list(one.filters),
        "search": one.row.address,
        "mail": one.row.mail,
        "saved_at": moment(one.row.saved_at),
    }

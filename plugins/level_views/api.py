"""The levels under /api/v1: what there is, in the centre's order, and the searches that each page offers."""

from typing import Any

from flask import Response
from flask_babel import gettext
from marshmallow import fields

from plugins.level_views import api_tried, doors, filling, mine, views
from plugins.level_views.filling import FilledWay
from plugins.level_views.pages.portal import name_of
from repository.api import ApiBlueprint, Told, address, look, show


class LevelTold(Told):
    """A level with a page of its own; `search` are the parameters of `GET /items` that list what is in it.

    `mine` says that it is one of the levels of whom the token belongs to.
    """

    code = fields.String(required=True)
    name = fields.String(required=True)
    lead = fields.String(required=True)
    materials = fields.Integer(required=True)
    kits = fields.Integer(required=True)
    search = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    mine = fields.Boolean(required=True)
    url = fields.String(required=True)


class WayTold(Told):
    """A ready-made search; `count` is null while the index is being rebuilt."""

    label = fields.String(required=True)
    search = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    count = fields.Integer(required=True, allow_none=True)


class PartTold(Told):
    """A part of a level's page: a shelf with ids of items, or searches."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    item_ids = fields.List(fields.Integer(), required=True)
    ways = fields.List(fields.Nested(WayTold), required=True)


class LevelPage(LevelTold):
    """A level with the parts of its page, in order."""

    parts = fields.List(fields.Nested(PartTold), required=True)


class LevelList(Told):
    """The levels in the centre's order."""

    levels = fields.List(fields.Nested(LevelTold), required=True)


def make_blueprint() -> ApiBlueprint:
    """Return a new blueprint: it belongs to one application."""
    blueprint = ApiBlueprint(
        "level_views_api", __name__, description="Levels of education, each with a page of its own"
    )

    @blueprint.route("/levels")
    @blueprint.response(200, LevelList)
    def list_levels() -> Response:
        """List the levels that have a page."""
        work = look()
        own = mine.of(work)
        return show({"levels": [_told(behind, own) for behind in doors.doors(work)]})

    @blueprint.route("/levels/<code>")
    @blueprint.response(200, LevelPage)
    @blueprint.alt_response(404, "NOT_FOUND")
    def get_level(code: str) -> Response:
        """Read a level and what its page offers."""
        work = look()
        shown = views.get(work, code)
        portal = filling.fill(work, shown.view)
        behind = doors.Behind(shown, portal.total - portal.kits, portal.kits)
        return show(_told(behind, mine.of(work)) | {"parts": [_part(filled) for filled in portal.blocks]})

    api_tried.add_to(blueprint)
    return blueprint


def _told(behind: doors.Behind, own: mine.Mine) -> dict[str, Any]:
    view = behind.shown.view
    return {
        "code": view.code,
        "name": name_of(behind.shown),
        "lead": gettext(view.lead),
        "materials": behind.materials,
        "kits": behind.kits,
        "search": {name: list(values) for name, values in view.preset.items()},
        "mine": mine.is_mine(behind.shown, own),
        "url": address("level_views.level", code=view.code),
    }


def _part(filled: filling.FilledBlock) -> dict[str, Any]:
    ways = [*filled.ways, *(row.all_years for row in filled.rows)]
    return {
        "kind": filled.block.kind,
        "title": gettext(filled.block.title),
        "item_ids": list(filled.ids),
        "ways": [_way(one, is_code=bool(filled.rows)) for one in ways],
    }


def _way(filled: FilledWay, is_code: bool) -> dict[str, Any]:
    search: dict[str, list[str]] = {}
    for name, value in filled.request.args():
        search.setdefault(name, []).append(value)
    label = _discipline(filled.way.label) if is_code else gettext(filled.way.label)
    return {"label": label, "search": search, "count": filled.count}


def _discipline(code: str) -> str:
    work = look()
    return str(work.services.vocabularies.disciplines.label(code, work.actor.locale))

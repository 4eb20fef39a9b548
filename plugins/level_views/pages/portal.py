"""The public pages: all levels, and the page of one."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext

from plugins.level_views import challenges, doors, filling, mine, places, views
from plugins.level_views.filling import Portal
from plugins.level_views.places import Place
from plugins.level_views.views import Shown
from repository.api import Door, ItemView, LevelView, SearchRequest, Unavailable, Work, look, remembered, views_of

MOST_VALUES = 40
FORM_FACETS = 3
CHALLENGES = 3

pages = Blueprint(
    "level_views",
    __name__,
    url_prefix="/levels",
    template_folder="../templates",
    static_folder="../static",
    static_url_path="/static",
)


@pages.context_processor
def common() -> dict[str, Any]:
    """Give every page the words of views and the addresses of searches."""
    return {"name_of": name_of, "search_url": search_url}


@pages.get("")
@remembered
def index() -> Any:
    """All levels, with how much there is in each; a person's own level opens at once, unless `all` is asked for."""
    work = look()
    own = mine.of(work)
    opening = mine.opening(views.open_views(work), own)
    if opening is not None and "all" not in request.args:
        return redirect(url_for("level_views.level", code=opening.view.code))
    return render_template("level_views/index.html", doors=doors.doors(work), mine=own, is_mine=mine.is_mine)


@pages.get("/<code>")
@remembered
def level(code: str) -> str:
    """One level: its words, picture, shortcuts, filters, and what there is in its own order."""
    work = look()
    shown = views.get(work, code)
    known = places.all_places(work.session)
    place = places.chosen(known, request.args.get("place", ""))
    portal = filling.fill(work, shown.view, place.filters if place else None)
    rows = {row.id: _inside(work, shown.view, row) for row in views_of(work, list(portal.items.values()), {})}
    return render_template(
        "level_views/portal.html",
        shown=shown,
        view=shown.view,
        portal=portal,
        items=lambda filled: [rows[id_] for id_ in filled.ids if id_ in rows],
        mine=mine.of(work),
        is_mine=mine.is_mine,
        others=[other for other in views.open_views(work) if other.view.code != code],
        place=place,
        my_places=_switch(work, code, known, place),
        places=_choices(known),
        challenges=_challenges(work, shown.view),
        form_facets=list(_form_facets(shown.view, portal)),
        keep=[pair for pair in portal.request.args() if pair[0] != "q"],
        ask_url=url_for("level_views.search", code=code) if filling.areas(shown.view) else url_for("pages.search"),
    )


@pages.get("/<code>/search")
def search(code: str) -> Any:
    """Lead to a search within a level; an area that was chosen stands for all the disciplines behind its tile."""
    areas = filling.areas(views.get(look(), code).view)
    asked = {name: [value for value in values if value] for name, values in request.args.lists()}
    asked["discipline"] = [part for value in asked.get("discipline", ()) for part in areas.get(value, (value,))]
    pairs: dict[str, Any] = {name: values for name, values in asked.items() if values}
    return redirect(url_for("pages.search", **pairs))


def _challenges(work: Work, view: LevelView) -> list[challenges.Posed]:
    """Return the first challenges of the level, for a view that is of one level."""
    levels = view.preset.get("level", ())
    return challenges.board(work, levels[0])[:CHALLENGES] if len(levels) == 1 else []


def _switch(work: Work, code: str, known: Mapping[int, Place], chosen: Place | None) -> list[tuple[Place, str, bool]]:
    """Return the person's places with the address of the level in each, and whether it is the one shown."""
    kind = "centre" if chosen is None else ""
    return [(one, _in_place(code, one), one == chosen or one.kind == kind) for one in places.mine(work, known)]


def _in_place(code: str, place: Place) -> str:
    """Return the address of a level in a place; the whole centre needs none."""
    return url_for("level_views.level", code=code, place=None if place.kind == "centre" else place.id)


def _choices(known: Mapping[int, Place]) -> list[tuple[str, list[Place]]]:
    """Return the places to choose from, by kind, from the widest to the nearest."""
    kinds = ("council", "cluster", "school")
    return [(kind, found) for kind in kinds if (found := [place for place in known.values() if place.kind == kind])]


def _inside(work: Work, view: LevelView, row: ItemView) -> ItemView:
    """Return a row as it stands in a level: of its levels and years only those of the view need saying."""
    if view.level in row.levels:
        years = work.services.vocabularies.years_of(view.level)
        row.levels, row.years = [view.level], [year for year in row.years if year in years]
    return row


def _form_facets(view: LevelView, portal: Portal) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Yield the filters of the form in the view's order, with their values: the few that leave a choice."""
    names = [name for name in view.facets if len(portal.values.get(name, ())) > 1]
    for name in names[:FORM_FACETS]:
        values = filling.by_area(view, portal) if name == "discipline" else list(portal.values[name])
        yield name, values[:MOST_VALUES]


def name_of(shown: Shown) -> str:
    """Return what the centre calls a view, else its own name in the language of the page."""
    return shown.own_name or gettext(shown.view.name)


def search_url(request: SearchRequest) -> str:
    """Return the address of a search."""
    pairs: dict[str, Any] = {}
    for name, value in request.args():
        pairs.setdefault(name, []).append(value)
    return url_for("pages.search", **pairs)


def first_page_doors(work: Work) -> Iterator[Door]:
    """Yield the doors of the first page, a person's own levels before the others, each in the centre's order.

    There are none while the search cannot say what is behind them.
    """
    own = mine.of(work)
    try:
        known = doors.doors(work)
    except Unavailable:
        return
    for place, behind in enumerate(known):
        view, is_own = behind.shown.view, mine.is_mine(behind.shown, own)
        url = url_for("level_views.level", code=view.code)
        note, weight = (gettext("O seu nível"), place) if is_own else ("", place + 100)
        yield Door(view.level, name_of(behind.shown), url, behind.materials, behind.kits or None, note, weight)

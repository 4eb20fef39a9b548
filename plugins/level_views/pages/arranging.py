"""How the results of a search look: in a level as its view says, and for a person what is theirs gently first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import request, url_for
from flask_babel import get_locale, gettext

from plugins.level_views import mine, places, views
from plugins.level_views.mine import Mine
from plugins.level_views.pages.portal import name_of
from plugins.level_views.places import Place
from repository.api import Arrangement, Panel, Work

ORDER = ("level", "group", "discipline", "type", "kind", "language", "licence", "council", "org")  # outside of any view
VIEW, ALL = "view", "all"  # the search parameter that puts everything on a level


def arrangements(work: Work, filters: Mapping[str, Sequence[str]], asked: Mapping[str, str]) -> Iterator[Arrangement]:
    """Yield how the view that a search belongs to shows its results, then what comes first for the person."""
    shown = views.view_of_search(work, filters)
    if shown is not None:
        view = shown.view
        home = (gettext("Ir para a página «%(level)s»", level=name_of(shown)), _level_url(view.code))
        first = {name: values for name, values in view.first.items() if name not in filters}
        yield Arrangement(view.facets, view.look, first, home=home)
    else:
        yield Arrangement(ORDER)
    own = mine.of(work)
    first = mine.comes_first(own, filters)
    if first and request.args.get("sort") in (None, "", "relevance"):
        yield _for_person(work, own, first, asked)


def _for_person(work: Work, own: Mine, first: Mapping[str, tuple[str, ...]], asked: Mapping[str, str]) -> Arrangement:
    if asked.get(VIEW) == ALL:
        act = (gettext("Primeiro o que é dos meus níveis"), _same_search(None))
        return Arrangement(note=gettext("Tudo por igual."), act=act)
    act = (gettext("Ver tudo por igual"), _same_search(ALL))
    said = _said(work, own, first)
    return Arrangement(first=first, note=gettext("Primeiro: %(what)s. Nada fica escondido.", what=said), act=act)


def _said(work: Work, own: Mine, first: Mapping[str, tuple[str, ...]]) -> str:
    """Return in words what comes first: the levels, and the group."""
    levels, locale = work.services.vocabularies.levels, str(get_locale())
    words = [levels.short(code, locale) for code in first.get("level", ())]
    if "group" in first:
        words.append(gettext("grupo %(code)s", code=own.group))
    return ", ".join(words)


def _same_search(view: str | None) -> str:
    """Return the address of the search that is shown, from its first page, with or without the parameter."""
    values: dict[str, Any] = {name: many for name, many in request.args.lists() if name not in ("page", VIEW)}
    return url_for("pages.search", **values | ({VIEW: view} if view else {}))


def _level_url(code: str) -> str:
    return url_for("level_views.level", code=code)


def search_panels(work: Work, asked: Mapping[str, str]) -> Iterator[Panel]:
    """Yield the territory switch, and what the form of filters carries along."""
    kept = [(name, asked[name]) for name in (VIEW,) if name in asked]
    known = places.mine(work, places.all_places(work.session)) if work.actor.organisation_ids else []
    mine = [(place, _in_place(place), _is_chosen(place)) for place in known]
    if kept or mine:
        yield Panel("level-views-kept", "level_views/panel_search.html", {"kept": kept, "mine": mine}, 20, "aside")


def _in_place(place: Place) -> str:
    """Return the address of the search that is shown, in another place."""
    values: dict[str, Any] = {n: many for n, many in request.args.lists() if n not in ("page", "org", "council")}
    return url_for("pages.search", **values | place.filters)


def _is_chosen(place: Place) -> bool:
    shown = {name: tuple(request.args.getlist(name)) for name in ("org", "council") if request.args.getlist(name)}
    return shown == place.filters

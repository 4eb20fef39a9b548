"""What the page of results shows: rows, chips, facets, orders, and ways on when there is nothing."""

from typing import Any

from flask import url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

from repository.http import services
from repository.results import Facet, FacetValue, Hit, Results, Speech, WayOn, find, ways_on
from repository.search.order import effective_sort
from repository.search.request import SearchRequest
from repository.views import ItemView, view_of
from repository.words import N_
from repository.work import Work

SORTS = (("relevance", N_("Mais relevantes")), ("date", N_("Mais recentes")), ("title", N_("Por título")))
DEGRADED = N_("A pesquisa está a ser reconstruída: por agora procura nos títulos, palavras-chave e resumos.")


def context(work: Work, asked: SearchRequest) -> dict[str, Any]:
    """Return what `pages/search.html` needs."""
    speech = Speech(str(get_locale()), gettext)
    found = find(services(), work, asked, speech)
    ways = ways_on(services(), work, asked, speech) if not found.total else []
    return {
        "q": asked.q,
        "search_value": asked.q,
        "total": found.total,
        "page": asked.page,
        "pages": found.pages,
        "page_url": lambda n: address(asked.changed(page=n)),
        "results": [row_of(hit) for hit in found.hits],
        "chips": _chips(found),
        "clear_url": address(SearchRequest(q=asked.q, sort=asked.sort)) if asked.filters else "",
        "facets": _facets(found),
        "keep": [pair for pair in asked.args() if pair[0] in ("q", "sort")],
        "sorts": [(code, gettext(text)) for code, text in SORTS if code != "relevance" or asked.q.strip()],
        "sort": effective_sort(asked),
        "sort_keep": [pair for pair in asked.args() if pair[0] not in ("sort", "page")],
        "suggestion": (found.suggestion, address(asked.changed(q=found.suggestion))) if found.suggestion else None,
        "degraded": gettext(DEGRADED) if found.degraded else "",
        "took_ms": found.took_ms,
        "zero": [_way(way) for way in ways],
        "robots": "noindex" if asked.q or asked.filters or asked.page > 1 else "",
    }


def address(asked: SearchRequest) -> str:
    """Return the address of a search."""
    pairs: dict[str, list[str]] = {}
    for name, value in asked.args():
        pairs.setdefault(name, []).append(value)
    return url_for("pages.search", **pairs)  # type: ignore[arg-type]


def marked(pieces: Any) -> Markup:
    """Return pieces of text with the found words marked; every piece is escaped."""
    parts = (Markup("<mark>{}</mark>").format(text) if hit else escape(text) for text, hit in pieces)
    return Markup("").join(parts)


def row_of(hit: Hit) -> ItemView:
    """Return one result as the list draws it."""
    view = view_of(hit.item)
    if hit.from_file:
        name, page = hit.from_file
        view.found_in = {"name": name, "page": page, "snippet": marked(hit.snippet)}
    elif hit.snippet:
        view.snippet = marked(hit.snippet)
    return view


def _chips(found: Results) -> list[tuple[str, str]]:
    asked = found.request
    chosen = [(facet.name, value) for facet in found.facets for value in facet.values if value.chosen]
    return [(value.label, address(asked.toggled(name, value.value))) for name, value in chosen]


def _facets(found: Results) -> list[dict[str, Any]]:
    """Return the facets for the form; school years stand under their level."""
    years = next((facet for facet in found.facets if facet.name == "year"), None)
    return [
        {
            "name": facet.name,
            "title": facet.label,
            "values": [_value(value, _years_of(facet, value, years)) for value in facet.values],
        }
        for facet in found.facets
        if facet.name != "year" and not (facet.name == "kind" and len(facet.values) < 2)
    ]


def _years_of(facet: Facet, level: FacetValue, years: Facet | None) -> list[dict[str, Any]]:
    if facet.name != "level" or years is None:
        return []
    mine = services().vocabularies.years_of(level.value)
    return [_value(year, []) | {"name": "year"} for year in years.values if year.value in mine]


def _value(value: FacetValue, children: list[dict[str, Any]]) -> dict[str, Any]:
    words = value.label[:1].upper() + value.label[1:]
    return {"code": value.value, "label": words, "count": value.count, "selected": value.chosen, "children": children}


def _way(way: WayOn) -> dict[str, Any]:
    words = (
        gettext("Sem «%(text)s»", text=way.text)
        if way.what == "word"
        else gettext("Sem o filtro «%(text)s»", text=way.text)
    )
    return {"text": words, "why": "", "url": address(way.request), "count": way.count}

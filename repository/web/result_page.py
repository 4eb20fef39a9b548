"""What the page of results shows: rows, chips, facets, orders, and ways on when there is nothing."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for
from flask_babel import get_locale, gettext, ngettext
from sqlalchemy import select

from repository.hookspecs import Arrangement, Narrowing
from repository.http import services
from repository.models import Organisation
from repository.naming import AskedFor, quoted, with_asked, with_meaning
from repository.panels import draw
from repository.registry import collect
from repository.results import (
    LITERAL,
    Facet,
    FacetValue,
    Results,
    Speech,
    WayOn,
    find,
    narrowed,
    search_page,
    understood,
    value_label,
    ways_on,
)
from repository.search.meaning import Meant
from repository.search.order import effective_sort
from repository.search.request import SearchRequest
from repository.views import rows_of
from repository.words import N_
from repository.work import Work

SORTS = (("relevance", N_("Mais relevantes")), ("date", N_("Mais recentes")), ("title", N_("Por título")))
DEGRADED = N_("A pesquisa está a ser reconstruída: por agora procura nos títulos, palavras-chave e resumos.")
RELAXED = N_("Nada tem todas as palavras. Estes têm parte delas.")
NAMED = N_("Nenhum destes materiais tem as outras palavras. Correspondem, no todo ou em parte, ao que percebemos.")


def context(work: Work, asked: SearchRequest) -> dict[str, Any]:
    """Return what `pages/search.html` needs."""
    speech = Speech(str(get_locale()), gettext)
    read, parts = understood(work, asked)
    read, asked_for = with_asked(work, read)
    narrow, narrowings = narrowed(work, read if LITERAL in asked.extra else with_meaning(services().vocabularies, read))
    arranged = arrangement_of(work, narrow)
    narrow = narrow.changed(page=narrow.page, first=arranged.first)
    found = find(services(), work, narrow, speech, correct=True)
    ways = ways_on(services(), work, narrow, speech) if not found.total else []
    literal = address(asked.changed(extra={**asked.extra, LITERAL: "1"}))
    meant, answered = found.request.meant, narrow.changed(q=found.corrected) if found.corrected else asked
    named = [*_meant_chips(meant, answered, speech), *_asked_chips(work, asked, asked_for, speech)]
    return {
        "q": asked.q,
        "search_value": asked.q,
        "own_address": address(asked),
        "total": found.total,
        "page": asked.page,
        "pages": found.pages,
        "page_url": lambda n: address(asked.changed(page=n)),
        "results": rows_of(work, found),
        "look": arranged.look,
        "home": arranged.home,
        "lead_note": arranged.note,
        "lead_act": arranged.act,
        "chips": [*_chips(found, asked), *_narrowed_chips(narrowings, asked)],
        "understood": [*((part.label, literal, True) for part in parts), *named],
        "literal_url": literal if parts or meant or found.corrected else "",
        "corrected": found.corrected,
        "filled": _filled(found),
        "clear_url": address(SearchRequest(q=asked.q, sort=asked.sort)) if asked.filters or asked.extra else "",
        "head_panels": ask_panels(work, narrow.extra, "head"),
        "ask_panels": ask_panels(work, narrow.extra, "aside"),
        "facets": _in_order(_facets(found), arranged.facets),
        "keep": [pair for pair in asked.args() if pair[0] in ("q", "sort", LITERAL)],
        "sorts": _sorts(narrow),
        "sort": asked.sort if narrow.first else effective_sort(asked),
        "sort_keep": [pair for pair in asked.args() if pair[0] not in ("sort", "page")],
        "suggestion": (found.suggestion, address(narrow.changed(q=found.suggestion))) if found.suggestion else None,
        "asks": _asks(work, asked) if not found.total or found.relaxed else [],
        "degraded": gettext(DEGRADED) if found.degraded else "",
        "unmet": _unmet(found, meant, speech),
        "relaxed": gettext(NAMED if found.named else RELAXED) if found.relaxed and found.total else "",
        "zero": [*_without_narrowing(work, narrow, narrowings), *(_way(way) for way in ways)]
        if not found.total
        else [],
        "robots": "noindex" if asked.q or asked.filters or asked.extra or asked.page > 1 else "",
    }


def _asks(work: Work, asked: SearchRequest) -> list[tuple[str, str]]:
    """Return what plugins offer where nothing was found that has all of what was asked."""
    known = collect(work.hook.nothing_found_actions, work=work, question=asked.q, filters=asked.filters)
    return [(action.label, action.url) for action in sorted(known, key=lambda action: action.weight)]


def arrangement_of(work: Work, asked: SearchRequest) -> Arrangement:
    """Return how the results are shown: of what several plugins say the first counts, and what comes first is joined."""
    said: list[Arrangement] = collect(work.hook.arrange_search, work=work, filters=asked.filters, asked=asked.extra)
    first: dict[str, tuple[str, ...]] = {}
    for one in said:
        for name, values in one.first.items():
            first[name] = tuple(dict.fromkeys((*first.get(name, ()), *values)))
    return Arrangement(
        facets=next((one.facets for one in said if one.facets), ()),
        look=next((one.look for one in said if one.look != "rows"), "rows"),
        first=first,
        note=" ".join(one.note for one in said if one.note),
        act=next((one.act for one in said if one.act), None),
        home=next((one.home for one in said if one.home), None),
    )


def _sorts(asked: SearchRequest) -> list[tuple[str, str]]:
    """Return the orders to choose from; without words there is relevance only where something comes first."""
    words = {code: gettext(text) for code, text in SORTS}
    if not asked.q.strip():
        del words["relevance"]
        if asked.first:
            words = {"relevance": gettext("Ordem recomendada")} | words
    return list(words.items())


def _in_order(facets: list[dict[str, Any]], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the facets with those named first; the years stand under the levels, wherever these are."""
    places = {name: place for place, name in enumerate(names)}
    return sorted(facets, key=lambda facet: places.get(facet["name"], len(places)))


def ask_panels(work: Work, asked: Mapping[str, str], slot: str) -> list[dict[str, Any]]:
    """Return the plugins' parts of a form that searches, drawn."""
    panels = collect(work.hook.search_panels, work=work, asked=asked)
    return draw(panel for panel in panels if panel.slot == slot)


def address(asked: SearchRequest) -> str:
    """Return the address of a search."""
    pairs: dict[str, list[str]] = {}
    for name, value in asked.args():
        pairs.setdefault(name, []).append(value)
    return url_for("pages.search", **pairs)  # type: ignore[arg-type]


def _narrowed_chips(narrowings: list[Narrowing], asked: SearchRequest) -> list[tuple[str, str]]:
    """Return a chip for what the address narrows by; what was read from the words has its own."""
    return [
        (one.label, address(_less(asked, one))) for one in narrowings if any(name in asked.extra for name in one.names)
    ]


def _less(asked: SearchRequest, narrowing: Narrowing) -> SearchRequest:
    extra = {name: value for name, value in asked.extra.items() if name not in narrowing.names}
    return asked.changed(extra=extra, without=frozenset())


def _without_narrowing(work: Work, asked: SearchRequest, narrowings: list[Narrowing]) -> list[dict[str, Any]]:
    """Return the searches without what plugins left out, with how much they find."""
    ways = []
    for one in narrowings:
        less, _ = narrowed(work, _less(asked, one))
        total = search_page(work, less.changed(per_page=0)).total
        if total:
            words = gettext("Sem o filtro «%(text)s»", text=one.label)
            ways.append({"text": words, "why": "", "url": address(less), "count": total})
    return ways


def _meant_chips(meant: Iterable[Meant], answered: SearchRequest, speech: Speech) -> list[tuple[str, str, bool]]:
    """Return a chip for each thing that words name; without it, they are words, and none of them hides anything."""
    return [
        (
            value_label(services(), *one.values[0], {}, speech),
            address(answered.changed(q=quoted(answered.q, one.words))),
            False,
        )
        for one in meant
    ]


def _asked_chips(
    work: Work, asked: SearchRequest, asked_for: Iterable[AskedFor], speech: Speech
) -> list[tuple[str, str, bool]]:
    """Return a chip for each filter in the question."""
    ids = [int(one.value) for one in asked_for if one.field == "org"]
    places = (
        {row.id: row for row in work.session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}
        if ids
        else {}
    )
    return [
        (value_label(services(), one.field, one.value, places, speech), address(asked.changed(q=one.q)), True)
        for one in asked_for
    ]


def _unmet(found: Results, meant: Iterable[Meant], speech: Speech) -> list[str]:
    """Return a sentence for each thing that words name and no result has: what is named is wished for, and hides nothing."""
    if not found.total or found.degraded:
        return []
    there = {(facet.name, value.value) for facet in found.facets for value in facet.values}
    missing = [one.values[0] for one in meant if there.isdisjoint(one.values)]
    return [
        gettext(
            "Nenhum destes resultados está classificado como «%(text)s».",
            text=value_label(services(), field, value, {}, speech),
        )
        for field, value in missing
    ]


def _filled(found: Results) -> str:
    """Return how many of the results have all that was wanted, where others follow."""
    if found.request.page > 1 or not 0 < found.exact < found.total:
        return ""
    return ngettext(
        "Só o primeiro tem todas as palavras. Os outros têm só uma parte delas.",
        "Só os primeiros %(num)s têm todas as palavras. Os outros têm só uma parte delas.",
        found.exact,
    )


def _chips(found: Results, asked: SearchRequest) -> list[tuple[str, str]]:
    chosen = [(facet.name, value) for facet in found.facets for value in facet.values if value.chosen]
    chosen = [(name, value) for name, value in chosen if value.value in asked.filters.get(name, ())]
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

"""Search results as people get them, on the page and through the API: rows, snippets, facets in words, ways on."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

from sqlalchemy import Integer, String, bindparam, case, func, or_, select
from sqlalchemy.orm import selectinload

from repository import indexing
from repository.db import like_any_case
from repository.errors import Unavailable
from repository.hookspecs import Narrowing, Understood
from repository.models import File, FileText, Item, Organisation, State
from repository.naming import with_meaning
from repository.passages import Passage, Pieces, Wanted, like_patterns, marked, opening, passage
from repository.permissions import may_see
from repository.registry import collect
from repository.search.correcting import corrected
from repository.search.fields import SearchField
from repository.search.page import FacetCount, SearchPage
from repository.search.request import Args, SearchRequest
from repository.words import N_
from repository.work import Services, Work

VOCABULARY_OF = {
    "level": "levels",
    "year": "years",
    "group": "groups",
    "discipline": "disciplines",
    "type": "types",
    "language": "languages",
    "licence": "licences",
}
Found = tuple[Passage, tuple[str, int | None] | None]  # a passage, and the file's name and page when it is from a file
IN_ORDER = ("level", "year")  # these read best as a row of steps, the others by how much there is
KINDS = {"digital": N_("Material digital"), "physical": N_("Kit para levar")}
UNANSWERED = N_("A pesquisa está a ser reconstruída e volta daqui a uns minutos. O resto da Partilha continua aberto.")
PAGES_READ = 3  # pages of files read for one hit
PAGES_SEARCHED = 3000  # over all hits; a long book shows what is in its first pages
LONGEST_PAGE = 100_000
MOST_WORDS_DROPPED = 8
LITERAL = "literal"  # the parameter that has words taken as words only
_SHOWN = (
    select(Item)
    .where(Item.id.in_(bindparam("ids", expanding=True)), Item.state == State.PUBLISHED)
    .options(selectinload(Item.terms), selectinload(Item.credits), selectinload(Item.all_files))
)
_WORD = re.compile(r'[-−–]?(?:"[^"]*"?|«[^»]*»?|[“„][^”“]*[”“]?|[^\s"«“„]+)')


@dataclass(frozen=True)
class Hit:
    """One result. Texts come in pieces, each with whether it is a hit; `from_file` is the file's name and page, None
    where it has no pages."""

    item: Item
    title: Pieces
    snippet: Pieces
    from_file: tuple[str, int | None] | None
    thumbnail_file_id: int | None
    file_count: int
    restricted_files: int
    may_adapt: bool
    organisation: str
    named_in: tuple[str, ...] = ()  # the keywords and authors by which it was found, where no text shows why


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet in words, with how many results it would give."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """What results can be narrowed by; `label` is its name in words."""

    name: str
    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True)
class Results:
    """One page of results; `took_ms` is the engine's time in milliseconds, `relaxed` that nothing has all the words
    and these have half, `named` that these have only what words name, `degraded` that the index did not answer.

    The first `exact` of `total` have all that was wanted. `corrected` is the question that was answered where it is not
    the one that was asked.
    """

    request: SearchRequest
    total: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    suggestion: str | None
    took_ms: float
    relaxed: bool
    degraded: bool
    exact: int = 0
    corrected: str = ""
    named: bool = False

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.request.per_page))


@dataclass(frozen=True)
class WayOn:
    """A search with one thing less: `what` is word or filter, `name` the facet, `text` what is dropped, in words."""

    what: str
    name: str
    text: str
    request: SearchRequest
    count: int


@dataclass(frozen=True)
class Speech:
    """How to say things: the page's locale, the translation of the house's own words, and plugins' words by facet."""

    locale: str = "pt"
    translate: Callable[[str], str] = str
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def request_of(services: Services, args: Args) -> SearchRequest:
    """Return the search in an address, with the parameters that plugins declare and `literal`, which reads no words."""
    facets = [field.name for field in facet_fields(services)]
    names = [one.name for one in collect(services.hook.register_search_parameters)]
    return SearchRequest.parse(args, facets, [*names, LITERAL])


def understood(work: Work, request: SearchRequest) -> tuple[SearchRequest, list[Understood]]:
    """Return the request with what plugins read from its words, and what that is; what the address says counts more."""
    if not request.q or LITERAL in request.extra:
        return request, []
    found = []
    for part in collect(work.hook.read_question, work=work, question=request.q):
        if part.words in request.q and not set(part.asked) & set(request.extra):
            rest = " ".join(request.q.replace(part.words, " ", 1).split())
            extra = MappingProxyType({**request.extra, **part.asked})
            request = replace(request, q=rest, extra=extra)
            found.append(part)
    return request, found


def narrowed(work: Work, request: SearchRequest) -> tuple[SearchRequest, list[Narrowing]]:
    """Return the request without the items that plugins leave out for its parameters, and what it is narrowed by."""
    asked = {name: value for name, value in request.extra.items() if name != LITERAL}
    found = list(collect(work.hook.narrow_search, work=work, asked=asked)) if asked else []
    return replace(request, without=frozenset().union(*(one.without for one in found))), found


def find(
    services: Services, work: Work, request: SearchRequest, speech: Speech | None = None, *, correct: bool = False
) -> Results:
    """Return what the person may see of the page asked for, in the same few queries whatever its size.

    With `correct`, mistyped words are put right where nothing has what was typed. Raises Unavailable while the index is
    being rebuilt and there is too much to search without it.
    """
    asked, request = request, _without_hidden(work, request)
    page = _answered(services.search.search(request, work.actor.labels))
    if correct and LITERAL not in request.extra:
        read = partial(with_meaning, services.vocabularies)
        page, request = corrected(services.search, request, page, work.actor.labels, read)
    speech = _with_labels(services, work, page, request, speech or Speech())
    shown = visible_items(work, page.ids)
    names = _organisation_names(work, shown, page, request)
    wanted = Wanted(request.q, services.search.synonyms)
    passages = _passages(work, shown, wanted)
    return Results(
        request=request,
        total=max(0, page.total - (len(page.ids) - len(shown))),
        hits=tuple(_hit(services, item, wanted, passages[item.id], names) for item in shown),
        facets=tuple(_facets(services, page, request, names, speech)),
        suggestion=page.suggestion,
        took_ms=page.took_ms,
        relaxed=page.relaxed,
        degraded=page.degraded,
        exact=page.exact,
        corrected=request.q if request.q != asked.q else "",
        named=page.named,
    )


def search_page(work: Work, request: SearchRequest) -> SearchPage:
    """Return the page of ids, counts and facets that the index has for the person, without what it should not have now.

    Raises Unavailable as `find` does: that nobody knows is not that there is nothing.
    """
    return _answered(work.services.search.search(_without_hidden(work, request), work.actor.labels))


def _answered(page: SearchPage) -> SearchPage:
    if page.unanswered:
        raise Unavailable(UNANSWERED)
    return page


def _without_hidden(work: Work, request: SearchRequest) -> SearchRequest:
    """Return the request without what the person may not see any more, which the index may not yet know: none of its words
    is offered, and nothing counts it."""
    gone = frozenset(indexing.hidden(work))
    return replace(request, without=request.without | gone) if gone else request


def visible_items(work: Work, ids: Sequence[int]) -> list[Item]:
    """Return the items in the order of `ids`; the index may be behind, so each is asked about once more."""
    if not ids:
        return []
    found = {item.id: item for item in work.session.scalars(_SHOWN, {"ids": list(ids)})}
    return [found[id_] for id_ in ids if id_ in found and may_see(work, found[id_])]


def facet_fields(services: Services) -> list[SearchField]:
    """Return the fields that results can be narrowed by, the core's and the plugins'."""
    return [field for field in collect(services.hook.register_search_fields) if field.facet]


def _organisation_names(
    work: Work, items: Iterable[Item], page: SearchPage, request: SearchRequest
) -> dict[int, Organisation]:
    ids = {item.organisation_id for item in items if item.organisation_id is not None}
    values = [*(count.value for count in page.facets.get("org", ())), *request.filters.get("org", ())]
    ids |= {int(value) for value in values if re.fullmatch("[0-9]{1,9}", value)}
    if not ids:
        return {}
    return {row.id: row for row in work.session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}


def _with_labels(services: Services, work: Work, page: SearchPage, request: SearchRequest, speech: Speech) -> Speech:
    """Return the speech with the words that plugins have for the values of their facets."""
    labels: dict[str, Mapping[str, str]] = {}
    for facet in facet_fields(services):
        if facet.name in VOCABULARY_OF or facet.name in ("kind", "org"):
            continue
        values = [count.value for count in page.facets.get(facet.name, ())]
        values += [value for value in request.filters.get(facet.name, ()) if value not in values]
        if values:
            labels[facet.name] = dict(collect(work.hook.facet_labels, work=work, facet=facet.name, values=values))
    return replace(speech, labels=labels)


def _hit(
    services: Services,
    item: Item,
    wanted: Wanted,
    found: Found | None,
    organisations: Mapping[int, Organisation],
) -> Hit:
    licence = services.vocabularies["licences"].get(item.licence)
    home = organisations.get(item.organisation_id or 0)
    open_files = [file for file in item.files if not file.audience]
    title = marked(item.title, wanted)
    return Hit(
        item=item,
        title=title,
        snippet=found[0].pieces if found else opening(item.summary),
        from_file=found[1] if found else None,
        thumbnail_file_id=next((file.id for file in open_files if file.has_thumbnail), None),
        file_count=len(item.files),
        restricted_files=len(item.files) - len(open_files),
        may_adapt=bool(licence and licence.data.get("may_adapt")),
        organisation=(home.short_name or home.name) if home else "",
        named_in=() if found or any(hit for _, hit in title) else _named_in(item, wanted),
    )


def _named_in(item: Item, wanted: Wanted) -> tuple[str, ...]:
    names = [*item.keywords, *(credit.name for credit in item.credits)]
    return tuple(name for name in names if any(hit for _, hit in marked(name, wanted)))


def _passages(work: Work, items: Sequence[Item], wanted: Wanted) -> dict[int, Found | None]:
    """Return for each item the passage that meets most of the question: of the summary, else of a file open to all."""
    best: dict[int, Found | None] = {}
    for item in items:
        found = passage(item.summary, wanted)
        best[item.id] = (found, None) if found else None
    unmet = [item for item in items if _met(best[item.id]) < wanted.groups]
    files = {file.id: file for item in unmet for file in item.files if not file.audience}
    for file_id, page, text in _likely_pages(work, list(files), wanted):
        file = files[file_id]
        if _met(best[file.item_id]) < wanted.groups:
            found = passage(text, wanted)
            if found and found.met > _met(best[file.item_id]):
                best[file.item_id] = (found, (file.name, page if file.page_count else None))
    return best


def _met(found: Found | None) -> int:
    return found[0].met if found else -1


def _likely_pages(work: Work, file_ids: Sequence[int], wanted: Wanted) -> Iterable[tuple[int, int, str]]:
    """Return the few pages of each item's files in which most of the words may be: id of the file, page, text."""
    if not file_ids or not wanted.beginnings:
        return []
    patterns: dict[int, list[str]] = {}
    for group, word in wanted.beginnings:
        patterns.setdefault(group, []).extend(like_patterns(word))
    said = {f"way_{group}_{n}": way for group, ways in patterns.items() for n, way in enumerate(ways)}
    shape = tuple((group, len(ways)) for group, ways in patterns.items())
    query = _pages_query(shape, work.session.get_bind().dialect.name)
    known = {"files": list(file_ids), "last_page": PAGES_SEARCHED // len(file_ids)}
    return [(row[0], row[1], row[2]) for row in work.session.execute(query, known | said)]


@lru_cache(maxsize=256)  # to put such a question together takes longer than to answer it
def _pages_query(shape: tuple[tuple[int, int], ...], dialect: str) -> Any:
    """Return the question for groups of words, each with so many patterns `way_<group>_<n>`, in `files`, to `last_page`."""
    ways = [
        [like_any_case(dialect, FileText.text, bindparam(f"way_{group}_{n}", type_=String)) for n in range(count)]
        for group, count in shape
    ]
    score: Any = sum(case((or_(*each), 1), else_=0) for each in ways)
    scored = (
        select(FileText.file_id, FileText.page, File.item_id, File.position, score.label("score"))
        .join(File, File.id == FileText.file_id)
        .where(
            FileText.file_id.in_(bindparam("files", expanding=True)),
            FileText.page <= bindparam("last_page", type_=Integer),
        )
        .subquery()
    )
    order = (scored.c.score.desc(), scored.c.position, scored.c.page)
    place = func.row_number().over(partition_by=scored.c.item_id, order_by=order).label("place")
    ranked = select(scored, place).where(scored.c.score > 0).subquery()
    return (
        select(ranked.c.file_id, ranked.c.page, func.substr(FileText.text, 1, LONGEST_PAGE))
        .join(FileText, (FileText.file_id == ranked.c.file_id) & (FileText.page == ranked.c.page))
        .where(ranked.c.place <= PAGES_READ)
        .order_by(ranked.c.item_id, ranked.c.place)
    )


def _facets(
    services: Services,
    page: SearchPage,
    request: SearchRequest,
    organisations: Mapping[int, Organisation],
    speech: Speech,
) -> Iterable[Facet]:
    for searched in facet_fields(services):
        chosen = request.filters.get(searched.name, ())
        counts = [c for c in page.facets.get(searched.name, ()) if c.count or c.value in chosen]
        known = {c.value for c in counts}
        counts += [FacetCount(value, 0) for value in chosen if value not in known]
        values = [
            FacetValue(
                c.value,
                value_label(services, searched.name, c.value, organisations, speech),
                c.count,
                c.value in chosen,
            )
            for c in _ordered(services, searched.name, counts)
        ]
        if values:
            yield Facet(
                searched.name,
                speech.translate(searched.label) if searched.label else searched.name,
                tuple(values),
            )


def _ordered(services: Services, facet: str, counts: list[FacetCount]) -> list[FacetCount]:
    if facet not in IN_ORDER:
        return sorted(counts, key=lambda c: -c.count)
    places = {term.code: n for n, term in enumerate(services.vocabularies[VOCABULARY_OF[facet]])}
    return sorted(counts, key=lambda c: (places.get(c.value, len(places)), c.value))


def value_label(
    services: Services, facet: str, value: str, organisations: Mapping[int, Organisation], speech: Speech
) -> str:
    """Return the words of a facet's value in the page's language; a value nobody knows is its own label."""
    if facet in VOCABULARY_OF:
        known = services.vocabularies[VOCABULARY_OF[facet]]
        words = (known.short if facet in ("level", "licence") else known.label)(value, speech.locale)
        return f"{value} · {words}" if facet == "group" else words  # teachers know their group by its number
    if facet == "kind" and value in KINDS:
        return speech.translate(KINDS[value])
    if value in speech.labels.get(facet, {}):
        return speech.labels[facet][value]
    home = organisations.get(int(value)) if facet == "org" and re.fullmatch("[0-9]{1,9}", value) else None
    return (home.short_name or home.name) if home else value


def ways_on(services: Services, work: Work, request: SearchRequest, speech: Speech | None = None) -> tuple[WayOn, ...]:
    """Return the searches with one word or one filter less that find something, the most fruitful first.

    Those that have only part of what they ask are no way on, unless there are no others.
    """
    speech = _with_labels(services, work, SearchPage(), request, speech or Speech())
    names = _organisation_names(work, (), SearchPage(), request)
    found: list[WayOn] = []
    partly: list[WayOn] = []
    for what, name, text, less in _with_less(services, request, names, speech):
        page = search_page(work, less.changed(per_page=0))
        if page.degraded:
            break  # each question is slow without the index, and one answer is owed before more are asked
        if page.total:
            (partly if page.relaxed else found).append(WayOn(what, name, text, less, page.total))
    return tuple(sorted(found or partly, key=lambda way: -way.count))


def filter_words(
    services: Services, work: Work, requests: Sequence[SearchRequest], speech: Speech | None = None
) -> list[list[str]]:
    """Return for each search what it is narrowed by, in words, in the same few queries for any number of them."""
    merged: dict[str, tuple[str, ...]] = {}
    for request in requests:
        for name, values in request.filters.items():
            merged[name] = tuple(dict.fromkeys((*merged.get(name, ()), *values)))
    together = SearchRequest(filters=merged)
    speech = _with_labels(services, work, SearchPage(), together, speech or Speech())
    names = _organisation_names(work, (), SearchPage(), together)
    return [
        [
            value_label(services, name, value, names, speech)
            for name, values in request.filters.items()
            for value in values
        ]
        for request in requests
    ]


def _with_less(
    services: Services, request: SearchRequest, organisations: Mapping[int, Organisation], speech: Speech
) -> Iterable[tuple[str, str, str, SearchRequest]]:
    words = _WORD.findall(request.q)
    if len(words) > 1 or (words and request.filters):
        for n, word in enumerate(words[:MOST_WORDS_DROPPED]):
            rest = " ".join([*words[:n], *words[n + 1 :]])
            yield "word", "q", word.strip('"«»“”„'), request.changed(q=rest)
    for name, values in request.filters.items():
        labels = ", ".join(value_label(services, name, value, organisations, speech) for value in values)
        yield "filter", name, labels, request.changed(**{name: ()})

"""The page of a level filled: what its blocks find, in one search each and one query for all items together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from repository.api import Item, LevelBlock, LevelView, SearchPage, SearchRequest, Way, Work, search_page, visible_items

NEWEST = 12


@dataclass(frozen=True)
class FilledWay:
    """A ready-made search with how much it finds; None when the index does not answer, and counting takes too long."""

    way: Way
    request: SearchRequest
    count: int | None


@dataclass(frozen=True)
class Row:
    """A discipline of a matrix: what there is for each school year, and for all years together."""

    code: str
    note: str
    cells: tuple[FilledWay, ...]
    all_years: FilledWay


@dataclass(frozen=True)
class FilledBlock:
    """A block with what it shows; `request` leads to all of it, `missing` are rows of a matrix with nothing."""

    block: LevelBlock
    request: SearchRequest
    total: int = 0
    ids: tuple[int, ...] = ()
    ways: tuple[FilledWay, ...] = ()
    rows: tuple[Row, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Portal:
    """The page of a level: how much there is, its ways and blocks, its items by id, and values to filter by."""

    request: SearchRequest
    total: int
    kits: int
    years: tuple[FilledWay, ...] = ()
    ways: tuple[FilledWay, ...] = ()
    blocks: tuple[FilledBlock, ...] = ()
    items: Mapping[int, Item] = field(default_factory=dict)
    values: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    degraded: bool = False


class _Asking:
    """Searches on behalf of one person, none more than needed once the index does not answer."""

    def __init__(self, work: Work, view: LevelView, more: Mapping[str, tuple[str, ...]]) -> None:
        self.work, self.view = work, view
        self.base = SearchRequest().changed(**{**view.preset, **more})
        self.page = self.search(self.base.changed(per_page=NEWEST))

    def search(self, request: SearchRequest) -> SearchPage:
        page: SearchPage = search_page(self.work, request)
        return page

    def counted(self, way: Way) -> FilledWay:
        request = self.base.changed(q=way.q, **way.filters)
        return FilledWay(way, request, None if self.page.degraded else self.search(request.changed(per_page=0)).total)

    def teaches(self, code: str) -> bool:
        """Return whether a discipline is one of the view's levels, by itself or by a part of it.

        What is for two levels has the disciplines of both. Those of no level, and all where a level has none, are.
        """
        disciplines = self.work.services.vocabularies.disciplines
        mine = set(self.view.preset.get("level", ()))
        if not any(mine.intersection(term.codes("levels")) for term in disciplines):
            return True
        found = [term for term in disciplines if code in (term.code, term.parent)]
        levels = {level for term in found for level in term.codes("levels")}
        return not levels or bool(levels & mine)

    def by_discipline(self, **chosen: str) -> dict[str, int]:
        """Return how much there is for each discipline, for a school year or for all."""
        page = self.search(self.base.changed(per_page=0, **chosen)) if chosen else self.page
        return {count.value: count.count for count in page.facets.get("discipline", ())}


def fill(work: Work, view: LevelView, more: Mapping[str, tuple[str, ...]] | None = None) -> Portal:
    """Return the page of a view, as far as the person may see; `more` are filters that hold for all of it."""
    asking = _Asking(work, view, more or {})
    if not asking.page.total:
        return Portal(asking.base, 0, 0, degraded=asking.page.degraded)
    years = _years(work, view)
    blocks = tuple(block for block in _blocks(asking, view, years) if block.ids or block.ways or block.rows)
    ids = tuple(dict.fromkeys(id_ for block in blocks for id_ in block.ids))
    return Portal(
        request=asking.base,
        total=asking.page.total,
        kits=_count_of(asking.page, "kind", "physical"),
        years=tuple(_ways_of_years(asking, years)) if view.years else (),
        ways=_ways(asking, view.ways),
        blocks=blocks,
        items={item.id: item for item in visible_items(work, ids)},
        values={name: _values(asking, name) for name in view.facets if name not in ("org", *view.preset)},
        degraded=asking.page.degraded,
    )


def areas(view: LevelView) -> dict[str, tuple[str, ...]]:
    """Return the disciplines behind each tile that chooses nothing else, by the first of them."""
    ways = (way for block in view.blocks if block.kind == "themes" for way in block.ways)
    found = (tuple(way.filters["discipline"]) for way in ways if not way.q and set(way.filters) == {"discipline"})
    return {codes[0]: codes for codes in found}


def by_area(view: LevelView, portal: Portal) -> list[tuple[str, int]]:
    """Return the disciplines that a level lists, with as much for each area as its tile has; the fullest first."""
    inside = {code for codes in areas(view).values() for code in codes}
    ways = [way for filled in portal.blocks for way in filled.ways if way.way.filters.get("discipline")]
    tiles = [(way.way.filters["discipline"], way.count) for way in ways]
    counts = {codes[0]: count for codes, count in tiles if count and codes == areas(view).get(codes[0])}
    counts |= {code: count for code, count in portal.values["discipline"] if code not in inside}
    return sorted(counts.items(), key=lambda pair: -pair[1])


def _count_of(page: SearchPage, facet: str, value: str) -> int:
    return next((count.count for count in page.facets.get(facet, ()) if count.value == value), 0)


def _values(asking: _Asking, facet: str) -> list[tuple[str, int]]:
    counts = [(count.value, count.count) for count in asking.page.facets.get(facet, ()) if count.count]
    return [(value, count) for value, count in counts if facet != "discipline" or asking.teaches(value)]


def _years(work: Work, view: LevelView) -> tuple[str, ...]:
    levels = view.preset.get("level", ())
    return tuple(year for level in levels for year in work.services.vocabularies.years_of(level))


def _ways_of_years(asking: _Asking, years: Sequence[str]) -> Iterator[FilledWay]:
    for year in years:
        request = asking.base.changed(year=year)
        yield FilledWay(Way(year, {"year": (year,)}), request, _count_of(asking.page, "year", year))


def _ways(asking: _Asking, ways: Sequence[Way]) -> tuple[FilledWay, ...]:
    """Return the ways that find something."""
    filled = (asking.counted(way) for way in ways)
    return tuple(one for one in filled if one.count is None or one.count > 0)


def _blocks(asking: _Asking, view: LevelView, years: Sequence[str]) -> Iterator[FilledBlock]:
    matrix: dict[str, dict[str, int]] = {}
    for block in view.blocks:
        request = asking.base.changed(**block.filters)
        if block.kind == "shelf":
            page = _shelf(asking, block, request)
            yield FilledBlock(block, request, page.total, page.ids[: block.size])
        elif block.kind == "matrix":
            if not asking.page.degraded:
                matrix = matrix or {year: asking.by_discipline(year=year) for year in years}
                yield _matrix(asking, block, request, matrix)
        else:
            yield FilledBlock(block, request, ways=_ways(asking, block.ways))


def _shelf(asking: _Asking, block: LevelBlock, request: SearchRequest) -> SearchPage:
    """Return what stands on a shelf: the newest first. Without an index the newest of all, and no other shelf, is at hand."""
    if not block.filters:
        return asking.page
    return SearchPage() if asking.page.degraded else asking.search(request.changed(per_page=block.size))


def _matrix(
    asking: _Asking, block: LevelBlock, request: SearchRequest, matrix: Mapping[str, Mapping[str, int]]
) -> FilledBlock:
    everything = asking.by_discipline()
    known = [term.code for term in asking.work.services.vocabularies.disciplines if term.code in everything]
    wanted = block.rows or tuple(code for code in known if everything[code] and asking.teaches(code))
    rows = tuple(_row(asking, block, code, everything[code], matrix) for code in wanted if everything.get(code))
    return FilledBlock(block, request, rows=rows, missing=tuple(c for c in wanted if not everything.get(c)))


def _row(asking: _Asking, block: LevelBlock, code: str, total: int, matrix: Mapping[str, Mapping[str, int]]) -> Row:
    cells = tuple(
        FilledWay(Way(code), asking.base.changed(discipline=code, year=year), counts.get(code, 0))
        for year, counts in matrix.items()
    )
    return Row(
        code, block.notes.get(code, ""), cells, FilledWay(Way(code), asking.base.changed(discipline=code), total)
    )

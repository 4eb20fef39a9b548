"""What the page of a level shows, as plain data: its words, its parts in order, its filters, and how results look in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Chosen = Mapping[str, tuple[str, ...]]  # values by facet, as a search takes them
Look = Literal["rows", "cards", "pictures", "lines"]


@dataclass(frozen=True)
class Way:
    """A ready-made search inside a level: its words, what it looks for, a note beside it, the form of its tile."""

    label: str
    filters: Chosen = field(default_factory=dict)
    q: str = ""
    note: str = ""
    tile: str = ""


@dataclass(frozen=True)
class LevelBlock:
    """A part of a level's page.

    `kind` is shelf (items that match `filters`), themes (`ways` as tiles), links (`ways` as lines) or matrix (disciplines
    by school year: `rows` names the disciplines, none of them means those that have something; `notes` stands beside
    them). An `aside` block stands at the side. What would be empty is not shown.
    """

    kind: Literal["shelf", "themes", "links", "matrix"]
    title: str = ""
    ways: tuple[Way, ...] = ()
    filters: Chosen = field(default_factory=dict)
    look: Look = "cards"
    size: int = 4
    rows: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    aside: bool = False


@dataclass(frozen=True)
class LevelView:
    """The view of a level at /levels/<code>. All its texts are Portuguese sentences marked for translation.

    `preset` is what belongs to it, `level` the code whose colour and shape it takes. `years` and `ways` stand in its
    head. `picture` names the tiles of its opening picture (quarter, leaf, circle, two, hexagon, arch, diamond, triangle,
    clover, stripes, dots, plain), or is ("lattice",) for a drawing in lines. `facets` are its filters in order, `look`
    how its results are drawn, and `first` what comes first among them. `words` are its own for a facet, by its name.
    """

    code: str
    name: str
    title: str
    lead: str
    preset: Chosen
    level: str
    blocks: tuple[LevelBlock, ...] = ()
    years: bool = False
    ways: tuple[Way, ...] = ()
    picture: tuple[str, ...] = ("leaf", "quarter", "two", "circle")
    facets: tuple[str, ...] = ()
    look: Look = "rows"
    first: Chosen = field(default_factory=dict)
    weight: int = 50
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Door:
    """A way from the first page into a part of the house; `level` is the code whose colour and shape it takes."""

    level: str
    label: str
    url: str
    materials: int
    kits: int | None = None
    note: str = ""
    weight: int = 50


@dataclass(frozen=True)
class Arrangement:
    """How the results of a search are shown; what is empty is left as it is.

    `facets` come first among the filters, in this order; `look` is how results are drawn; `first` are values of facets
    that come gently first while nobody asked for another order. `note` is a sentence that says so, and `act` (words,
    url) a link beside it. `home` (words, url) leads back to the view that the search belongs to.
    """

    facets: tuple[str, ...] = ()
    look: Look = "rows"
    first: Chosen = field(default_factory=dict)
    note: str = ""
    act: tuple[str, str] | None = None
    home: tuple[str, str] | None = None

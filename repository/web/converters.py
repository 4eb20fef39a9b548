"""How numbers are read in addresses."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST = 999_999_999


class RowNumber(IntegerConverter):
    """The number of a row: what no database could hold is no address at all, rather than an error of ours."""

    regex = r"\d{1,9}"

    def __init__(self, map: Map, **known: Any) -> None:
        super().__init__(map, **{"max": LARGEST} | known)

"""What a request says in its address and its form, as text that every database can hold."""

from typing import Any

from werkzeug.datastructures import ImmutableMultiDict

NUL, INSTEAD = "\0", "\ufffd"  # as browsers replace it in a page


class Asked(ImmutableMultiDict[str, Any]):
    """Parameters by name. PostgreSQL refuses a NUL in a text, so that it is another character from the start."""

    def __init__(self, mapping: Any = None) -> None:
        pairs = (
            [(_storable(name), _storable(value)) for name, value in mapping] if isinstance(mapping, list) else mapping
        )
        super().__init__(pairs)


def _storable(value: Any) -> Any:
    return value.replace(NUL, INSTEAD) if isinstance(value, str) else value

"""How wide the columns of a table should be, for all formats."""

from repository.demo.blocks import Table, plain

PADDING = 3
LETTERS_ACROSS = 88


def column_weights(block: Table) -> tuple[int, ...]:
    """Return the relative widths of the columns, about one unit a letter.

    No column is narrower than its longest word; what room is left goes to the columns with long texts.
    """
    columns = [[plain(row[place]) for row in block.rows] for place in range(len(block.rows[0]))]
    least = [
        max(max((len(word) for text in texts for word in text.split()), default=1), 4) + PADDING for texts in columns
    ]
    wanted = [max(max(map(len, texts)) + PADDING, low) for texts, low in zip(columns, least, strict=True)]
    if sum(wanted) <= LETTERS_ACROSS:
        return tuple(wanted)
    room = max(LETTERS_ACROSS - sum(least), 0)
    greed = sum(wanted) - sum(least) or 1
    return tuple(low + room * (want - low) // greed for low, want in zip(least, wanted, strict=True))

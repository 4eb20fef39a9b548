"""How wide the columns of a table should be, for all formats."""

from repository.demo.blocks import Table, plain


def column_weights(block: Table) -> tuple[int, ...]:
    """Return how wide each column should be, relative to the others, from the longest text and word in it."""
    weights = []
    for place in range(len(block.rows[0])):
        texts = [plain(row[place]) for row in block.rows]
        longest_word = max((len(word) for text in texts for word in text.split()), default=1)
        weights.append(max(longest_word + 2, min(max(map(len, texts)), 46), 6))
    return tuple(weights)

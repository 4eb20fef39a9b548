"""Marks text for translation where no page is known: the page translates it when it shows it."""


def N_(text: str) -> str:
    """Return `text` unchanged; the message extractor collects it."""
    return text

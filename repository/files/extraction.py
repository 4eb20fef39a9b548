"""What a reader finds in a file, and what is made of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Extraction:
    """What a file says about itself and in itself.

    `title` and `summary` are proposals; `language` is a BCP 47 tag, or None when unsure. `pages` are the texts of
    pages, slides or sheets, a newline between paragraphs; their total is capped. `page_count` is None where pages
    mean nothing.
    `hidden` says what the file carries unseen: "gps", "author"; and why that has to stay: "signed", "locked".
    """

    title: str
    language: str | None
    summary: str
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    page_count: int | None = None
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What a reader found, not yet cleaned or chosen from; `names_itself` says that its first line may be its title."""

    title: str = ""
    heading: str = ""
    names_itself: bool = True
    language: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    page_count: int | None = None
    hidden: tuple[str, ...] = ()

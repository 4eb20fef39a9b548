"""The words of an item's files, as the checks read them."""

from collections.abc import Iterator

from sqlalchemy import select

from repository.api import File, FileText, Item, Work

MOST_PAGES = 300  # of one file; what is wrong with a book is seen in its first pages
LONGEST_PAGE = 20_000  # characters


def pages_of(work: Work, item: Item) -> Iterator[tuple[File, int, str]]:
    """Yield each page of the item's files that has words: the file, the page's number from 1, its text."""
    files = {file.id: file for file in item.files}
    rows = select(FileText).where(FileText.file_id.in_(files), FileText.page <= MOST_PAGES)
    for row in work.session.scalars(rows.order_by(FileText.file_id, FileText.page)):
        yield files[row.file_id], row.page, row.text[:LONGEST_PAGE]


def text_of(work: Work, file: File) -> str:
    """Return the words of one file, its pages joined."""
    rows = select(FileText.text).where(FileText.file_id == file.id, FileText.page <= MOST_PAGES)
    return "\n".join(text[:LONGEST_PAGE] for text in work.session.scalars(rows.order_by(FileText.page)))

"""Reports on paper: A4, tables with their heads on each page, bars with their numbers, nothing told by colour alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from plugins.reports.printed import Picture, Printed, YearReport
from repository.api import Sheet

MARGIN = 18  # mm
ANIL, PALE = (36, 71, 158), (231, 236, 248)
LEAST_FIRST = 44  # mm for the words of a row
MOST_UPRIGHT = 7  # columns on a sheet that stands


class Pages(Sheet):
    """Sheets with their number and their report's name at the foot."""

    foot = ""

    def footer(self) -> None:
        """Write the foot of a page."""
        self.set_xy(MARGIN, -12)
        self.say(self.foot, 8, soft=True, width=self.epw - 20)
        self.set_xy(MARGIN + self.epw - 20, -12)
        self.say(str(self.page_no()), 8, soft=True, width=20, right=True)


def table_sheet(
    words: Mapping[str, str], table: Printed, notes: Sequence[str], language: str, made_at: datetime
) -> bytes:
    """Return one table on paper, wide ones across; `words` are centre, title, about and made."""
    page = _begin(words, language, made_at, wide=len(table.heads) > MOST_UPRIGHT)
    _table(page, table, titled=False)
    _notes(page, [*notes, words["made"]])
    return bytes(page.output())


def year_sheets(report: YearReport, language: str, made_at: datetime) -> bytes:
    """Return the report of a year on paper: sentences, figures, pictures, tables, and what lacks."""
    page = _begin(report.words, language, made_at)
    page.say(" ".join(report.told), 12)
    page.ln(4)
    _facts(page, report.facts)
    for picture in report.pictures:
        _picture(page, picture)
    for table in report.tables:
        _table(page, table)
    _gaps(page, *report.gaps)
    _notes(page, [*report.notes, report.words["made"]])
    return bytes(page.output())


def _begin(words: Mapping[str, str], language: str, made_at: datetime, *, wide: bool = False) -> Pages:
    page = Pages(words["title"], language, made_at, wide=wide)
    page.foot = f"{words['centre']} · {words['title']}"
    page.say(words["centre"], 10, soft=True)
    page.ln(1)
    page.say(words["title"], 20, bold=True)
    page.say(words["about"], 11, soft=True)
    page.ln(4)
    return page


def _facts(page: Pages, facts: Sequence[tuple[str, str, str]]) -> None:
    if not facts:
        return
    top, wide, low = page.get_y(), page.epw / len(facts), 0.0
    page.rule(MARGIN, top, page.epw)
    for place, (number, words, before) in enumerate(facts):
        page.set_xy(MARGIN + place * wide, top + 3)
        page.say(number, 20, bold=True, width=wide - 3)
        page.say(words, 9, width=wide - 3)
        if before:
            page.say(before, 8, soft=True, width=wide - 3)
        low = max(low, page.get_y())
    page.set_xy(MARGIN, low + 3)
    page.rule(MARGIN, low + 3, page.epw)
    page.ln(6)


def _picture(page: Pages, picture: Picture) -> None:
    page.room_for(16 + 6 * len(picture.bars))
    page.say(picture.finding, 13, bold=True)
    page.say(picture.about, 9, soft=True)
    page.ln(2)
    most, room = max(length for _, length, _ in picture.bars), page.epw - 60 - 22
    for words, length, number in picture.bars:
        top = page.get_y()
        page.say(words, 9, width=58)
        low = page.get_y()
        page.set_fill_color(*ANIL)
        long = max(0.6, room * length / most)
        page.rect(MARGIN + 60, top + 0.4, long, 3.6, style="F")
        page.set_xy(MARGIN + 62 + long, top)
        page.say(number, 9, bold=True, width=20)
        page.set_xy(MARGIN, max(low, page.get_y()) + 1)
    page.ln(4)


def _table(page: Pages, table: Printed, *, titled: bool = True) -> None:
    page.room_for(min(90, 26 + 7 * len(table.rows)))
    if titled:
        page.say(table.title, 13, bold=True)
        page.ln(2)
    first = max(LEAST_FIRST, page.epw - 21 * len(table.heads))
    wide = (page.epw - first) / max(1, len(table.heads))
    _head(page, table, first, wide)
    for place, (words, cells) in enumerate(table.rows, 1):
        if page.is_full(22 if place == len(table.rows) else 12):  # the sum never stands alone
            page.add_page()
            _head(page, table, first, wide)
        _cells(page, words, cells, first, wide)
    if table.total is not None:
        page.rule(MARGIN, page.get_y() - 0.5, page.epw)
        _cells(page, *table.total, first, wide, bold=True)
    page.ln(6)


def _head(page: Pages, table: Printed, first: float, wide: float) -> None:
    _cells(page, table.first, table.heads, first, wide, bold=True, soft=True)
    page.rule(MARGIN, page.get_y(), page.epw)
    page.ln(1)


def _cells(
    page: Pages, words: str, cells: Sequence[str], first: float, wide: float, *, bold: bool = False, soft: bool = False
) -> None:
    size = _fitting(page, cells, 7 if wide < 16 else 7.5 if bold else 9, wide, bold)
    top = page.get_y()
    page.say(words, 9, bold=bold, soft=soft, width=first - 3)
    low = page.get_y()
    for place, cell in enumerate(cells):
        page.set_xy(MARGIN + first + place * wide, top)
        page.say(cell, size, bold=bold, soft=soft, width=wide, right=True)
        low = max(low, page.get_y())
    page.set_xy(MARGIN, low + 1)


def _fitting(page: Pages, cells: Sequence[str], size: float, wide: float, bold: bool) -> float:
    """Return the size in which the longest word of a row stays on one line, at the least 5 points."""
    longest = page.longest_word(" ".join(cells), size, bold=bold)
    room = wide - 2 * page.c_margin
    return size if longest <= room else max(5.0, size * room / longest * 0.99)


def _gaps(page: Pages, finding: str, rows: Sequence[tuple[str, str, str]]) -> None:
    page.room_for(30)
    page.say(finding, 13, bold=True)
    page.ln(2)
    for level, number, names in rows:
        page.room_for(14)
        top = page.get_y()
        page.say(level, 9, bold=True, width=28)
        low = page.get_y()
        page.set_xy(MARGIN + 28, top)
        page.say(number, 9, width=22)
        page.set_xy(MARGIN + 50, top)
        page.say(names, 9, width=page.epw - 50)
        page.set_xy(MARGIN, max(low, page.get_y()) + 2)
    page.ln(3)


def _notes(page: Pages, notes: Sequence[str]) -> None:
    for note in notes:
        page.say(note, 8, soft=True)
        page.ln(0.5)

"""ODP: a coloured cover, then one page per heading."""

from pathlib import Path

from repository.demo.blocks import Item, Note, Paragraph, Table
from repository.demo.makers.look import INK, Colours, colours_of
from repository.demo.makers.odf import language_of, package, shared_styles, spans, style, table_rows
from repository.demo.makers.slides import Slide, cut
from repository.demo.material import DemoFile


def make(spec: DemoFile, path: Path) -> None:
    """Write an ODP: a cover, then one page per heading."""
    look = colours_of(spec.level)
    cover = (
        '<draw:page draw:name="capa" draw:style-name="dark" draw:master-page-name="Default">'
        + _drawn("ellipse", "solid", 20.5, -2.5, 9.5, 9.5)
        + _drawn("rect", "tint", 19.0, 10.0, 4.6, 4.6)
        + _frame(1.6, 3.2, 17, 1.2, "CoverSmall", [spec.kicker])
        + _frame(1.6, 4.6, 17, 5, "CoverTitle", [spec.title], kind="title")
        + _frame(1.6, 13.6, 17, 1.2, "CoverSmall", [f"{spec.authors} · {spec.licence}"])
        + "</draw:page>"
    )
    pages = [_page(slide, number) for number, slide in enumerate(cut(spec.blocks, spec.title), start=2)]
    body = f"<office:presentation>{cover}{''.join(pages)}</office:presentation>"
    package(spec, path, "presentation", _slide_styles(), shared_styles(look) + _slide_texts(spec, look), body)


def _slide_texts(spec: DemoFile, look: Colours) -> str:
    """Styles of the words on slides; Impress heeds paragraph styles only among the automatic ones."""
    base = f'fo:font-family="Arial" {language_of(spec)}'
    styles = [
        ("CoverTitle", 'fo:line-height="100%"', f'{base} fo:font-size="36pt" fo:font-weight="bold" fo:color="#ffffff"'),
        ("CoverSmall", "", f'{base} fo:font-size="14pt" fo:color="#{look.tint}"'),
        ("SlideTitle", "", f'{base} fo:font-size="27pt" fo:font-weight="bold" fo:color="#{look.dark}"'),
        ("SlideNote", "", f'{base} fo:font-size="16pt" fo:color="#{look.dark}"'),
    ]
    for size in (14, 16, 17, 20, 24, 28):
        spacing = 'fo:margin-bottom="0.25cm" fo:line-height="108%"'
        styles.append((f"Body{size}", spacing, f'{base} fo:font-size="{size}pt" fo:color="#{INK}"'))
    cells = [("SlideHead", look.tint), ("SlideCell", "ffffff")]
    return "".join(style(*told, parent="") for told in styles) + "".join(
        f'<style:style style:name="{name}" style:family="table-cell"><style:graphic-properties draw:fill="solid" '
        f'draw:fill-color="#{colour}" fo:padding="0.15cm"/><style:paragraph-properties '
        'fo:border="0.03cm solid #c9ced8"/></style:style>'
        for name, colour in cells
    )


def _slide_styles() -> str:
    layout = (
        '<style:page-layout style:name="Wide"><style:page-layout-properties fo:page-width="28cm" '
        'fo:page-height="15.75cm" style:print-orientation="landscape" fo:margin-top="0cm" fo:margin-bottom="0cm" '
        'fo:margin-left="0cm" '
        'fo:margin-right="0cm"/></style:page-layout>'
    )
    master = '<style:master-page style:name="Default" style:page-layout-name="Wide"/>'
    return (
        f"<office:automatic-styles>{layout}</office:automatic-styles>"
        f"<office:master-styles>{master}</office:master-styles>"
    )


def _page(slide: Slide, number: int) -> str:
    texts = [block for block in slide.blocks if isinstance(block, Paragraph | Item)]
    tables = [block for block in slide.blocks if isinstance(block, Table)]
    notes = [block for block in slide.blocks if isinstance(block, Note)]
    length = sum(len(block.text) + 50 for block in texts) + 220 * len(tables)
    size = 28 if length < 320 else 24 if length < 480 else 20 if length < 720 else 17 if length < 1000 else 14
    lines = [(f"{block.mark}  " if isinstance(block, Item) else "") + block.text for block in texts]
    height = min(9.5, sum(1 + len(line) // (1500 // size) for line in lines) * size * 0.055 + 0.6)
    parts = [
        _drawn("rect", "solid", 0, 0, 0.6, 15.75),
        _frame(1.6, 0.7, 25, 1.7, "SlideTitle", [slide.title], kind="title"),
    ]
    top = 2.9
    if lines:
        parts.append(_frame(1.6, top, 25, height, f"Body{size}", lines))
        top += height
    for place, table in enumerate(tables):
        rows = len(table.rows)
        parts.append(
            f'<draw:frame svg:x="1.6cm" svg:y="{top:.2f}cm" svg:width="25cm" svg:height="{rows * 1.25:.2f}cm">'
            f'<table:table table:name="t{number}-{place}"><table:table-column '
            f'table:number-columns-repeated="{len(table.rows[0])}"/>'
            + "".join(table_rows(table, "SlideHead", "SlideCell", "Body16"))
            + "</table:table></draw:frame>"
        )
        top += rows * 1.25 + 0.5
    for note in notes:
        parts.append(_frame(1.6, max(12.9, min(top, 13.3)), 25, 2.1, "SlideNote", [note.text], style="tint"))
    inside = "".join(parts)
    return (
        f'<draw:page draw:name="p{number}" draw:style-name="light" draw:master-page-name="Default">{inside}</draw:page>'
    )


def _frame(
    left: float,
    top: float,
    width: float,
    height: float,
    name: str,
    lines: list[str],
    kind: str = "",
    style: str = "clear",
) -> str:
    role = f' presentation:class="{kind}"' if kind else ""
    inside = "".join(f'<text:p text:style-name="{name}">{spans(line)}</text:p>' for line in lines)
    return (
        f'<draw:frame{role} draw:style-name="{style}" svg:x="{left}cm" svg:y="{top:.2f}cm" svg:width="{width}cm" '
        f'svg:height="{height:.2f}cm"><draw:text-box>{inside}</draw:text-box></draw:frame>'
    )


def _drawn(shape: str, style: str, left: float, top: float, width: float, height: float) -> str:
    return (
        f'<draw:{shape} draw:style-name="{style}" svg:x="{left}cm" svg:y="{top}cm" svg:width="{width}cm" '
        f'svg:height="{height}cm"/>'
    )

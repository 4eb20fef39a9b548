"""ODT: a text document with named styles, headings with levels and a foot on every page."""

from pathlib import Path
from xml.sax.saxutils import escape

from repository.demo.blocks import Block, Break, Code, Heading, Item, Lines, Note, Paragraph, Table
from repository.demo.makers.look import INK, Colours, colours_of, pupil_line
from repository.demo.makers.odf import language_of, package, shared_styles, spans, style, table_rows
from repository.demo.makers.tables import column_weights
from repository.demo.material import DemoFile

TEXT_WIDTH = 16.6


def make(spec: DemoFile, path: Path) -> None:
    """Write an ODT."""
    look = colours_of(spec.level)
    head = [f'<text:p text:style-name="Kicker">{escape(spec.kicker)}</text:p>']
    head.append(f'<text:p text:style-name="Title">{escape(spec.title)}</text:p>')
    if spec.for_pupils:
        name, group, day = pupil_line(spec.language)
        head.append(
            f'<text:p text:style-name="Standard">{name} {"_" * 40}  {group} {"_" * 8}  {day} {"_" * 12}</text:p>'
        )
    body = "".join([*head, *(_element(block, number) for number, block in enumerate(spec.blocks))])
    automatic = shared_styles(look) + _widths(spec.blocks)
    package(spec, path, "text", _text_styles(spec, look), automatic, f"<office:text>{body}</office:text>")


def _text_styles(spec: DemoFile, look: Colours) -> str:
    base = f'fo:font-family="Arial" fo:color="#{INK}" {language_of(spec)}'
    tinted = f'fo:background-color="#{look.tint}" fo:padding='
    item, small = 'fo:text-indent="-0.8cm" fo:margin-bottom="0.14cm"', 'fo:font-size="10.5pt"'
    word = f'fo:color="#{look.dark}"'
    edge = f'fo:border-left="0.12cm solid #{look.solid}" fo:margin-top="0.2cm" fo:margin-bottom="0.3cm"'
    rule = 'fo:border-bottom="0.02cm solid #7f8696" style:join-border="false" fo:margin-bottom="0.3cm"'
    styles = [
        style("Standard", 'fo:margin-bottom="0.18cm" fo:line-height="118%"', f"{base} {small}"),
        style("Kicker", f'{tinted}"0.2cm" fo:margin-bottom="0cm"', f'fo:font-size="9.5pt" {word}'),
        style(
            "Title", f'{tinted}"0.2cm" fo:margin-bottom="0.5cm"', f'fo:font-size="20pt" fo:font-weight="bold" {word}'
        ),
        _heading_style(1, "14pt", look),
        _heading_style(2, "12pt", look),
        style("Note", f'{tinted}"0.25cm" {edge}', small),
        style("Item", f'fo:margin-left="0.9cm" {item}', small),
        style("ItemDeep", f'fo:margin-left="1.7cm" {item}', small),
        style("Line", rule, 'fo:font-size="12pt"'),
        style("Foot", "", 'fo:font-size="8pt" fo:color="#5f667a"'),
    ]
    page = (
        '<style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" '
        'fo:margin-top="1.8cm" fo:margin-bottom="1.5cm" fo:margin-left="2.2cm" fo:margin-right="2.2cm"/>'
        '<style:footer-style><style:header-footer-properties fo:min-height="0.8cm"/></style:footer-style>'
        "</style:page-layout>"
    )
    foot = (
        f'<text:p text:style-name="Foot">{escape(spec.authors)} · {escape(spec.licence)} · <text:page-number/></text:p>'
    )
    master = (
        f'<style:master-page style:name="Standard" style:page-layout-name="A4"><style:footer>{foot}</style:footer>'
        "</style:master-page>"
    )
    return (
        f"<office:styles>{''.join(styles)}</office:styles><office:automatic-styles>{page}</office:automatic-styles>"
        f"<office:master-styles>{master}</office:master-styles>"
    )


def _heading_style(level: int, size: str, look: Colours) -> str:
    return (
        f'<style:style style:name="Heading_20_{level}" style:display-name="Heading {level}" style:family="paragraph" '
        f'style:parent-style-name="Standard" style:default-outline-level="{level}"><style:paragraph-properties '
        'fo:margin-top="0.45cm" fo:margin-bottom="0.15cm" fo:keep-with-next="always"/><style:text-properties '
        f'fo:font-size="{size}" fo:font-weight="bold" fo:color="#{look.dark}"/></style:style>'
    )


def _element(block: Block, number: int) -> str:
    match block:
        case Heading():
            named = f'text:style-name="Heading_20_{block.level}" text:outline-level="{block.level}"'
            return f"<text:h {named}>{escape(block.text)}</text:h>"
        case Paragraph():
            return f'<text:p text:style-name="Standard">{spans(block.text)}</text:p>'
        case Item():
            name = "ItemDeep" if block.depth else "Item"
            return f'<text:p text:style-name="{name}">{block.mark}<text:tab/>{spans(block.text)}</text:p>'
        case Note():
            return f'<text:p text:style-name="Note">{spans(block.text)}</text:p>'
        case Table():
            return _table(block, number)
        case Lines():
            return '<text:p text:style-name="Line"/>' * block.count
        case Break():
            return '<text:p text:style-name="PageBreak"/>'
        case Code():
            lines = (
                f'<text:s text:c="{len(line) - len(line.lstrip())}"/>{escape(line.lstrip())}' for line in block.lines
            )
            return "".join(f'<text:p text:style-name="Code">{line}</text:p>' for line in lines)


def _table(block: Table, number: int) -> str:
    """Column widths stand in automatic styles, so each table brings the names of those `_widths` has written."""
    head, *rest = table_rows(block, "HeadCell", "Cell", "Standard")
    columns = "".join(
        f'<table:table-column table:style-name="t{number}c{place}"/>' for place in range(len(block.rows[0]))
    )
    return (
        f'<table:table table:name="tabela{number}">{columns}<table:table-header-rows>{head}</table:table-header-rows>'
        f'{"".join(rest)}</table:table><text:p text:style-name="Standard"/>'
    )


def _widths(blocks: tuple[Block, ...]) -> str:
    styles = []
    for number, block in enumerate(blocks):
        if isinstance(block, Table):
            weights = column_weights(block)
            for place, weight in enumerate(weights):
                width = TEXT_WIDTH * weight / sum(weights)
                styles.append(
                    f'<style:style style:name="t{number}c{place}" style:family="table-column">'
                    f'<style:table-column-properties style:column-width="{width:.2f}cm"/></style:style>'
                )
    return "".join(styles)

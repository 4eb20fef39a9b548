"""ODT and ODP, written straight as OASIS OpenDocument 1.3 packages: mimetype first and stored, then the XML parts."""

from pathlib import Path
from xml.sax.saxutils import escape

from repository.demo.blocks import Block, Break, Code, Heading, Item, Lines, Note, Paragraph, Table, runs
from repository.demo.makers.look import INK, MADE_ON, Colours, colours_of, pupil_line, write_zip
from repository.demo.makers.slides import Slide, cut
from repository.demo.material import DemoFile

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
        "presentation": "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0",
        "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
        "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
        "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
    }.items()
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def make_text(spec: DemoFile, path: Path) -> None:
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
    _package(spec, path, "text", _text_styles(spec, look), _automatic(look), f"<office:text>{body}</office:text>")


def make_slides(spec: DemoFile, path: Path) -> None:
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
    _package(spec, path, "presentation", _slide_styles(), _automatic(look) + _slide_texts(spec, look), body)


def _package(spec: DemoFile, path: Path, kind: str, styles: str, automatic: str, body: str) -> None:
    media = f"application/vnd.oasis.opendocument.{kind}"
    content = f"<office:automatic-styles>{automatic}</office:automatic-styles><office:body>{body}</office:body>"
    day = MADE_ON.strftime("%Y-%m-%dT%H:%M:%S")
    meta = (
        f"<office:meta><dc:title>{escape(spec.title)}</dc:title><dc:subject>{escape(spec.kicker)}</dc:subject>"
        f"<meta:initial-creator>{escape(spec.authors)}</meta:initial-creator><dc:creator>{escape(spec.authors)}</dc:creator>"
        f"<meta:creation-date>{day}</meta:creation-date><dc:date>{day}</dc:date>"
        f"<dc:language>{spec.language}</dc:language></office:meta>"
    )
    entries = [("/", media), ("content.xml", "text/xml"), ("styles.xml", "text/xml"), ("meta.xml", "text/xml")]
    manifest = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>' for name, kind in entries
    )
    members = [
        ("mimetype", media),
        ("content.xml", _root("content", content)),
        ("styles.xml", _root("styles", styles)),
        ("meta.xml", _root("meta", meta)),
        (
            "META-INF/manifest.xml",
            f'{DECLARATION}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
            f'manifest:version="1.3">{manifest}</manifest:manifest>',
        ),
    ]
    write_zip(path, [(name, text.encode()) for name, text in members], stored=("mimetype",))


def _root(part: str, inside: str) -> str:
    return f'{DECLARATION}<office:document-{part} {NAMESPACES} office:version="1.3">{inside}</office:document-{part}>'


def _style(name: str, paragraph: str, text: str, parent: str = "Standard") -> str:
    inherited = f' style:parent-style-name="{parent}"' if parent and name != parent else ""
    return (
        f'<style:style style:name="{name}" style:family="paragraph"{inherited}>'
        f"<style:paragraph-properties {paragraph}/><style:text-properties {text}/></style:style>"
    )


def _language(spec: DemoFile) -> str:
    language, _, country = spec.language.partition("-")
    return f'fo:language="{language}" fo:country="{country or "none"}"'


def _text_styles(spec: DemoFile, look: Colours) -> str:
    tint = f'fo:background-color="#{look.tint}"'
    base = f'fo:font-family="Arial" fo:color="#{INK}" {_language(spec)}'
    styles = [
        _style("Standard", 'fo:margin-bottom="0.18cm" fo:line-height="118%"', f'{base} fo:font-size="10.5pt"'),
        _style("Kicker", f'{tint} fo:padding="0.2cm" fo:margin-bottom="0cm"', f'fo:font-size="9.5pt" fo:color="#{look.dark}"'),
        _style("Title", f'{tint} fo:padding="0.2cm" fo:margin-bottom="0.5cm" fo:line-height="105%"',
               f'fo:font-size="20pt" fo:font-weight="bold" fo:color="#{look.dark}"'),
        _heading_style(1, "14pt", look), _heading_style(2, "12pt", look),
        _style("Note", f'{tint} fo:padding="0.25cm" fo:border-left="0.12cm solid #{look.solid}" fo:margin-top="0.2cm" '
               'fo:margin-bottom="0.3cm"', 'fo:font-size="10.5pt"'),
        _style("Item", 'fo:margin-left="0.9cm" fo:text-indent="-0.8cm" fo:margin-bottom="0.14cm"', 'fo:font-size="10.5pt"'),
        _style("ItemDeep", 'fo:margin-left="1.7cm" fo:text-indent="-0.8cm" fo:margin-bottom="0.14cm"', 'fo:font-size="10.5pt"'),
        _style("Line", 'fo:border-bottom="0.02cm solid #7f8696" style:join-border="false" fo:margin-bottom="0.3cm"', 'fo:font-size="12pt"'),
        _style("Foot", "", 'fo:font-size="8pt" fo:color="#5f667a"'),
    ]  # fmt: skip
    page = (
        '<style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" '
        'fo:margin-top="1.8cm" fo:margin-bottom="1.5cm" fo:margin-left="2.2cm" fo:margin-right="2.2cm"/>'
        '<style:footer-style><style:header-footer-properties fo:min-height="0.8cm"/></style:footer-style></style:page-layout>'
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


def _automatic(look: Colours) -> str:
    return (
        '<style:style style:name="Bold" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
        '<style:style style:name="Italic" style:family="text"><style:text-properties fo:font-style="italic"/></style:style>'
        '<style:style style:name="Code" style:family="paragraph" style:parent-style-name="Standard">'
        '<style:text-properties fo:font-family="Courier New"/></style:style>'
        '<style:style style:name="PageBreak" style:family="paragraph" style:parent-style-name="Standard">'
        '<style:paragraph-properties fo:break-before="page"/></style:style>'
        '<style:style style:name="Cell" style:family="table-cell"><style:table-cell-properties fo:padding="0.12cm" '
        'fo:border="0.02cm solid #c9ced8"/></style:style>'
        '<style:style style:name="HeadCell" style:family="table-cell"><style:table-cell-properties fo:padding="0.12cm" '
        f'fo:border="0.02cm solid #c9ced8" fo:background-color="#{look.tint}"/></style:style>'
        + "".join(
            f'<style:style style:name="{name}" style:family="graphic"><style:graphic-properties draw:stroke="none" '
            f'draw:fill="solid" draw:fill-color="#{colour}"/></style:style>'
            for name, colour in (("solid", look.solid), ("tint", look.tint))
        )
        + '<style:style style:name="clear" style:family="graphic"><style:graphic-properties draw:stroke="none" '
        'draw:fill="none"/></style:style>'
        + "".join(
            f'<style:style style:name="{name}" style:family="drawing-page"><style:drawing-page-properties '
            f'draw:fill="solid" draw:fill-color="#{colour}"/></style:style>'
            for name, colour in (("dark", look.dark), ("light", "ffffff"))
        )
    )


def _spans(text: str) -> str:
    return "".join(
        f'<text:span text:style-name="{"Bold" if run.bold else "Italic"}">{escape(run.text)}</text:span>'
        if run.bold or run.italic
        else escape(run.text)
        for run in runs(text)
    )


def _element(block: Block, number: int) -> str:
    match block:
        case Heading():
            level = block.level
            return f'<text:h text:style-name="Heading_20_{level}" text:outline-level="{level}">{escape(block.text)}</text:h>'
        case Paragraph():
            return f'<text:p text:style-name="Standard">{_spans(block.text)}</text:p>'
        case Item():
            name = "ItemDeep" if block.depth else "Item"
            return f'<text:p text:style-name="{name}">{block.mark}<text:tab/>{_spans(block.text)}</text:p>'
        case Note():
            return f'<text:p text:style-name="Note">{_spans(block.text)}</text:p>'
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
    head, *rest = _rows(block, "HeadCell", "Cell", "Standard")
    columns = f'<table:table-column table:number-columns-repeated="{len(block.rows[0])}"/>'
    return (
        f'<table:table table:name="tabela{number}">{columns}<table:table-header-rows>{head}</table:table-header-rows>'
        f'{"".join(rest)}</table:table><text:p text:style-name="Standard"/>'
    )


def _rows(block: Table, head_cell: str, cell: str, paragraph: str) -> list[str]:
    return [
        "<table:table-row>"
        + "".join(
            f'<table:table-cell table:style-name="{cell if number else head_cell}" office:value-type="string">'
            f'<text:p text:style-name="{paragraph}">{_spans(text if number or not text else f"**{text}**")}</text:p>'
            "</table:table-cell>"
            for text in cells
        )
        + "</table:table-row>"
        for number, cells in enumerate(block.rows)
    ]


def _slide_texts(spec: DemoFile, look: Colours) -> str:
    """Styles of the words on slides; Impress heeds paragraph styles only among the automatic ones."""
    base = f'fo:font-family="Arial" {_language(spec)}'
    styles = [
        ("CoverTitle", 'fo:line-height="100%"', f'{base} fo:font-size="36pt" fo:font-weight="bold" fo:color="#ffffff"'),
        ("CoverSmall", "", f'{base} fo:font-size="14pt" fo:color="#{look.tint}"'),
        ("SlideTitle", "", f'{base} fo:font-size="27pt" fo:font-weight="bold" fo:color="#{look.dark}"'),
        ("SlideNote", "", f'{base} fo:font-size="16pt" fo:color="#{look.dark}"'),
    ]
    for size in (14, 17, 20, 24):
        spacing = 'fo:margin-bottom="0.25cm" fo:line-height="108%"'
        styles.append((f"Body{size}", spacing, f'{base} fo:font-size="{size}pt" fo:color="#{INK}"'))
    cells = [("SlideHead", look.tint), ("SlideCell", "ffffff")]
    return "".join(_style(*style, parent="") for style in styles) + "".join(
        f'<style:style style:name="{name}" style:family="table-cell"><style:graphic-properties draw:fill="solid" '
        f'draw:fill-color="#{colour}" fo:padding="0.15cm"/><style:paragraph-properties '
        'fo:border="0.03cm solid #c9ced8"/></style:style>'
        for name, colour in cells
    )


def _slide_styles() -> str:
    layout = (
        '<style:page-layout style:name="Wide"><style:page-layout-properties fo:page-width="28cm" fo:page-height="15.75cm" '
        'style:print-orientation="landscape" fo:margin-top="0cm" fo:margin-bottom="0cm" fo:margin-left="0cm" '
        'fo:margin-right="0cm"/></style:page-layout>'
    )
    master = '<style:master-page style:name="Default" style:page-layout-name="Wide"/>'
    return f"<office:automatic-styles>{layout}</office:automatic-styles><office:master-styles>{master}</office:master-styles>"


def _page(slide: Slide, number: int) -> str:
    texts = [block for block in slide.blocks if isinstance(block, Paragraph | Item)]
    tables = [block for block in slide.blocks if isinstance(block, Table)]
    notes = [block for block in slide.blocks if isinstance(block, Note)]
    length = sum(len(block.text) + 50 for block in texts) + 220 * len(tables)
    size = 24 if length < 420 else 20 if length < 700 else 17 if length < 1000 else 14
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
            f'<draw:frame svg:x="1.6cm" svg:y="{top:.2f}cm" svg:width="25cm" svg:height="{rows * 1.1:.2f}cm">'
            f'<table:table table:name="t{number}-{place}"><table:table-column '
            f'table:number-columns-repeated="{len(table.rows[0])}"/>'
            + "".join(_rows(table, "SlideHead", "SlideCell", "Body14"))
            + "</table:table></draw:frame>"
        )
        top += rows * 1.1 + 0.5
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
    inside = "".join(f'<text:p text:style-name="{name}">{_spans(line)}</text:p>' for line in lines)
    return (
        f'<draw:frame{role} draw:style-name="{style}" svg:x="{left}cm" svg:y="{top:.2f}cm" svg:width="{width}cm" '
        f'svg:height="{height:.2f}cm"><draw:text-box>{inside}</draw:text-box></draw:frame>'
    )


def _drawn(shape: str, style: str, left: float, top: float, width: float, height: float) -> str:
    return (
        f'<draw:{shape} draw:style-name="{style}" svg:x="{left}cm" svg:y="{top}cm" svg:width="{width}cm" '
        f'svg:height="{height}cm"/>'
    )

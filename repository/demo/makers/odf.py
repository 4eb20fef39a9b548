"""What ODT and ODP share: an OpenDocument 1.3 package (mimetype first and stored, then the XML) and its styles."""

from pathlib import Path
from xml.sax.saxutils import escape

from repository.demo.blocks import Table, runs
from repository.demo.makers.look import MADE_ON, Colours, write_zip
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


def package(spec: DemoFile, path: Path, kind: str, styles: str, automatic: str, body: str) -> None:
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


def style(name: str, paragraph: str, text: str, parent: str = "Standard") -> str:
    inherited = f' style:parent-style-name="{parent}"' if parent and name != parent else ""
    return (
        f'<style:style style:name="{name}" style:family="paragraph"{inherited}>'
        f"<style:paragraph-properties {paragraph}/><style:text-properties {text}/></style:style>"
    )


def language_of(spec: DemoFile) -> str:
    language, _, country = spec.language.partition("-")
    return f'fo:language="{language}" fo:country="{country or "none"}"'


def spans(text: str) -> str:
    return "".join(
        f'<text:span text:style-name="{"Bold" if run.bold else "Italic"}">{escape(run.text)}</text:span>'
        if run.bold or run.italic
        else escape(run.text)
        for run in runs(text)
    )


def shared_styles(look: Colours) -> str:
    return (
        '<style:style style:name="Bold" style:family="text">'
        '<style:text-properties fo:font-weight="bold"/></style:style>'
        '<style:style style:name="Italic" style:family="text">'
        '<style:text-properties fo:font-style="italic"/></style:style>'
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


def table_rows(block: Table, head_cell: str, cell: str, paragraph: str) -> list[str]:
    return [
        "<table:table-row>"
        + "".join(
            f'<table:table-cell table:style-name="{cell if number else head_cell}" office:value-type="string">'
            f'<text:p text:style-name="{paragraph}">{spans(text if number or not text else f"**{text}**")}</text:p>'
            "</table:table-cell>"
            for text in cells
        )
        + "</table:table-row>"
        for number, cells in enumerate(block.rows)
    ]

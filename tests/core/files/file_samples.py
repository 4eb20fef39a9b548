"""Small real files, made when a test needs them."""
# ruff: noqa: E501 - markup is easier to read unbroken

import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import fpdf
import pptx
import xlsxwriter
from PIL import Image, ImageDraw

TITLE = "Frações no recreio"
PROSE = (
    "Os alunos dividem o recreio em partes iguais e descobrem que a mesma parte pode ter vários nomes. "
    "No fim, cada grupo explica o que fez."
)
MORE = "Registam depois as frações equivalentes numa tabela, comparam resultados e escrevem uma conclusão comum."


def pdf(path: Path, *, title: str = "", password: str = "", owner: str = "", pages: int = 1, author: str = "") -> Path:
    document = fpdf.FPDF()
    if title:
        document.set_title(title)
    if author:
        document.set_author(author)
    if password or owner:
        document.set_encryption(owner_password=owner or password, user_password=password)
    for number in range(pages):
        document.add_page()
        document.set_font("Helvetica", "B", 24)
        document.cell(text=TITLE if number == 0 else f"Parte {number + 1}")
        document.ln(20)
        document.set_font("Helvetica", size=12)
        document.multi_cell(0, text=f"{PROSE}\n\n{MORE}")
    document.output(str(path))
    return path


def word(path: Path, *, title: str = "", author: str = "") -> Path:
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = author
    document.core_properties.keywords = "frações; recreio"
    document.add_heading(TITLE, 0)
    document.add_paragraph(PROSE)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text = "um meio"
    table.rows[0].cells[1].text = "dois quartos"
    document.add_page_break()
    document.add_paragraph(MORE)
    document.save(str(path))
    return path


def slides(path: Path) -> Path:
    show = pptx.Presentation()
    first = show.slides.add_slide(show.slide_layouts[1])
    first.shapes.title.text = TITLE
    first.placeholders[1].text = PROSE
    first.notes_slide.notes_text_frame.text = "Lembrar as tesouras."
    second = show.slides.add_slide(show.slide_layouts[5])
    second.shapes.title.text = "Material"
    table = second.shapes.add_table(1, 2, 0, 0, 1000, 1000).table
    table.cell(0, 0).text = "cartolina"
    table.cell(0, 1).text = "cola"
    show.save(str(path))
    return path


def sheet(path: Path) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": TITLE, "author": "Ana"})
        first = book.add_worksheet("Registo")
        first.write_row(0, 0, ["grupo", "fração"])
        first.write_row(1, 0, ["azul", 0.5])
        book.add_worksheet("Contas").write(0, 0, "total do recreio")
    return path


ODF = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = " ".join(
    f'xmlns:{short}="{ODF}{long}"'
    for short, long in {
        "office": "office:1.0", "text": "text:1.0", "table": "table:1.0", "draw": "drawing:1.0", "meta": "meta:1.0",
        "presentation": "presentation:1.0", "style": "style:1.0",
    }.items()
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip
BODIES = {
    "odt": f'<office:text><text:h text:outline-level="1">{TITLE}</text:h><text:p>{PROSE}</text:p><text:p>muito<text:s text:c="2"/>'
    "espaço<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>nota de rodapé</text:p></text:note-body>"
    "</text:note></text:p><table:table><table:table-row><table:table-cell><text:p>um meio</text:p></table:table-cell>"
    "<table:table-cell><text:p>dois quartos</text:p></table:table-cell></table:table-row></table:table></office:text>",
    "odp": f'<office:presentation><draw:page draw:name="p1"><draw:frame presentation:class="title"><draw:text-box><text:p>{TITLE}'
    f"</text:p></draw:text-box></draw:frame><draw:frame><draw:text-box><text:p>{PROSE}</text:p></draw:text-box></draw:frame>"
    "<presentation:notes><draw:frame><draw:text-box><text:p>Lembrar as tesouras.</text:p></draw:text-box></draw:frame>"
    '</presentation:notes></draw:page><draw:page draw:name="p2"><draw:frame><draw:text-box><text:p>cartolina</text:p>'
    "</draw:text-box></draw:frame></draw:page></office:presentation>",
    "ods": '<office:spreadsheet><table:table table:name="Registo"><table:table-row><table:table-cell><text:p>grupo</text:p>'
    "</table:table-cell><table:table-cell><text:p>fração</text:p></table:table-cell></table:table-row></table:table>"
    '<table:table table:name="Contas"><table:table-row><table:table-cell><text:p>total do recreio</text:p></table:table-cell>'
    "</table:table-row></table:table></office:spreadsheet>",
}  # fmt: skip
ODF_TYPES = {"odt": "text", "odp": "presentation", "ods": "spreadsheet"}


def packed(path: Path, members: dict[str, bytes | str], *, first: str = "") -> Path:
    """Write a zip; the member called `first` comes first and is not compressed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(first, members[first], zipfile.ZIP_STORED)
        for name, data in members.items():
            if name != first:
                archive.writestr(name, data)
    return path


def odf(
    path: Path, *, title: str = "", body: str = "", doctype: str = "", extra: dict[str, bytes | str] | None = None
) -> Path:
    ending = path.suffix[1:]
    members: dict[str, bytes | str] = {
        "mimetype": f"application/vnd.oasis.opendocument.{ODF_TYPES[ending]}",
        "META-INF/manifest.xml": '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        "meta.xml": f"<office:document-meta {SPACES}><office:meta><dc:title>{title}</dc:title><meta:initial-creator>Ana"
        "</meta:initial-creator><meta:keyword>frações</meta:keyword></office:meta></office:document-meta>",
        "content.xml": f'<?xml version="1.0"?>{doctype}<office:document-content {SPACES}><office:automatic-styles/><office:body>'
        f"{body or BODIES[ending]}</office:body></office:document-content>",
    }  # fmt: skip
    return packed(path, members | (extra or {}), first="mimetype")


def epub(path: Path, *, doctype: str = "") -> Path:
    chapter = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><h1>{}</h1><p>{}</p></body></html>'
    members: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OPS/livro.opf"/></rootfiles></container>',
        "OPS/livro.opf": f'<?xml version="1.0"?>{doctype}<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>'
        f"{TITLE}</dc:title><dc:creator>Ana</dc:creator><dc:language>pt</dc:language></metadata><manifest>"
        '<item id="b" href="b.xhtml"/><item id="a" href="a%20um.xhtml"/><item id="c" href="capa.png" properties="cover-image"/>'
        '</manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
        "OPS/a um.xhtml": chapter.format("Primeiro", PROSE),
        "OPS/b.xhtml": chapter.format("Segundo", MORE),
        "OPS/capa.png": png_bytes(300, 400),
    }  # fmt: skip
    return packed(path, members, first="mimetype")


def picture(width: int = 600, height: int = 400) -> Image.Image:
    image = Image.new("RGB", (width, height), "#f4efe6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 4, height // 4, width // 2, height // 2), fill="#2a6f97")
    return image


def saved(path: Path) -> Path:
    picture().save(path)
    return path


def png_bytes(width: int = 600, height: int = 400) -> bytes:
    out = io.BytesIO()
    picture(width, height).save(out, "PNG")
    return out.getvalue()


def photo(path: Path, *, hidden: bool = False) -> Path:
    image = picture()
    exif = Image.Exif()
    exif[0x0112] = 6
    if hidden:
        exif[0x013B] = "Ana Autora"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (40.0, 12.0, 5.0)
    image.save(path, "JPEG", exif=exif.tobytes(), comment=b"segredo" if hidden else b"")
    return path


def sound(path: Path) -> Path:
    text = b"\x03" + TITLE.encode()
    frame = b"TIT2" + struct.pack(">I", len(text)) + b"\0\0" + text
    header = b"\xff\xfb\x90\x00"
    path.write_bytes(b"ID3\x04\0\0\0\0\0" + bytes([len(frame)]) + frame + (header + bytes(413)) * 4)
    return path


def wav(path: Path) -> Path:
    data = bytes(800)
    body = (
        b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def film(path: Path, brand: bytes = b"isom") -> Path:
    name = box(b"\xa9nam", box(b"data", struct.pack(">II", 1, 0) + TITLE.encode()))
    moov = box(b"moov", box(b"udta", box(b"meta", bytes(4) + box(b"ilst", name))))
    path.write_bytes(box(b"ftyp", brand + bytes(4) + b"isom") + moov + box(b"mdat", bytes(64)))
    return path


def ogg(path: Path, codec: bytes = b"\x01vorbis") -> Path:
    path.write_bytes(b"OggS\0\x02" + bytes(20) + b"\x01\x1e" + codec + bytes(60))
    return path


def compound(path: Path, *streams: str) -> Path:
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[30:32] = struct.pack("<H", 9)
    header[48:52] = struct.pack("<I", 1)
    header[76:512] = struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    directory = bytearray(512)
    for number, name in enumerate(("Root Entry", *streams)):
        raw = name.encode("utf-16-le") + b"\0\0"
        directory[number * 128 : number * 128 + len(raw)] = raw
        directory[number * 128 + 64 : number * 128 + 66] = struct.pack("<H", len(raw))
    path.write_bytes(bytes(header) + table + bytes(directory))
    return path


def html(path: Path) -> Path:
    path.write_text(
        f"<!doctype html><html lang='pt'><head><title>{TITLE}</title><meta charset=utf-8><script>var x = 'não';</script>"
        f"<style>p {{}}</style></head><body><nav>início</nav><h1>Outro</h1><p>{PROSE}</p><table><tr><td>um</td><td>dois</td>"
        "</tr></table></body></html>",
        encoding="utf-8",
    )
    return path


RTF = (
    r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\info{\title Fra\'e7\'f5es no recreio}{\author Ana}}{\*\generator Riched;}\f0 "
    r"Fra\'e7\'f5es no recreio\par Os alunos \u8364?medem\tab tudo \{bem\}.\par{\header oculto}}"
)


def tarred(path: Path) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return path


def notebook(path: Path) -> Path:
    cells = [
        {"cell_type": "markdown", "source": [f"# {TITLE}\n", "\n", PROSE]},
        {"cell_type": "code", "source": "print(1/2)", "outputs": [{"text": "não se lê"}]},
    ]
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}), encoding="utf-8")
    return path


def written(text: str | bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return make


SAMPLES: dict[str, Callable[[Path], Path]] = {
    "guia.pdf": pdf,
    "guia.docx": word,
    "aula.pptx": slides,
    "contas.xlsx": sheet,
    "guia.odt": odf,
    "aula.odp": odf,
    "contas.ods": odf,
    "livro.epub": epub,
    "pagina.html": html,
    "notas.txt": written(f"{TITLE}\n\n{PROSE}\n"),
    "notas.md": written(f"# {TITLE}\n\n{PROSE} [aqui](http://x)\n"),
    "lista.csv": written("grupo;fração\nazul;1/2\n"),
    "guia.rtf": written(RTF),
    "caderno.ipynb": notebook,
    "programa.py": written('"""Conta frações no recreio da escola, grupo a grupo."""\nprint(1 / 2)\n'),
    "luz.ino": written("// Acende a luz quando fica escuro na sala\nvoid setup() {}\n"),
    "placa.hex": written(":020000040000FA\n:10000000C0070000D1060000D1060000D1060000B1\n:00000001FF\n"),
    "foto.png": written(png_bytes()),
    "foto.jpg": photo,
    "foto.gif": saved,
    "foto.webp": saved,
    "desenho.svg": written(f'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><title>{TITLE}</title><text>olá</text></svg>'),
    "som.mp3": sound,
    "som.ogg": ogg,
    "som.wav": wav,
    "som.m4a": lambda path: film(path, b"M4A "),
    "som.flac": written(b"fLaC\0\0\0\x22" + bytes(60)),
    "filme.mp4": film,
    "filme.webm": written(b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(40)),
    "filme.ogv": lambda path: ogg(path, b"\x80theora"),
    "tudo.zip": lambda path: packed(path, {"a.txt": "olá", "b/c.txt": "olé"}),
    "tudo.tar.gz": tarred,
    "tudo.7z": written(b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(40)),
    "jogo.h5p": lambda path: packed(
        path,
        {
            "h5p.json": json.dumps({"title": TITLE, "language": "pt"}),
            "content/content.json": json.dumps({"questions": [{"text": "<p>Qual é a metade?</p>", "id": "x-1"}]}),
        },
    ),
    "figura.ggb": lambda path: packed(
        path, {"geogebra.xml": f'<geogebra><construction title="{TITLE}" author="Ana"/></geogebra>'}
    ),
    "jogo.sb3": lambda path: packed(path, {"project.json": "{}"}),
    "velho.doc": lambda path: compound(path, "WordDocument"),
    "velho.xls": lambda path: compound(path, "Workbook"),
    "velho.ppt": lambda path: compound(path, "PowerPoint Document"),
}  # fmt: skip


def make(name: str, folder: Path) -> Path:
    """Make the sample called `name` in `folder`."""
    return SAMPLES[name](folder / name)

"""Pictures of files: the first page, the cover, or a page drawn from the first words. Belongs in a child process."""

import io
from collections.abc import Callable
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

from repository.files import drawing
from repository.files.extract import extract
from repository.files.extract.epub import member_of, package_of
from repository.files.extract.markup import local
from repository.files.extract.pdf import open_pdf
from repository.files.extraction import Extraction
from repository.files.faults import Broken
from repository.files.kinds import MEDIA_TYPES
from repository.files.pictures import BAD_IMAGE, open_image
from repository.files.zips import SafeZip, open_zip

TALLEST = 3  # times the width; longer pages and images are cut off or made narrower
SMALLEST_COVER = 120
MAX_COVER = 20 * 1024 * 1024
QUALITY = 72
EMBEDDED = ("docProps/thumbnail.jpeg", "docProps/thumbnail.jpg", "docProps/thumbnail.png", "Thumbnails/thumbnail.png")


def thumbnail(path: Path, media_type: str, out: Path, width: int = 400, extraction: Extraction | None = None) -> bool:
    """Write a WebP picture of the file, at most `width` pixels wide, to `out`, and say whether there is one.

    Sound, film, archives and drawings (SVG) have none. `extraction` spares reading the file again where its words
    are drawn. Raises Broken, Bomb, Encrypted or TooBig.
    """
    kind = MEDIA_TYPES.get(media_type)
    if kind is None:
        return False
    image: Image.Image | None = None
    if kind.extension == "pdf":
        image = _pdf_page(path, width)
    elif kind.extension in ("png", "jpg", "gif", "webp"):
        image = _image(path, width)
    elif kind.family in ("document", "slides", "sheet", "book", "page", "text", "code"):
        image = _embedded(path, kind.extension, width)
        if image is None:
            image = _drawn(extraction or extract(path, media_type, ""), kind.family, width)
    if image is None:
        return False
    _save(image, out)
    return True


def page_images(path: Path, out_dir: Path, width: int = 1000, limit: int = 12) -> int:
    """Write the first `limit` pages of a PDF as `page-1.webp` …, `width` pixels wide, and return how many."""
    document = open_pdf(path)
    try:
        count = min(len(document), limit)
        for number in range(count):
            _save(_rendered(document, number, width), out_dir / f"page-{number + 1}.webp")
        return count
    finally:
        document.close()


def _pdf_page(source: Path | bytes, width: int) -> Image.Image:
    document = open_pdf(source)
    try:
        return _rendered(document, 0, width)
    finally:
        document.close()


def _rendered(document: pypdfium2.PdfDocument, number: int, width: int) -> Image.Image:
    try:
        page = document[number]
        try:
            wide, high = page.get_size()
            if wide <= 0 or high <= 0:
                raise Broken("a page without a size")
            scale = min(
                (width - 0.01) / wide,  # PDFium rounds up
                TALLEST * width / high,
            )
            return page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        finally:
            page.close()
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        raise Broken(str(error)) from error


def _image(source: Path | io.BytesIO, width: int) -> Image.Image:
    image = open_image(source)
    try:
        image.draft("RGB", (2 * width, 2 * width))  # a JPEG is decoded no larger than needed
        image.thumbnail((TALLEST * width, TALLEST * width), reducing_gap=2.0)
        turned = ImageOps.exif_transpose(image)
        turned.thumbnail((width, TALLEST * width))
        return _on_white(turned)
    except BAD_IMAGE as error:
        raise Broken(str(error)) from error
    finally:
        image.close()


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    clear = image.convert("RGBA")
    page = Image.new("RGB", clear.size, "white")
    page.paste(clear, mask=clear.getchannel("A"))
    return page


def _embedded(path: Path, ending: str, width: int) -> Image.Image | None:
    """Return the cover or the first page that the document carries, unless it is blank or tiny."""
    find: Callable[[SafeZip], str | None]
    if ending == "epub":
        find = _cover
    elif ending in ("docx", "pptx", "ppsx", "xlsx", "odt", "odp", "ods"):
        find = _stored
    else:
        return None
    with open_zip(path) as archive:
        name = find(archive)
        if name is None or name not in archive:
            return None
        try:
            image = _image(io.BytesIO(archive.read(name, MAX_COVER)), width)
        except Broken:
            return None
    darkest, lightest = image.convert("L").getextrema()
    return image if image.width >= SMALLEST_COVER and darkest != lightest else None


def _stored(archive: SafeZip) -> str | None:
    return next((name for name in EMBEDDED if name in archive), None)


def _cover(archive: SafeZip) -> str | None:
    package, folder = package_of(archive)
    items = [part for part in package.iter() if local(part.tag) == "item"]
    named = {
        part.get("content") for part in package.iter() if local(part.tag) == "meta" and part.get("name") == "cover"
    }
    for item in items:
        if "cover-image" in item.get("properties", "").split() or item.get("id") in named:
            return member_of(folder, item.get("href", ""))
    return None


def _drawn(extraction: Extraction | None, family: str, width: int) -> Image.Image | None:
    if extraction is None or not any(extraction.pages):
        return None
    page = drawing.first_page(extraction.title, extraction.pages, family)
    return _pdf_page(page, width) if page else None


def _save(image: Image.Image, out: Path) -> None:
    """Write the picture whole or not at all."""
    part = out.with_name(out.name + ".part")
    image.save(part, "WEBP", quality=QUALITY, method=2)
    part.replace(out)

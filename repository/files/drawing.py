"""Drawing the beginning of a document from its words, for kinds that nothing here can lay out."""

from collections.abc import Iterator, Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from repository.files.extract.choose import one_line

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
BASE = 480  # pixels; the sizes below are for a picture of this width
SHAPES = {"slides": 9 / 16, "sheet": 3 / 4}
A4 = 297 / 210
INK, PALE, RULE = "#1d2433", "#5b6472", "#c9d1dc"
COLUMNS = 5
MAX_CHARS = 6000


@cache
def _font(size: int) -> Font:
    return ImageFont.load_default(size)


def first_page(title: str, pages: Sequence[str], family: str, width: int) -> Image.Image:
    """Return a white page with the title in bold and the first lines below it, in the shape usual for the family."""
    image = Image.new("RGB", (width, round(width * SHAPES.get(family, A4))), "white")
    pen = _Pen(image, width / BASE)
    lines = list(_lines(title, pages))
    if family == "sheet":
        pen.bold(title, size=16, rows=1)
        pen.grid(lines)
    elif family == "slides":
        pen.bold(title, size=30, rows=3)
        pen.body(lines, size=18, gap=8)
    else:
        pen.bold(title, size=22, rows=4)
        pen.body(lines, size=13, gap=5)
    return image


def _lines(title: str, pages: Sequence[str]) -> Iterator[str]:
    """Yield the first lines, without the title when they begin with it."""
    first = next((page for page in pages if page.strip()), "")[:MAX_CHARS]
    for number, line in enumerate(first.split("\n")):
        if line.strip() and not (number < 3 and one_line(line).casefold() in title.casefold()):
            yield line.strip()


class _Pen:
    """Writes on an image from top to bottom; `scale` multiplies all sizes."""

    def __init__(self, image: Image.Image, scale: float) -> None:
        self.image = image
        self.draw = ImageDraw.Draw(image)
        self.scale = scale
        self.margin = round(36 * scale)
        self.y = self.margin

    def bold(self, text: str, *, size: int, rows: int) -> None:
        font = _font(round(size * self.scale))
        for line in self._wrapped(text, font)[:rows]:
            self.draw.text((self.margin, self.y), line, INK, font=font, stroke_width=0.6 * self.scale)
            self.y += round(size * 1.3 * self.scale)
        self.y += round(8 * self.scale)
        self.draw.line((self.margin, self.y, self.image.width - self.margin, self.y), RULE, max(1, round(self.scale)))
        self.y += round(12 * self.scale)

    def body(self, lines: Sequence[str], *, size: int, gap: int) -> None:
        font = _font(round(size * self.scale))
        for paragraph in lines:
            for line in self._wrapped(paragraph.replace("\t", "   "), font):
                if self.y > self.image.height:
                    return
                self.draw.text((self.margin, self.y), line, INK, font=font)
                self.y += round(size * 1.35 * self.scale)
            self.y += round(gap * self.scale)

    def grid(self, lines: Sequence[str]) -> None:
        size = 12
        font, height = _font(round(size * self.scale)), round(size * 1.9 * self.scale)
        columns = min(COLUMNS, max((line.count("\t") + 1 for line in lines[:30]), default=1))
        wide = (self.image.width - 2 * self.margin) // columns
        for line in lines:
            if self.y > self.image.height:
                return
            for number, cell in enumerate(line.split("\t")[:columns]):
                x = self.margin + number * wide
                self.draw.rectangle((x, self.y, x + wide, self.y + height), outline=RULE)
                shown = self._fitting(cell, font, wide - round(10 * self.scale))
                self.draw.text((x + round(5 * self.scale), self.y + height // 5), shown, PALE, font=font)
            self.y += height

    def _wrapped(self, text: str, font: Font) -> list[str]:
        room = self.image.width - 2 * self.margin
        lines, line = [], ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if font.getlength(longer) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            line = self._fitting(word, font, room)
            if len(lines) > 60:
                break
        return [*lines, line] if line else lines

    def _fitting(self, text: str, font: Font, room: int) -> str:
        text = text[:120]
        while text and font.getlength(text) > room:
            text = text[: int(len(text) * 0.9)]
        return text

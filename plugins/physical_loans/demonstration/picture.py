"""Pictures of what the demonstration lends: a box of its colour on a shelf, and in it shapes for what comes out of it."""

import random
from io import BytesIO

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 720
GROUND = ("#fbe9df", "#e4edfb", "#e3f2e8", "#fdf1d6", "#efe6fa", "#def1f2")
BOX = ("#c8501e", "#24479e", "#2c8254", "#b57a0c", "#7a4cc2", "#0e8391")
SHAPES = ("#c23a32", "#24479e", "#2c8254", "#f4b63f", "#7a4cc2", "#0e8391")


def picture_of(title: str, category: str) -> bytes:
    """Return a PNG; the same title gives the same bytes."""
    chance = random.Random(title)  # noqa: S311 - it draws boxes
    colour = sum(map(ord, category)) % len(BOX)
    picture = Image.new("RGB", (WIDTH, HEIGHT), GROUND[colour])
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 600, WIDTH, HEIGHT), fill="#d9d3c7")
    for number in range(7):
        _shape(draw, chance, 190 + number * 84)
    draw.rounded_rectangle((150, 380, 810, 640), 26, fill=BOX[colour])
    draw.rounded_rectangle((150, 380, 810, 440), 26, fill="#1d2433")
    draw.rectangle((150, 412, 810, 440), fill="#1d2433")
    draw.rounded_rectangle((400, 470, 560, 520), 20, outline="#ffffff", width=10)
    out = BytesIO()
    picture.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _shape(draw: ImageDraw.ImageDraw, chance: random.Random, left: int) -> None:
    size, fill = chance.randrange(80, 150), chance.choice(SHAPES)
    top = 400 - size - chance.randrange(60)
    form = chance.randrange(4)
    if form == 0:
        draw.ellipse((left, top, left + size, top + size), fill=fill)
    elif form == 1:
        draw.rounded_rectangle((left, top, left + size // 2, 420), 12, fill=fill)
    elif form == 2:
        draw.polygon(((left, 420), (left + size // 2, top), (left + size, 420)), fill=fill)
    else:
        draw.pieslice((left, top, left + size * 2, top + size * 2), 180, 270, fill=fill)

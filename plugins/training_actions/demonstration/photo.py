"""Pictures as a telephone takes them: with the place where they were taken."""

import random
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1600, 1200
GPS = 0x8825  # Exif 2.3, 4.6.3
PLACE = {1: "N", 2: (39.0, 0.0, 0.0), 3: "W", 4: (12.0, 0.0, 0.0)}  # in the sea, where no school is


def photograph(name: str) -> bytes:
    """Return a JPEG of glasses on a table; the same name gives the same bytes."""
    chance = random.Random(name)  # noqa: S311 - it draws glasses
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#d9d3c7")
    draw = ImageDraw.Draw(picture)
    for line in range(HEIGHT * 2 // 3):  # light from a window, above the table
        shade = 225 - line // 10
        draw.line(((0, line), (WIDTH, line)), fill=(shade, shade - 4, shade - 14))
    draw.rectangle((0, HEIGHT * 2 // 3, WIDTH, HEIGHT), fill="#9a7048")
    for number in range(4):
        left = 140 + number * 350 + chance.randrange(40)
        level = 520 + chance.randrange(220)
        draw.rounded_rectangle((left, 380, left + 230, 980), 30, fill="#e8eef0", outline="#8fa0a8", width=6)
        draw.rectangle((left + 12, level, left + 218, 966), fill=chance.choice(("#7fb4d6", "#8a5a9e", "#c8564b")))
        draw.line(((left + 40, 400), (left + 40, 940)), fill="#ffffff", width=14)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Demonstração", "Telemóvel"
    exif.get_ifd(GPS).update(PLACE)
    out = BytesIO()
    picture.filter(ImageFilter.GaussianBlur(2)).save(out, "JPEG", quality=80, exif=exif)
    return out.getvalue()

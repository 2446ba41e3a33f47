"""Draws the pictures that other sites show beside a shared link: PNG, 1200 by 630 pixels."""

import hashlib
import io
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from affiliates.core.conf import settings

SIZE = (1200, 630)
LEFT = 96
LINE = 1.2
SMALL = 40
TITLE_TOP, TITLE_HEIGHT = 170, 320
TITLE_SIZES = (88, 76, 64, 54, 46)
WIDTH = SIZE[0] - 2 * LEFT
PLAINER = str.maketrans("ŁłØøĐđ’‘“”–—·", "LlOoDd''\"\"---")


def card_key(*words: str) -> str:
    """Identify a picture by its words and the current font and colors."""
    parts = (*words, settings.CARD_FONT, *settings.CARD_COLORS)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def draw_card(title: str, *, above: str = "", below: str = "") -> bytes:
    """A PNG with ``title`` large between two small lines.

    Pillow's font lacks accents: letters lose them, and some are left out. If too little of the
    title remains, ``above`` replaces it. ``CARD_FONT`` may name a complete font.
    """
    title, above, below = (_drawable(text) for text in (title, above, below))
    if not title:
        title, above = above or below, ""
    ground, ink, mark = settings.CARD_COLORS
    picture = Image.new("RGB", SIZE, ground)
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((0, 0, 28, SIZE[1]), fill=mark)
    _write(drawing, _cut(above, _font(SMALL)), 84, SMALL, mark)
    size, lines = _fitted(title)
    for number, line in enumerate(lines):
        _write(drawing, line, TITLE_TOP + round(number * size * LINE), size, ink, bold=size // 40)
    _write(drawing, _cut(below, _font(SMALL)), SIZE[1] - 110, SMALL, ink)
    file = io.BytesIO()
    picture.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()


def _write(drawing: Any, text: str, top: int, size: int, color: str, bold: int = 0) -> None:
    drawing.text((LEFT, top), text, font=_font(size), fill=color, stroke_width=bold)


def _fitted(title: str) -> tuple[int, list[str]]:
    for size in TITLE_SIZES:
        lines = list(_lines(title, _font(size)))
        most = int(TITLE_HEIGHT / (size * LINE))
        if len(lines) <= most:
            return size, lines
    last = _cut(" ".join(lines[most - 1 :]), _font(size))
    return size, [*lines[: most - 1], last]


def _lines(text: str, font: Any) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > WIDTH:
            yield line
            longer = word
        while font.getlength(longer) > WIDTH:  # a single word wider than the picture
            part = _beginning(longer, font)
            yield part
            longer = longer[len(part) :]
        line = longer
    yield line


def _cut(text: str, font: Any) -> str:
    return text if font.getlength(text) <= WIDTH else f"{_beginning(text, font, '…').rstrip()}…"


def _beginning(text: str, font: Any, end: str = "") -> str:
    lengths = range(1, len(text) + 1)
    fitting = bisect_right(lengths, WIDTH, key=lambda most: font.getlength(text[:most] + end))
    return text[: max(fitting, 1)]


def _drawable(text: str) -> str:
    """Reduce text to the font's letters; empty if more than half would be lost."""
    composed = unicodedata.normalize("NFC", text)
    kept = " ".join("".join(map(_nearest, composed)).split())
    return kept if len(kept) * 2 >= len(composed) else ""


def _nearest(letter: str) -> str:
    if letter == " " or _is_drawn(letter):
        return letter
    plain = unicodedata.normalize("NFKD", letter.translate(PLAINER))
    return "".join(filter(_is_drawn, plain))


def _is_drawn(letter: str) -> bool:
    return _shape(settings.CARD_FONT, letter) != _shape(settings.CARD_FONT, "\uffff")


@lru_cache(maxsize=1024)
def _shape(path: str, letter: str) -> tuple[Any, bytes]:
    mask = _sized(path, SMALL).getmask(letter)
    return mask.size, bytes(mask)


@lru_cache(maxsize=32)
def _sized(path: str, size: int) -> Any:
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


def _font(size: int) -> Any:
    return _sized(settings.CARD_FONT, size)

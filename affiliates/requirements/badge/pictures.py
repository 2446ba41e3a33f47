"""Whether a picture is a copy of the badge, whatever its size, format and compression."""

import io
import warnings

from PIL import Image, UnidentifiedImageError

SIDE = 16
NOISE = 8
"""Shades of gray by which compression changes a plain ground."""

MOST_PIXELS = 16_000_000
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
FEWEST_MARKS = 24
"""A picture with fewer has nothing by which it could be told from others."""

CLOSE_ENOUGH = 0.45
"""Of the marks, those that differ. Copies differ by up to 0.37, where a transparent ground became
black; other pictures by 0.8 and more."""
BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombWarning)
"""What Pillow raises for files that are no pictures, or not whole."""

Fingerprint = frozenset[tuple[str, int]]


def fingerprint(content: bytes) -> Fingerprint | None:
    """A difference hash: where it gets brighter to the right and downward. None if the content is
    no picture that can be compared.
    """
    try:
        gray = _small_and_gray(content)
    except BROKEN:
        return None
    if gray is None:
        return None
    wide = SIDE + 1
    marks = set()
    for place in range(wide * SIDE):
        if place % wide < SIDE and gray[place + 1] - gray[place] > NOISE:
            marks.add(("right", place))
        if place // wide < SIDE - 1 and gray[place + wide] - gray[place] > NOISE:
            marks.add(("down", place))
    return frozenset(marks) if len(marks) >= FEWEST_MARKS else None


def is_copy(one: Fingerprint, other: Fingerprint) -> bool:
    """By the share of the marks that only one of them has (Jaccard)."""
    return len(one ^ other) <= CLOSE_ENOUGH * len(one | other)


def _small_and_gray(content: bytes) -> bytes | None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
    if picture.width * picture.height > MOST_PIXELS:
        return None
    picture.draft("L", (8 * SIDE, 8 * SIDE))
    whole = picture.convert("RGBA")
    on_white = Image.new("RGBA", whole.size, "white")
    on_white.alpha_composite(whole)
    small = on_white.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX)
    return small.tobytes()

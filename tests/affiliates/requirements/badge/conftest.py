import io

import pytest
from PIL import Image, ImageDraw

from tests.http_server import Website

FAST = {"BADGE_ALLOW_PRIVATE": True, "BADGE_PAUSE_SECONDS": 0}


@pytest.fixture
def website(settings):
    """The website of a group, on this machine, where we may look without pauses."""
    settings.AFFILIATES = {**getattr(settings, "AFFILIATES", {}), **FAST}
    with Website().running() as website:
        yield website


def drawing(*, strange=False, side=300):
    """A badge with a transparent ground, or another picture with as much on it."""
    picture = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    pen, part = ImageDraw.Draw(picture), side // 10
    boxes = [(1, 1), (5, 2), (3, 6), (7, 7)] if not strange else [(7, 1), (1, 4), (6, 5), (2, 8)]
    pen.ellipse((0, 0, side - 1, side - 1), outline="navy", width=part // 2)
    for number, (left, top) in enumerate(boxes):
        box = (left * part, top * part, (left + 2) * part, (top + 1 + number % 2) * part)
        pen.rectangle(box, fill=("navy", "teal", "maroon", "black")[number])
    return picture


def saved(picture, kind="PNG", **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()

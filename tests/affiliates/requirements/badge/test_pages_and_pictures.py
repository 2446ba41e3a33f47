"""What is read from pages and pictures that strangers made."""

import pytest
from PIL import Image

from affiliates.requirements.badge.pages import read_page
from affiliates.requirements.badge.pictures import MOST_PIXELS, fingerprint, is_copy
from tests.affiliates.requirements.badge.conftest import drawing, saved

HERE = "https://group.org/about/"


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ('<a href="/x">', ["https://group.org/x"]),
        ("<A HREF = 'x?a=1&amp;b=2#top' >", ["https://group.org/about/x?a=1&b=2"]),
        ("<a title=it's href=x>", ["https://group.org/about/x"]),
        ('<a title="a > b" href=//other.org/>', ["https://other.org/"]),
        (
            "<base href=/y/><a href=x><area href=z>",
            ["https://group.org/y/x", "https://group.org/y/z"],
        ),
        ("<!-- <a href=x> -->", []),
        ("<!-- <a href=x>", []),
        ("<script>'<a href=x>'</script><a href=y>", ["https://group.org/about/y"]),
        ("<textarea><a href=x></textarea>", []),
        ("<style><a href=x>", []),
        ("<a href=javascript:x><a href=mailto:a@b.org><a href=#top><a name=x>", []),
        ("<a href='http://['><a href='http://&#9999999999;/'>", []),
        (f"<a href={'x' * 3000}>", []),
        ("<a href='x", ["https://group.org/about/x"]),
        ("", []),
    ],
)
def test_links_of_a_page_are_those_that_a_browser_shows(html, links):
    assert list(read_page(HERE, html).links) == links


@pytest.mark.parametrize(
    ("html", "picture"),
    [
        ("<img/src=x.png alt=Badge>", "x.png"),
        ('<img srcset="x.png 1x, y.png 2x">', "x.png"),
        ('<img data-src="x.png" src="data:image/gif;base64,AAAA">', "x.png"),
        ("<noscript><img src=x.png></noscript>", "x.png"),
        ("<div style=\"color:red; background:URL( 'x.png' )\">", "x.png"),
        ("<svg><image xlink:href=x.png /></svg>", "x.png"),
        ("<input type=image src=x.png>", "x.png"),
    ],
)
def test_pictures_are_found_however_they_are_shown(html, picture):
    assert list(read_page(HERE, html).pictures) == [HERE + picture]


def test_frames_and_pages_that_it_leads_to_are_named():
    page = read_page(HERE, '<frame src=a><meta http-equiv=Refresh content="0; URL=/b">')
    assert list(page.named) == [f"{HERE}a", "https://group.org/b"]


def test_page_of_scripts_alone_is_known_as_one():
    empty = '<div id="app"></div>'
    assert read_page(HERE, f"{empty}<script src=app.js></script>").is_made_by_scripts
    assert not read_page(HERE, empty).is_made_by_scripts
    assert not read_page(HERE, "<script></script>" + "<img src=a.png>").is_made_by_scripts


def on(color):
    ground = Image.new("RGBA", (300, 300), color)
    ground.alpha_composite(drawing())
    return ground.convert("RGB")


COPIES = {
    "the same": lambda: saved(drawing()),
    "small": lambda: saved(drawing().resize((80, 80))),
    "compressed": lambda: saved(on("white"), "JPEG", quality=35),
    "gray": lambda: saved(on("white").convert("L")),
    "of few colors": lambda: saved(on("white").quantize(8), "GIF"),
    "another format": lambda: saved(drawing(), "WEBP", quality=40),
}


@pytest.mark.parametrize("copy", COPIES)
def test_copy_of_the_badge_counts(copy):
    assert is_copy(fingerprint(saved(drawing())), fingerprint(COPIES[copy]()))


def test_another_picture_does_not_count():
    assert not is_copy(fingerprint(saved(drawing())), fingerprint(saved(drawing(strange=True))))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 40,
        saved(drawing())[:200],
        saved(Image.new("RGB", (400, 400), "teal")),
        saved(Image.new("1", (MOST_PIXELS // 1000 + 1, 1000))),
        saved(drawing(), "TIFF"),
    ],
    ids=["empty", "svg", "broken", "cut", "plain", "huge", "other format"],
)
def test_what_cannot_be_compared_is_no_copy(content):
    assert fingerprint(content) is None

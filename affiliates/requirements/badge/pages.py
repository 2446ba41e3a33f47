"""What a web page links to and shows. Reads whatever strangers send, in linear time: each pattern
takes what it has looked at, and nothing is nested.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from urllib.parse import urljoin, urlsplit

MOST_TAGS = 20_000
MOST_LINKS = 2000
MOST_PICTURES = 200
LONGEST_VALUE = 2000
LONGEST_NUMBER = re.compile(r"&#[0-9a-fx]{9}", re.IGNORECASE)
"""``unescape`` refuses numbers of thousands of digits."""

_ATTRIBUTES = r"""(?:[^>=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))*+"""
_TAG = re.compile(
    rf"<!--.*?(?:-->|\Z)|<(?P<name>[a-z][^\s/>]*+)(?P<rest>{_ATTRIBUTES})(?:>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"""([^\s=/"']++)(?:\s*+=\s*+(?:"([^"]*+)|'([^']*+)|([^\s>]++)))?+""", re.DOTALL
)
_STYLE_URL = re.compile(r"""url\(\s*+["']?+([^)"'\s]++)""", re.IGNORECASE)
_REFRESH = re.compile(r"""url\s*+=\s*+["']?+([^"'\s]++)""", re.IGNORECASE)

_NO_MARKUP = {
    name: re.compile(rf"</{name}", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "template", "xmp")
}
"""Elements in which tags are no tags, or are not shown."""

_PICTURE_TAGS = {"img", "source", "input", "image", "object", "embed", "video"}
_PICTURE_NAMES = ("src", "srcset", "data-src", "data-srcset", "data-lazy-src", "poster", "data")
_FRAME_TAGS = {"iframe", "frame"}


@dataclass(frozen=True)
class Picture:
    address: str
    words: str
    """Its address and what stands for it, in lower case."""


@dataclass
class Page:
    """``links`` and ``named`` are addresses: of links, and of frames and what the page leads to by
    itself.
    """

    address: str
    links: dict[str, None] = field(default_factory=dict)
    named: dict[str, None] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)
    has_scripts: bool = False

    @property
    def is_made_by_scripts(self) -> bool:
        """Whether it shows nothing before its scripts have run."""
        return self.has_scripts and len(self.links) < 3 and not self.pictures


def read_page(address: str, html: str) -> Page:
    page, base = Page(address), address
    for name, attributes in islice(_tags(html), MOST_TAGS):
        if name == "base":
            base = _absolute(address, attributes.get("href", "")) or base
        elif name == "script":
            page.has_scripts = True
        _note(page, base, name, attributes)
    return page


def _tags(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    place = 0
    while tag := _TAG.search(html, place):
        place = tag.end()
        name = (tag["name"] or "").lower()
        if name:
            yield name, _attributes(tag["rest"])
        if name in _NO_MARKUP:
            end = _NO_MARKUP[name].search(html, place)
            place = end.start() if end else len(html)


def _attributes(text: str) -> dict[str, str]:
    """The first of each name counts, as in browsers."""
    found: dict[str, str] = {}
    for name, *quoted in _ATTRIBUTE.findall(text):
        value = "".join(quoted)
        if value and len(value) <= LONGEST_VALUE and not LONGEST_NUMBER.search(value):
            found.setdefault(name.lower(), unescape(value).strip())
    return found


def _note(page: Page, base: str, name: str, attributes: dict[str, str]) -> None:
    if name in ("a", "area") and len(page.links) < MOST_LINKS:
        _add(page.links, base, attributes.get("href", ""))
    elif name in _FRAME_TAGS and len(page.named) < MOST_LINKS:
        _add(page.named, base, attributes.get("src", ""))
    elif name == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
        for url in _REFRESH.findall(attributes.get("content", ""))[:1]:
            _add(page.named, base, url)
    if len(page.pictures) < MOST_PICTURES:
        _note_pictures(page, base, name, attributes)


def _note_pictures(page: Page, base: str, name: str, attributes: dict[str, str]) -> None:
    urls = _STYLE_URL.findall(attributes.get("style", ""))
    if name in _PICTURE_TAGS:
        urls += [_first_of(attributes[key]) for key in _PICTURE_NAMES if key in attributes]
    if name == "image":
        urls += [attributes[key] for key in ("href", "xlink:href") if key in attributes]
    said = " ".join(attributes.get(key, "") for key in ("alt", "title", "class"))
    for url in urls:
        address = _absolute(base, url)
        if address:
            page.pictures.setdefault(address, Picture(address, f"{address} {said}".lower()))


def _first_of(srcset: str) -> str:
    """Of one address, or of several with their sizes (HTML, “srcset”)."""
    return srcset.split(maxsplit=1)[0].rstrip(",") if srcset else ""


def _add(addresses: dict[str, None], base: str, url: str) -> None:
    if address := _absolute(base, url):
        addresses[address] = None


def _absolute(base: str, url: str) -> str:
    """Without its fragment; empty if it is no address of the web."""
    if not url or url.startswith("#"):
        return ""
    try:
        parts = urlsplit(urljoin(base, url))
        host = parts.hostname
    except ValueError:
        return ""
    is_web = parts.scheme in ("http", "https") and host
    return parts._replace(fragment="").geturl() if is_web else ""

"""Looks for the badge on a group's website: on the pages it names first, then on those that these
name, then among their pictures.
"""

from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote, urlsplit

from affiliates.core.exceptions import NotSeen
from affiliates.core.networks.links import host_of, link_key, network_at
from affiliates.core.states import BadgeFinding
from affiliates.requirements.badge.pages import Page, Picture, read_page
from affiliates.requirements.badge.pictures import Fingerprint, fingerprint, is_copy
from affiliates.requirements.badge.visits import Fetched, Visitor

ELSEWHERE, NO_ANSWER = BadgeFinding.ELSEWHERE, BadgeFinding.NO_ANSWER

MOST_NAMED = 5
MOST_PICTURES = 12
MOST_PAGE_BYTES = 1024 * 1024
MOST_PICTURE_BYTES = 2 * 1024 * 1024
HTML = ("text/html", "application/xhtml+xml", "")

PROMISING = (
    *("badge", "affiliat", "partner", "member", "support", "network", "allies", "friends"),
    *("about", "links", "who-we-are"),
)
"""Words in the address of a page that may show it."""

NO_PICTURES = (".svg", ".ico", ".css", ".js", ".mp4", ".webm", ".pdf")


@dataclass(frozen=True)
class Wanted:
    """``addresses``: of the badge, without their scheme. ``links``: of the pages it may lead to, as
    ``link_key`` gives them. ``words`` may stand beside the picture. ``badge`` makes its
    fingerprint.
    """

    addresses: Sequence[str]
    links: Set[str]
    words: Collection[str] = ()
    badge: Callable[[], Fingerprint | None] = lambda: None


@dataclass(frozen=True)
class Seen:
    finding: BadgeFinding
    address: str


def look_for(wanted: Wanted, starts: Sequence[str], visitor: Visitor) -> Seen:
    """``starts``: the pages to look at first. Something that could not be looked at is no miss."""
    if not starts:
        return Seen(BadgeFinding.NO_WEBSITE, "")
    search = _Search(wanted, visitor)
    return (
        search.on_pages(starts, are_named=False)
        or search.on_pages(search.promising_pages(), are_named=True)
        or search.among_pictures()
        or search.trouble
        or Seen(BadgeFinding.MISSED, starts[0])
    )


class _Search:
    def __init__(self, wanted: Wanted, visitor: Visitor):
        self._wanted, self._visitor = wanted, visitor
        self._pages: list[Page] = []
        self._visited: set[str] = set()
        self.trouble: Seen | None = None

    def on_pages(self, addresses: Iterable[str], *, are_named: bool) -> Seen | None:
        for address in addresses:
            page = self._read(address, is_named=are_named)
            if page is not None:
                finding = _found_on(page, self._wanted)
                if finding:
                    return Seen(finding, page.address)
                self._pages.append(page)
        return None

    def _read(self, address: str, *, is_named: bool) -> Page | None:
        """A page that is named and gone, or is none, does not matter."""
        self._visited.add(link_key(address))
        fetched = self._fetch(address, MOST_PAGE_BYTES)
        if fetched is None:
            return None
        if not fetched.is_there or fetched.content_type not in HTML:
            if fetched.is_busy or not is_named:
                self._note(ELSEWHERE if fetched.is_there else NO_ANSWER, address)
            return None
        page = read_page(fetched.address, fetched.body.decode("utf-8", "replace"))
        self._visited.add(link_key(page.address))
        if fetched.is_cut:
            self._note(BadgeFinding.TOO_MUCH, address)
        if page.is_made_by_scripts and not is_named:
            self._note(BadgeFinding.SCRIPTS, address)
        return page

    def promising_pages(self) -> list[str]:
        """Pages of the same hosts: frames first, then by the words in their addresses."""
        hosts = {host_of(page.address) for page in self._pages}
        frames = [url for page in self._pages for url in page.named]
        links = [url for page in self._pages for url in page.links]
        links.sort(key=lambda url: not any(word in url.lower() for word in PROMISING))
        found = {link_key(url): url for url in reversed([*frames, *links]) if host_of(url) in hosts}
        new = [url for key, url in reversed(found.items()) if key not in self._visited]
        return new[:MOST_NAMED]

    def among_pictures(self) -> Seen | None:
        own = self._wanted.badge()
        if own is None:
            return None
        for picture, page in islice(self._candidates(), MOST_PICTURES):
            fetched = self._picture(picture.address)
            if fetched is None or not fetched.is_there or fetched.is_cut:
                continue
            other = fingerprint(fetched.body)
            if other and is_copy(own, other):
                return Seen(BadgeFinding.PICTURE, page.address)
        return None

    def _candidates(self) -> Iterable[tuple[Picture, Page]]:
        found = {
            picture.address: (picture, page)
            for page in reversed(self._pages)
            for picture in page.pictures.values()
            if not urlsplit(picture.address).path.lower().endswith(NO_PICTURES)
        }
        words = (*PROMISING[:2], *self._wanted.words)
        return sorted(
            found.values(), key=lambda pair: not any(word in pair[0].words for word in words)
        )

    def _fetch(self, address: str, most: int, *ignored: BadgeFinding) -> Fetched | None:
        """Networks let no program look, so they are not asked."""
        if network_at(host_of(address)):
            self._note(ELSEWHERE, address)
            return None
        try:
            return self._visitor.get(address, most=most)
        except NotSeen as error:
            if error.finding not in ignored:
                self._note(error.finding, address)
            return None

    def _picture(self, address: str) -> Fetched | None:
        """One that cannot be loaded is not shown."""
        return self._fetch(address, MOST_PICTURE_BYTES, NO_ANSWER)

    def _note(self, finding: BadgeFinding, address: str) -> None:
        """The first trouble is what people are told."""
        self.trouble = self.trouble or Seen(finding, address)


def _found_on(page: Page, wanted: Wanted) -> BadgeFinding | None:
    for picture in page.pictures.values():
        # Other services show pictures by an address that has the badge's own in it.
        whole = unquote(picture.address)
        if any(address in whole for address in wanted.addresses):
            return BadgeFinding.ADDRESS
    for link in page.links:
        if link_key(link.partition("?")[0]) in wanted.links:
            return BadgeFinding.LINK
    return None

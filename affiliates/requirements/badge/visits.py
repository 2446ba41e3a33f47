"""Visits a group's website politely: as its robots.txt asks (RFC 9309), with pauses, and within
bounds of number, size and time. Private addresses are refused, also those that it redirects to.
"""

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import requests
from urllib3.exceptions import HTTPError

from affiliates.core.conf import settings
from affiliates.core.exceptions import NotSeen
from affiliates.core.states import BadgeFinding
from workflows.core.exceptions import AddressRefused
from workflows.core.guarded_requests import answer_to
from workflows.core.web_addresses import AddressRules, clean_address

PRODUCT = "wagtail-affiliates"
"""By which a robots.txt can name us."""

LOOK_SECONDS = 30
STEP_SECONDS = 8
LONGEST_PAUSE = 10
MOST_REQUESTS = 30
MOST_REDIRECTS = 5
MOST_ROBOTS = 500 * 1024
FORBID_ALL = "User-agent: *\nDisallow: /"
PIECE = 16 * 1024
LONGEST_ADDRESS = 2000

REDIRECTS = frozenset({301, 302, 303, 307, 308})
TOO_BUSY = 429
BROKEN = (requests.RequestException, HTTPError, OSError, zlib.error, ValueError)
"""Whatever the other side may do; ``ValueError``: an address of which no program makes sense."""


@dataclass(frozen=True)
class Fetched:
    """``address``: after redirects. ``is_cut``: there is more of the body."""

    address: str
    status: int
    content_type: str
    body: bytes
    is_cut: bool
    location: str = ""

    @property
    def is_there(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_busy(self) -> bool:
        return self.status >= 500 or self.status == TOO_BUSY


class Visitor:
    """Looks at one group's website once. ``site`` is the address by which we introduce us."""

    def __init__(self, site: str, *, clock: Callable[[], float] = time.monotonic):
        self._headers = {
            "User-Agent": f"{PRODUCT} (looks for a badge; +{site})",
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        self._clock = clock
        self._end = clock() + LOOK_SECONDS
        self._left = MOST_REQUESTS
        self._robots: dict[str, RobotFileParser] = {}
        self._last: dict[str, float] = {}

    def get(self, address: str, *, most: int) -> Fetched:
        """Up to ``most`` bytes of the body. Raises NotSeen."""
        for _hop in range(MOST_REDIRECTS + 1):
            address = _cleaned(address)
            rules = self._rules_of(address)
            if not rules.can_fetch(PRODUCT, address):
                raise NotSeen(BadgeFinding.ROBOTS)
            fetched = self._ask(address, most, float(rules.crawl_delay(PRODUCT) or 0))
            if not fetched.location:
                return fetched
            address = fetched.location
        raise NotSeen(BadgeFinding.NO_ANSWER)

    def _rules_of(self, address: str) -> RobotFileParser:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = _rules_in(self._ask_for_robots(f"{origin}/robots.txt"))
        return self._robots[origin]

    def _ask_for_robots(self, address: str) -> Fetched:
        for _hop in range(MOST_REDIRECTS + 1):
            fetched = self._ask(address, MOST_ROBOTS)
            if not fetched.location:
                break
            address = fetched.location
        return fetched

    def _ask(self, address: str, most: int, delay: float = 0) -> Fetched:
        """Without following a redirect."""
        self._wait_for_turn(address, delay)
        try:
            return self._send(address, most)
        except BROKEN:
            finding = BadgeFinding.TOO_MUCH if self._seconds_left() <= 0 else BadgeFinding.NO_ANSWER
            raise NotSeen(finding) from None

    def _send(self, address: str, most: int) -> Fetched:
        request = requests.Request("GET", _cleaned(address), headers=self._headers)
        with answer_to(
            request.prepare(),
            step_seconds=min(STEP_SECONDS, self._seconds_left()),
            total_seconds=self._seconds_left(),
            allow_private=settings.BADGE_ALLOW_PRIVATE,
        ) as response:
            headers, status = response.headers, response.status_code
            location = urljoin(address, headers.get("Location", "")) if status in REDIRECTS else ""
            body = b"" if location else _body(response, most + 1)
            if self._seconds_left() <= 0:  # The connection was closed: there may be more of it.
                raise requests.ReadTimeout
            content_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Fetched(address, status, content_type, body[:most], len(body) > most, location)

    def _wait_for_turn(self, address: str, delay: float) -> None:
        """Raises NotSeen if the bounds are reached."""
        host = urlsplit(address).netloc
        pause = min(max(settings.BADGE_PAUSE_SECONDS, delay), LONGEST_PAUSE)
        wait = self._last[host] + pause - self._clock() if host in self._last else 0
        if self._left <= 0 or self._seconds_left() - wait <= 0:
            raise NotSeen(BadgeFinding.TOO_MUCH)
        if wait > 0:
            time.sleep(wait)
        self._left -= 1
        self._last[host] = self._clock()

    def _seconds_left(self) -> float:
        return self._end - self._clock()


def _cleaned(address: str) -> str:
    """Raises NotSeen."""
    ports = () if settings.BADGE_ALLOW_PRIVATE else (443, 80)
    try:
        return clean_address(address, AddressRules(("https", "http"), ports, LONGEST_ADDRESS))
    except AddressRefused:
        raise NotSeen(BadgeFinding.NO_ANSWER) from None


def _rules_in(answer: Fetched) -> RobotFileParser:
    """What cannot be read now forbids all, what does not exist forbids nothing."""
    text = answer.body.decode("utf-8-sig", "replace") if answer.is_there else ""
    rules = RobotFileParser()
    rules.parse((FORBID_ALL if answer.is_busy else text).splitlines())
    return rules


def _body(response: requests.Response, most: int) -> bytes:
    """The beginning, unpacked. What is packed in few bytes may be long: it is unpacked only so
    far. Raises ``zlib.error``.
    """
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in ("gzip", "deflate", "identity", ""):
        raise zlib.error(packing)
    is_packed = packing in ("gzip", "deflate")
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32) if is_packed else None
    read = bytearray()
    for piece in response.raw.stream(PIECE, decode_content=False):
        read += unpack.decompress(piece, most - len(read)) if unpack else piece
        if len(read) >= most:
            break
    return bytes(read[:most])

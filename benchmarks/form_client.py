"""Fills in the application form over HTTP, as a browser without scripts does."""

import http.client
import time
from html.parser import HTMLParser
from urllib.parse import urlencode

TIMEOUT_SECONDS = 30
ANSWERS = {
    "region": "US-MI",
    "scope": "state",
    "summary": "Parents who work for safe schools.",
    "contact_name": "Ada Berg",
}


class NotTaken(Exception):
    """The form was not answered with the redirect that follows a submission."""


class Fields(HTMLParser):
    """The hidden fields of a page with their values, and the boxes to tick, ticked."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        name = attributes.get("name")
        if tag == "input" and name and attributes.get("type") in ("hidden", "checkbox"):
            self.values[name] = attributes.get("value") or "on"


def fill_in(page: str, number: str) -> dict[str, str]:
    """What a person answers to the form on the page."""
    fields = Fields()
    fields.feed(page)
    own = {"name": f"Safe Schools {number}", "contact_email": f"group-{number}@example.org"}
    return {**fields.values, **ANSWERS, **own}


class FormClient:
    """One connection's worth of a person with a form."""

    def __init__(self, port: int, path: str) -> None:
        self.port, self.path = port, path

    def submit(self, number: str) -> float:
        """Opens the form, fills it in, sends it. Seconds from sending to the whole answer."""
        return self.send(self.filled_in(number))

    def filled_in(self, number: str) -> str:
        """Opens the form and fills it in; what a browser would send."""
        _status, page = self._ask("GET")
        return urlencode(fill_in(page, number))

    def send(self, body: str, path: str = "") -> float:
        """Sends it, also to a form at another path. Seconds to the whole answer."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        status, page = self._ask("POST", body, headers, path)
        seconds = time.perf_counter() - started
        if status not in (302, 303):
            raise NotTaken(f"{status}: {page[:2000]}")
        return seconds

    def _ask(
        self,
        method: str,
        body: str | None = None,
        headers: dict[str, str] | None = None,
        path: str = "",
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path or self.path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

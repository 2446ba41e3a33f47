"""POST requests to URLs chosen by others, protected against server-side request forgery.

The host is resolved once and the checked IP address is the one connected to, so a second DNS answer
cannot redirect it. Redirects, proxies and ``.netrc`` are ignored. ``requests-hardened`` pins the
address; a requests session is avoided, since it reads the whole body of a redirect.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from django.utils.translation import gettext
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter import InvalidIPAddress  # type: ignore[import-untyped]
from requests_hardened.ip_filter_adapter import IPFilterAdapter  # type: ignore[import-untyped]
from urllib3.exceptions import HTTPError, ProtocolError

from workflows.core.conf import settings
from workflows.core.exceptions import AddressRefused
from workflows.core.web_addresses import clean_address, is_public, private_message

STEP_SECONDS = 10
"""Timeout to connect, and between parts of the response."""

TOTAL_SECONDS = 20
"""Timeout of the whole request: a response may arrive byte by byte."""

MOST_READ = 64 * 1024
PIECE = 4096


@dataclass(frozen=True)
class Reply:
    status: int | None = None
    reason: str = ""
    body: bytes = b""
    retry_after: str = ""
    trouble: str = ""
    may_have_arrived: bool = False


def post(address: str, *, body: bytes, headers: Mapping[str, str]) -> Reply:
    """Send ``body`` and wait up to TOTAL_SECONDS for the response."""
    try:
        request = requests.Request("POST", clean_address(address), data=body, headers=headers)
        with _watch(TOTAL_SECONDS) as watch:
            return _send(request.prepare(), watch)
    except AddressRefused as error:
        return Reply(trouble=str(error))
    except InvalidIPAddress:
        return Reply(trouble=private_message(urlsplit(address).hostname or ""))
    except requests.ReadTimeout:
        return Reply(trouble=gettext("No answer came in time."), may_have_arrived=True)
    except requests.RequestException as error:
        return _no_answer(error)


def _send(request: requests.PreparedRequest, watch: "_Watch") -> Reply:
    with contextlib.closing(_adapter(request, watch)) as adapter:
        response = adapter.send(
            request, stream=True, timeout=(STEP_SECONDS, STEP_SECONDS), verify=True
        )
        with contextlib.closing(response):
            if watch.is_over:  # The headers may be incomplete.
                raise requests.ReadTimeout
            return Reply(
                status=response.status_code,
                reason=response.reason or "",
                body=_beginning(response),
                retry_after=response.headers.get("Retry-After", ""),
            )


def _beginning(response: requests.Response) -> bytes:
    """The first bytes of the body, undecoded; errors after the status are ignored."""
    read = b""
    with contextlib.suppress(HTTPError, OSError):
        for piece in response.raw.stream(PIECE, decode_content=False):
            read += piece
            if len(read) >= MOST_READ:
                break
    return read[:MOST_READ]


def _no_answer(error: requests.RequestException) -> Reply:
    """The request may have arrived only if the connection broke later."""
    cause = error.args[0] if error.args else None
    if isinstance(cause, ProtocolError):
        trouble = gettext("The connection ended before an answer came.")
        return Reply(trouble=trouble, may_have_arrived=True)
    if isinstance(error, requests.exceptions.SSLError):
        trouble = gettext("There is a problem with the certificate or the encryption.")
    elif isinstance(error, requests.ConnectTimeout):
        trouble = gettext("The host did not accept the connection in time.")
    else:
        trouble = gettext("We could not connect to the host.")
    return Reply(trouble=f"{trouble} ({type(cause or error).__name__})")


class _PinnedAdapter(IPFilterAdapter):
    """Refuses more networks than the library: see ``is_public``."""

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        if not is_public(str(host["host"]).strip("[]")):
            raise InvalidIPAddress(host["host"])
        return host, pool


def _adapter(request: requests.PreparedRequest, watch: "_Watch") -> HTTPAdapter:
    scheme = urlsplit(request.url or "").scheme
    adapter: HTTPAdapter = (
        HTTPAdapter()
        if settings.WEBHOOK_ALLOW_PRIVATE
        else _PinnedAdapter(is_https_proto=scheme == "https")
    )
    adapter.poolmanager.pool_classes_by_scheme = watch.pools()
    return adapter


class _Watch:
    """Closes the connections of a request when its time is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._is_over = False

    def pools(self) -> dict[str, type]:
        return {
            "http": self._watched(urllib3.HTTPConnectionPool),
            "https": self._watched(urllib3.HTTPSConnectionPool),
        }

    def _watched(self, pool: Any) -> type:
        watch = self

        class Connection(pool.ConnectionCls):
            def _new_conn(self) -> socket.socket:
                return watch.add(super()._new_conn())

        return type("Pool", (pool,), {"ConnectionCls": Connection})

    @property
    def is_over(self) -> bool:
        return self._is_over

    def add(self, connection: socket.socket) -> socket.socket:
        """Keep a duplicate: TLS detaches the original socket."""
        with self._lock:
            self._sockets.append(connection.dup())
            if self._is_over:
                self._shut()
        return connection

    def end(self) -> None:
        with self._lock:
            self._is_over = True
            self._shut()

    def close(self) -> None:
        with self._lock:
            for connection in self._sockets:
                connection.close()
            self._sockets = []

    def _shut(self) -> None:
        for connection in self._sockets:
            with contextlib.suppress(OSError):  # Already closed by the other side.
                connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _watch(seconds: float) -> Iterator[_Watch]:
    watch = _Watch()
    timer = threading.Timer(seconds, watch.end)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()
        watch.close()

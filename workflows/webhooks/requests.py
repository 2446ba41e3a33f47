"""Posting to an address that someone else chose, without being sent where we do not want to go.

The host is looked up once per request; the IP address that came out is checked and then connected
to, so no second answer of the name server can lead elsewhere. Redirects are not followed, and
nothing of the environment (proxies, passwords in ``.netrc``) is used. The adapter of
``requests-hardened`` does the pinning; a session is left out, since it reads the whole body of a
redirect.
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
"""For connecting, and for each part of the answer."""

TOTAL_SECONDS = 20
"""For all of it: an answer may come byte by byte, each of them in time."""

MOST_READ = 64 * 1024
PIECE = 4096


@dataclass(frozen=True)
class Reply:
    """How a request ended. Without a ``status``, ``trouble`` says why there is none."""

    status: int | None = None
    reason: str = ""
    body: bytes = b""
    retry_after: str = ""
    trouble: str = ""
    may_have_arrived: bool = False


def post(address: str, *, body: bytes, headers: Mapping[str, str]) -> Reply:
    """Send ``body`` and wait for the answer, for TOTAL_SECONDS at most."""
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
            if watch.is_over:  # What had come of the headers passes for all of them.
                raise requests.ReadTimeout
            return Reply(
                status=response.status_code,
                reason=response.reason or "",
                body=_beginning(response),
                retry_after=response.headers.get("Retry-After", ""),
            )


def _beginning(response: requests.Response) -> bytes:
    """The body's first bytes as they came. What breaks after the status changes nothing."""
    read = b""
    with contextlib.suppress(HTTPError, OSError):
        for piece in response.raw.stream(PIECE, decode_content=False):
            read += piece
            if len(read) >= MOST_READ:
                break
    return read[:MOST_READ]


def _no_answer(error: requests.RequestException) -> Reply:
    """Only a connection that broke later may have brought the request to the other side."""
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
    """Refuses a few more networks than the library, as ``is_public`` does."""

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
    """Ends the connections of one request when its time is over, whatever they are doing."""

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
        """A twin is kept, since the socket itself is detached when it is encrypted."""
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
            with contextlib.suppress(OSError):  # The other side was faster.
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

"""HTTP requests to URLs chosen by others, protected against server-side request forgery.

The host is resolved once and the checked IP address is the one connected to, so a second DNS answer
cannot redirect it. Redirects, proxies and ``.netrc`` are ignored. ``requests-hardened`` pins the
address; a requests session is avoided, since it reads the whole body of a redirect.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter import InvalidIPAddress  # type: ignore[import-untyped]
from requests_hardened.ip_filter_adapter import IPFilterAdapter  # type: ignore[import-untyped]

from workflows.core.web_addresses import is_public


@contextlib.contextmanager
def answer_to(
    request: requests.PreparedRequest,
    *,
    step_seconds: float,
    total_seconds: float,
    allow_private: bool = False,
) -> Iterator[requests.Response]:
    """The answer, whose body is read from ``raw`` while the context lasts. ``step_seconds``: to
    connect, and between parts of the answer; it may arrive byte by byte, so after
    ``total_seconds`` the connection is closed. Raises ``requests.RequestException``, of which
    InvalidIPAddress is one.
    """
    with _watch(total_seconds) as watch, contextlib.closing(pinned(request, allow_private)) as own:
        own.poolmanager.pool_classes_by_scheme = watch.pools()
        timeout = (step_seconds, step_seconds)
        response = own.send(request, stream=True, timeout=timeout, verify=True)
        with contextlib.closing(response):
            if watch.is_over:  # The headers may be incomplete.
                raise requests.ReadTimeout
            yield response


class _PinnedAdapter(IPFilterAdapter):
    """Refuses more networks than the library: see ``is_public``."""

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        if not is_public(str(host["host"]).strip("[]")):
            raise InvalidIPAddress(host["host"])
        return host, pool


def pinned(request: requests.PreparedRequest, allow_private: bool = False) -> HTTPAdapter:
    scheme = urlsplit(request.url or "").scheme
    return HTTPAdapter() if allow_private else _PinnedAdapter(is_https_proto=scheme == "https")


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

"""Asks one site again and again over HTTP, on several connections at once."""

import http.client
import socket
import statistics
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from benchmarks.form_client import TIMEOUT_SECONDS
from benchmarks.submit import CONNECTIONS

READ_BYTES = 262_144


class WrongAnswer(Exception):
    """Another status than the one that is measured."""


@dataclass(frozen=True)
class Way:
    """What is asked for, and the status of its answer."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


def rates(port: int, ways: Mapping[str, Way], *, turns: int, seconds: float) -> dict[str, float]:
    """Answers a second by way, the median of all turns, in which each way has its time."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(turns):
        for name, way in ways.items():
            found[name].append(_rate(port, way, seconds))
        sys.stderr.write(f"turn {turn + 1} of {turns}\n")
    return {name: statistics.median(numbers) for name, numbers in found.items()}


def ask(port: int, way: Way) -> tuple[bytes, Mapping[str, str]]:
    """The answer's content and headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", way.path, headers=dict(way.headers))
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != way.status:
            raise WrongAnswer(f"{way.path}: {answer.status}: {content[:500]!r}")
        return content, dict(answer.getheaders())
    finally:
        connection.close()


def milliseconds(port: int, ways: Mapping[str, Way], *, turns: int) -> dict[str, float]:
    """To the whole answer by way, the median of all turns after those that warm up."""
    return milliseconds_of_sites({port: ways}, turns=turns)[port]


def milliseconds_of_sites(
    sites: Mapping[int, Mapping[str, Way]], *, turns: int
) -> dict[int, dict[str, float]]:
    """The same by port, of sites that are asked in turns for each way: they have the same ways."""
    seconds = {port: {name: [] for name in ways} for port, ways in sites.items()}
    for turn in range(-2, turns):  # Each of the two workers has to have been asked before.
        for name in next(iter(sites.values())):
            for port, ways in sites.items():
                started = time.perf_counter()
                ask(port, ways[name])
                if turn >= 0:
                    seconds[port][name].append(time.perf_counter() - started)
    return {
        port: {name: statistics.median(each) * 1000 for name, each in ways.items()}
        for port, ways in seconds.items()
    }


def first_byte(port: int, way: Way) -> float:
    """Seconds until the first byte of the content; the rest is read, too."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        started = time.perf_counter()
        connection.request("GET", way.path, headers=dict(way.headers))
        answer = connection.getresponse()
        answer.read(1)
        seconds = time.perf_counter() - started
        answer.read()
        if answer.status != way.status:
            raise WrongAnswer(f"{way.path}: {answer.status}")
        return seconds
    finally:
        connection.close()


def _rate(port: int, way: Way, seconds: float) -> float:
    request = _request(port, way)
    expected = f"HTTP/1.1 {way.status} ".encode()
    started = time.perf_counter()

    def keep_asking(_number: int) -> int:
        answers = 0
        while time.perf_counter() - started < seconds:
            head = _ask_lightly(port, request)
            if not head.startswith(expected):
                raise WrongAnswer(f"{way.path}: {head!r}")
            answers += 1
        return answers

    with ThreadPoolExecutor(CONNECTIONS) as people:
        answers = sum(people.map(keep_asking, range(CONNECTIONS)))
    return answers / (time.perf_counter() - started)


def _request(port: int, way: Way) -> bytes:
    headers = {"Host": f"127.0.0.1:{port}", "Connection": "close", **way.headers}
    lines = [f"GET {way.path} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _ask_lightly(port: int, request: bytes) -> bytes:
    """The answer's first bytes. It is read whole, but not taken apart: a client that shares the
    machine with the server must not be what is measured.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS) as connection:
        connection.sendall(request)
        head = connection.recv(READ_BYTES)
        while connection.recv(READ_BYTES):
            pass
        return head

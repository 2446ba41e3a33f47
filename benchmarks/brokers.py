"""Three brokers for a site: one that answers, one that refuses, one that never answers."""

import contextlib
import socket
from collections.abc import Iterator


@contextlib.contextmanager
def refused() -> Iterator[str]:
    """Nobody listens: the port is bound, so that nobody else takes it, and refuses."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"redis://127.0.0.1:{taken.getsockname()[1]}/0"


@contextlib.contextmanager
def half_open() -> Iterator[str]:
    """The system takes connections, and nothing ever answers: a broker that hangs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

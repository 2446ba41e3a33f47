"""A mail server that takes its time for each mail, and any number of mails at once."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from benchmarks.brokers import free_port

SECONDS_A_MAIL = 0.05


@dataclass
class SlowMailServer:
    arrived: list[tuple[float, str]] = field(default_factory=list)
    """When, and the Message-ID."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(SECONDS_A_MAIL)
        headers, _blank, _body = (envelope.original_content or b"").partition(b"\r\n\r\n")
        name = message_from_bytes(headers)["Message-ID"]
        self.arrived.append((time.monotonic(), name))
        return "250 OK"


@contextlib.contextmanager
def slow_mail_server() -> Iterator[tuple[SlowMailServer, str]]:
    """And its URL."""
    server, port = SlowMailServer(), free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield server, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()

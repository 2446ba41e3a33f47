"""A real SMTP server on a free port that does as the test says, and keeps what it accepted."""

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

OK = "250 2.0.0 taken"


@dataclass
class Received:
    sender: str
    recipient: str
    message: bytes
    connection: tuple[str, int]
    options: list[str] = field(default_factory=list)


@dataclass
class Script:
    """What the server answers at each step; a list is used up one by one, then "OK" follows."""

    at_mail: list[str] = field(default_factory=list)
    at_recipient: list[str] = field(default_factory=list)
    at_data: list[str] = field(default_factory=list)
    hang_up_at: list[str] = field(default_factory=list)
    """Steps ("mail", "data", "accepted") at which the connection is cut, one by one; "accepted"
    means after keeping the mail and before the 250."""
    pipelining: bool = True
    """Whether the server offers it."""
    smtputf8: bool = False
    """Whether the server offers it (RFC 6531)."""
    hold: bool = False
    """Keep the mail, then wait for ``release`` before the 250."""


class ScriptedServer:
    def __init__(self) -> None:
        self.script = Script()
        self.received: list[Received] = []
        self.connections = 0
        self.holding = threading.Event()
        self.release = threading.Event()
        self.controller = _Controller(self, hostname="127.0.0.1", port=0)

    @property
    def port(self) -> int:
        return self.controller.port

    @property
    def recipients(self) -> Counter[str]:
        return Counter(received.recipient for received in self.received)

    @contextlib.contextmanager
    def running(self) -> Iterator["ScriptedServer"]:
        self.controller.start()
        try:
            yield self
        finally:
            self.stop()

    def stop(self) -> None:
        """From now on nobody listens. Stopping twice is fine."""
        self.release.set()
        if self.controller.loop.is_running():
            self.controller.stop()

    # aiosmtpd's hooks

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        greeting, *abilities = responses
        more = ["250-PIPELINING"] if self.script.pipelining else []
        return [greeting, *more, *abilities]

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self._cut("mail", server):
            return OK
        answer = _next(self.script.at_mail)
        if answer == OK:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = _next(self.script.at_recipient)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        if self._cut("data", server):
            return OK
        answer = _next(self.script.at_data)
        if answer == OK:
            self.received += [
                Received(
                    envelope.mail_from,
                    recipient,
                    envelope.original_content,
                    session.peer,
                    envelope.mail_options,
                )
                for recipient in envelope.rcpt_tos
            ]
            self._cut("accepted", server)
        if self.script.hold:
            self.holding.set()
            await server.loop.run_in_executor(None, self.release.wait)
        return answer

    def _cut(self, step: str, server: SMTP) -> bool:
        if self.script.hang_up_at[:1] != [step]:
            return False
        self.script.hang_up_at.pop(0)
        server.transport.abort()
        return True


class _Controller(Controller):
    """aiosmtpd's controller, on whatever port the system gives."""

    def __init__(self, scripted: ScriptedServer, **kwargs) -> None:
        self.scripted = scripted
        super().__init__(scripted, **kwargs)

    def factory(self) -> SMTP:
        self.scripted.connections += 1
        offered = self.scripted.script.smtputf8
        return SMTP(self.scripted, enable_SMTPUTF8=offered, hostname="mail.test")

    def _trigger_server(self) -> None:
        # The server is started by now: learn its port, and do not count this connection.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
        self.scripted.connections = 0


def _next(answers: list[str]) -> str:
    return answers.pop(0) if answers else OK

"""A mail server with bad days. What it takes is on the disk before the 250."""

import asyncio
import hashlib
import random
from collections import Counter
from dataclasses import dataclass
from email.parser import BytesHeaderParser

from tests.chaos.history import NO_SUCH_PERSON, REFUSED
from tests.chaos.journal import Journal
from tests.smtp_server import OK, ScriptedServer

SILENT_SECONDS = 11  # The site waits ten, or 50 for the answer to the whole message.
MOST_UNANSWERED = 2
"""How often a mail's end is left without an answer. After five times the site gives it up."""


@dataclass(frozen=True)
class Fault:
    name: str
    share: float
    """Of the times that the server is at this step."""
    answer: str = OK
    seconds: float = 0
    hangs_up: bool = False
    takes: bool = False
    """Whether it keeps the mail nonetheless."""


AT_MAIL = (
    Fault("silent at MAIL", 0.005, "421 4.4.2 Too late", seconds=SILENT_SECONDS),
    Fault("closes at MAIL", 0.01, hangs_up=True),
    Fault("421 at MAIL", 0.01, "421 4.3.2 Closing down"),
    Fault("550 to our sender", 0.01, "550 5.7.1 Not from you"),
)
AT_RCPT = (
    Fault("450 at RCPT", 0.04, "450 4.2.0 Greylisted"),
    Fault("530 at RCPT", 0.01, "530 5.7.0 Log in first"),
)
AT_DATA = (
    Fault("451 after DATA", 0.03, "451 4.3.0 Something broke"),
    Fault("slow after DATA", 0.04, seconds=1, takes=True),
    Fault("closes after DATA, mail lost", 0.02, hangs_up=True),
    Fault("closes after DATA, mail taken", 0.03, hangs_up=True, takes=True),
    Fault("silent after DATA, mail taken", 0.01, seconds=SILENT_SECONDS, hangs_up=True, takes=True),
)
WORKS = Fault("", 1, takes=True)


class MailSink(ScriptedServer):
    def __init__(self, journal: Journal, random_: random.Random) -> None:
        super().__init__()
        self.journal = journal
        self.random = random_
        self.calm = False
        """From now on it works."""
        self.faults: Counter[str] = Counter()
        self.unanswered: Counter[str] = Counter()

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = await self._meet(self._draw(AT_MAIL), server)
        if answer == OK:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith(NO_SUCH_PERSON):
            return "550 5.1.1 No such person here"
        answer = await self._meet(self._draw(AT_RCPT), server)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        [recipient] = envelope.rcpt_tos
        if recipient.startswith(REFUSED):
            return "554 5.7.1 We do not want this"
        fault = self._draw(AT_DATA)
        if fault.hangs_up:
            self.unanswered[recipient] += 1
            if self.unanswered[recipient] > MOST_UNANSWERED:
                fault = WORKS
        if fault.takes:
            self._keep(recipient, envelope.original_content)
        return await self._meet(fault, server)

    def _draw(self, faults: tuple[Fault, ...]) -> Fault:
        if self.calm:
            return WORKS
        drawn = self.random.choices(
            [*faults, WORKS], [*(one.share for one in faults), 1 - sum(one.share for one in faults)]
        )
        return drawn[0]

    async def _meet(self, fault: Fault, server) -> str:
        if fault is not WORKS:
            self.faults[fault.name] += 1
        await asyncio.sleep(fault.seconds)
        if fault.hangs_up:
            server.transport.abort()
        return fault.answer

    def _keep(self, recipient: str, message: bytes) -> None:
        self.journal.note(
            message_id=BytesHeaderParser().parsebytes(message)["Message-ID"],
            recipient=recipient,
            digest=hashlib.sha256(message).hexdigest(),
        )

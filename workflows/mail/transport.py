"""Sending one email through Django's backends, with the exact outcome. For SMTP it runs the
transaction itself, to keep the server's replies and to recognize the one uncertain case: all data
sent, no reply. Other backends get a message with the frozen bytes.
"""

import contextlib
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings as django_settings
from django.core import mail as django_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as DjangoSmtpBackend
from django.utils.module_loading import import_string
from django.utils.translation import gettext, gettext_noop

from workflows.core.addresses import mail_address
from workflows.core.conf import settings
from workflows.core.exceptions import BadAddress, ServerUnreachable
from workflows.mail.reading import RenderedMessage
from workflows.models import OutgoingMail

FINAL_REPLY_SECONDS = 50
"""How long to wait for the reply to the message. RFC 5321, 4.5.3.2.6 asks for ten minutes, since an
early timeout means a repeat; the task's time limit and the lease allow this much.
"""

OUR_CONNECTION = frozenset({421, 454, 530, 534, 535, 538})
"""Replies about the connection or our login, not the email (RFC 5321, 3.8; RFC 4954, 6)."""

TOO_LARGE = 552
"""The only permanent reply to MAIL FROM that is about the email (RFC 1870, 6.1)."""

PROVIDER_REFUSES_MAIL = frozenset({400, 404, 413, 422})
"""A provider's HTTP statuses that are about the email, not about us or an outage."""


NOT_INTERNATIONAL = gettext_noop(
    "The mail server does not take addresses with letters such as ü or ж before the @, such as"
    " “%(address)s” (it does not offer SMTPUTF8). Another address is needed."
)


class Result(Enum):
    ACCEPTED = auto()
    REFUSED = auto()
    LATER = auto()
    UNCERTAIN = auto()


@dataclass(frozen=True)
class Outcome:
    result: Result
    answer: str
    hung_up: bool = False


@dataclass(frozen=True)
class Step:
    """A command of an SMTP transaction and the replies that let it go on."""

    command: str
    wanted: tuple[int, ...]
    blamed_for: tuple[int, ...] = ()
    """The only permanent replies that are about the email; empty: all."""

    def blames_mail(self, code: int) -> bool:
        return not self.blamed_for or code in self.blamed_for


class Transport(Protocol):
    def open(self) -> bool:
        """Connect unless connected; return whether it is a new connection. Raises
        ServerUnreachable.
        """

    def send(self, mail: OutgoingMail) -> Outcome: ...

    def close(self) -> None: ...


def get_transport() -> Transport:
    backend = get_backend()
    if isinstance(backend, DjangoSmtpBackend):
        return SmtpTransport(backend)
    return BackendTransport(backend)


def get_backend() -> BaseEmailBackend:
    """MAILERS in Django ≥ 6.1, a single backend before."""
    if hasattr(django_settings, "MAILERS"):
        return django_mail.mailers[settings.TRANSPORT_MAILER]
    return import_string(settings.TRANSPORT_BACKEND)()


class SmtpTransport:
    def __init__(self, backend: DjangoSmtpBackend) -> None:
        self.backend = backend

    @property
    def _smtp(self) -> smtplib.SMTP:
        if self.backend.connection is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        return self.backend.connection

    def open(self) -> bool:
        try:
            opened = bool(self.backend.open())
            self._smtp.ehlo_or_helo_if_needed()
        except OSError as error:
            self.close()
            raise ServerUnreachable(describe(error)) from error
        # What is not ASCII is sent only where the server offers it.
        self._smtp.command_encoding = "utf-8"
        return opened

    @property
    def is_international(self) -> bool:
        """Whether the server, once connected, takes addresses of RFC 6531."""
        return self._smtp.has_extn("smtputf8")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.backend.close()
        # Django keeps the connection if QUIT failed.
        self.backend.connection = None

    def send(self, mail: OutgoingMail) -> Outcome:
        try:
            sender, recipient = mail_address(mail.envelope_sender), mail_address(mail.recipient)
        except BadAddress as error:
            return Outcome(Result.REFUSED, str(error))
        try:
            for address, result in ((sender, Result.LATER), (recipient, Result.REFUSED)):
                if not (address.isascii() or self.is_international):
                    return Outcome(result, gettext(NOT_INTERNATIONAL) % {"address": address})
            return self._converse(sender, recipient, bytes(mail.message or b""))
        except OSError as error:
            # Nothing is accepted before the final dot, so it is safe to retry.
            return self._hang_up(Outcome(Result.LATER, describe(error), hung_up=True))

    def _converse(self, sender: str, recipient: str, message: bytes) -> Outcome:
        """One SMTP transaction; smtplib's ``sendmail`` would discard the replies. If the server
        offers it, the three commands go out in one write (RFC 2920).
        """
        smtp = self._smtp
        steps = self._steps(smtp, sender, recipient, message)
        is_pipelined = smtp.has_extn("pipelining")
        if is_pipelined:
            smtp.send("".join(f"{step.command}\r\n" for step in steps))
        for place, step in enumerate(steps):
            if not is_pipelined:
                smtp.putcmd(step.command)
            code, text = smtp.getreply()
            if code not in step.wanted:
                unread = len(steps) - place - 1 if is_pipelined else 0
                return self._refused(code, text, blames_mail=step.blames_mail(code), unread=unread)
        smtp.send(with_end_of_data(message))
        return self._final_reply(smtp)

    def _steps(
        self, smtp: smtplib.SMTP, sender: str, recipient: str, message: bytes
    ) -> tuple[Step, ...]:
        needs = ["SMTPUTF8"] if not (sender + recipient).isascii() else []
        options = " ".join(["", *self._options(smtp, message), *needs])
        return (
            Step(f"MAIL FROM:<{sender}>{options}", (250,), blamed_for=(TOO_LARGE,)),
            Step(f"RCPT TO:<{recipient}>", (250, 251, 252)),
            Step("DATA", (354,)),
        )

    def _final_reply(self, smtp: smtplib.SMTP) -> Outcome:
        try:
            with patience(smtp.sock):
                code, text = smtp.getreply()
        except OSError as error:
            return self._hang_up(Outcome(Result.UNCERTAIN, describe(error), hung_up=True))
        if 200 <= code < 300:
            return Outcome(Result.ACCEPTED, words(code, text))
        if 400 <= code < 600:
            return self._refused(code, text)
        return self._hang_up(Outcome(Result.UNCERTAIN, words(code, text), hung_up=True))

    def _refused(
        self, code: int, text: bytes, *, blames_mail: bool = True, unread: int = 0
    ) -> Outcome:
        answer = words(code, text)
        if code in OUR_CONNECTION or not 400 <= code < 600:
            return self._hang_up(Outcome(Result.LATER, answer, hung_up=True))
        self._skip(unread)
        self._smtp.rset()
        permanent = code >= 500 and blames_mail
        return Outcome(Result.REFUSED if permanent else Result.LATER, answer)

    def _skip(self, unread: int) -> None:
        """Read the replies to commands that went out with a refused one. A server may still ask for
        the message; it gets none (RFC 2920, 3.1).
        """
        codes = [self._smtp.getreply()[0] for _ in range(unread)]
        if codes[-1:] == [354]:
            self._smtp.docmd(".")

    def _hang_up(self, outcome: Outcome) -> Outcome:
        self.close()
        return outcome

    @staticmethod
    def _options(smtp: smtplib.SMTP, message: bytes) -> list[str]:
        options = [f"SIZE={len(message)}"] if smtp.has_extn("size") else []
        if not message.isascii() and smtp.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        return options


class BackendTransport:
    """Any other backend; its exceptions are all we learn about a failure."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend
        self.opened = False

    def open(self) -> bool:
        if self.opened:
            return False
        try:
            self.backend.open()
        except OSError as error:
            raise ServerUnreachable(describe(error)) from error
        self.opened = True
        return True

    def close(self) -> None:
        self.opened = False
        self.backend.close()

    def send(self, mail: OutgoingMail) -> Outcome:
        try:
            sent = self.backend.send_messages([RenderedMessage(mail)])
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # Backends define their own exceptions.
            return Outcome(self._result_of(error), describe(error))
        if sent:
            return Outcome(Result.ACCEPTED, gettext("The email backend accepted the message."))
        return Outcome(Result.LATER, gettext("The email backend did not send the message."))

    @staticmethod
    def _result_of(error: Exception) -> Result:
        """Email providers' packages set the HTTP status on the exception (anymail:
        ``status_code``).
        """
        status = getattr(error, "status_code", None)
        if status is None:
            return Result.LATER if isinstance(error, ConnectionRefusedError) else Result.UNCERTAIN
        return Result.REFUSED if status in PROVIDER_REFUSES_MAIL else Result.LATER


@contextlib.contextmanager
def patience(connection: Any) -> Iterator[None]:
    usual = connection.gettimeout()
    connection.settimeout(max(usual or 0, FINAL_REPLY_SECONDS))
    yield
    connection.settimeout(usual)


def with_end_of_data(message: bytes) -> bytes:
    """Double dots at line starts and add the final dot (RFC 5321, 4.5.2)."""
    end = b"" if message.endswith(b"\r\n") else b"\r\n"
    first = b"." if message.startswith(b".") else b""
    return first + message.replace(b"\n.", b"\n..") + end + b".\r\n"


def words(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}"


def describe(error: Any) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return words(error.smtp_code, text.encode() if isinstance(text, str) else text)
    return f"{type(error).__name__}: {error}"

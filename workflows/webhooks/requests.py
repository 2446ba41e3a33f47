"""POST requests to URLs chosen by others; see ``workflows.core.guarded_requests``."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from django.utils.translation import gettext
from requests_hardened.ip_filter import InvalidIPAddress  # type: ignore[import-untyped]
from urllib3.exceptions import HTTPError, ProtocolError

from workflows.core.conf import settings
from workflows.core.exceptions import AddressRefused
from workflows.core.guarded_requests import answer_to
from workflows.core.web_addresses import clean_address, private_message

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
        return _send(request.prepare())
    except AddressRefused as error:
        return Reply(trouble=str(error))
    except InvalidIPAddress:
        return Reply(trouble=private_message(urlsplit(address).hostname or ""))
    except requests.ReadTimeout:
        return Reply(trouble=gettext("No answer came in time."), may_have_arrived=True)
    except requests.RequestException as error:
        return _no_answer(error)


def _send(request: requests.PreparedRequest) -> Reply:
    with answer_to(
        request,
        step_seconds=STEP_SECONDS,
        total_seconds=TOTAL_SECONDS,
        allow_private=settings.WEBHOOK_ALLOW_PRIVATE,
    ) as response:
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

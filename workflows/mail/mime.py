"""The bytes of a mail (RFC 5322, RFC 2045), built directly.

Python's own message classes parse and check every header again and take several times as long.
Everything that comes in here is clean already: headers are one line, bodies are plain text.
"""

from binascii import b2a_qp
from collections.abc import Iterable
from email.header import Header
from secrets import token_hex

LONGEST_HEADER_LINE = 76


def multipart_alternative(headers: Iterable[tuple[str, str]], *, text: str, html: str) -> bytes:
    """A mail that says the same as plain text and as HTML, 7-bit clean, lines of at most 76."""
    # "=_" never occurs in quoted-printable text, so the boundary cannot be in a body.
    boundary = f"=_{token_hex(12)}"
    all_headers = [
        *headers,
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in all_headers).encode("ascii")
    mark = f"--{boundary}".encode()
    parts = [_part("plain", text), _part("html", html)]
    body = b"".join(b"\r\n" + mark + b"\r\n" + part for part in parts)
    return head + body + b"\r\n" + mark + b"--\r\n"


def unstructured(name: str, value: str) -> str:
    """A header's value, encoded (RFC 2047) and folded where it has to be."""
    if value.isascii() and len(name) + len(value) + 2 <= LONGEST_HEADER_LINE:
        return value
    charset = "us-ascii" if value.isascii() else "utf-8"
    header = Header(value, charset, header_name=name, maxlinelen=LONGEST_HEADER_LINE)
    return header.encode(linesep="\r\n")


def _part(subtype: str, text: str) -> bytes:
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    # The encoder takes its line ends from the first one it meets, hence one is always there.
    data = (text.rstrip("\n") + "\n").replace("\n", "\r\n").encode()
    return head.encode("ascii") + b2a_qp(data, istext=True)

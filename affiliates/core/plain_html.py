"""Plain text that people wrote, as HTML: paragraphs, lines and links to the web, nothing else."""

import re
from urllib.parse import urlsplit

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\^{}|]+", re.IGNORECASE)
_AFTER_AN_ADDRESS = ".,;:!?)]’”»…"
_PARAGRAPHS = re.compile(r"\n{2,}")


def as_html(text: str) -> SafeString:
    """Everything is escaped; an address of the web becomes a link that vouches for nothing."""
    paragraphs = _PARAGRAPHS.split(text.replace("\r\n", "\n").strip())
    html = "\n".join(f"<p>{_with_links(part)}</p>" for part in paragraphs if part)
    return mark_safe(html)  # noqa: S308 (made of escaped parts)


def _with_links(text: str) -> str:
    parts, end = [], 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(_AFTER_AN_ADDRESS)
        parts += [escape(text[end : found.start()]), _link(address)]
        end = found.start() + len(address)
    return "".join([*parts, escape(text[end:])]).replace("\n", "<br>")


def _link(address: str) -> str:
    if not _is_plain(address):
        return escape(address)
    return format_html('<a href="{0}" rel="nofollow ugc noopener">{0}</a>', address)


def _is_plain(address: str) -> bool:
    """A host with a name on the internet, and no user before it, which hides where a link leads."""
    try:
        parts = urlsplit(address)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        return False
    host = parts.hostname or ""
    return port_is_number and "." in host and "@" not in parts.netloc and not host[-1].isdigit()

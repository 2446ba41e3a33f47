"""The sender of emails, and addresses as envelope and headers take them."""

import re
import unicodedata
from email.header import Header
from email.utils import parseaddr

import idna
from django.conf import settings as django_settings
from django.utils.translation import gettext
from wagtail.models import Site

from workflows.core.conf import settings
from workflows.core.exceptions import BadAddress
from workflows.core.plain_text import one_line

QUOTED_NAME_LENGTH = 60
"""Longer names are folded (RFC 5322 2.2.3)."""

LINE_LENGTH = 66
"""Room for a header's value on a line; the standard recommends at most 78 with its name."""

_ADDRESS = re.compile(r"(?:[!-;=?-~]|[^\x00-\xa0\s\ud800-\udfff])+@[!-;=?-~]+")
"""Printable, without spaces and angle brackets."""


def mail_address(address: str) -> str:
    """The address with an IDNA domain (RFC 5891). Raises BadAddress, also for non-ASCII characters
    before the @ (RFC 6531) unless ``SMTPUTF8`` is set.
    """
    local, _at, domain = address.strip().rpartition("@")
    encoded = f"{local}@{_ascii_domain(domain)}"
    if not _ADDRESS.fullmatch(encoded) or not (encoded.isascii() or settings.SMTPUTF8):
        raise BadAddress(
            gettext("“%(address)s” is not an address that email can be sent to.")
            % {"address": address}
        )
    return encoded


def header_address(name: str, address: str) -> str:
    """``name <address>`` with the name encoded against header injection."""
    name = one_line(name)
    if not name:
        return mail_address(address)
    display, angle = _display_name(name), f"<{mail_address(address)}>"
    is_short = len(display.rpartition("\n")[2]) + len(angle) < LINE_LENGTH
    return f"{display} {angle}" if is_short else f"{display}\r\n {angle}"


def sender() -> tuple[str, str]:
    """Name and address from ``SENDER``, else ``DEFAULT_FROM_EMAIL``."""
    name, address = parseaddr(settings.SENDER or django_settings.DEFAULT_FROM_EMAIL)
    return name, address


def organisation_name() -> str:
    """The default site's name, else ``WAGTAIL_SITE_NAME``."""
    names = Site.objects.filter(is_default_site=True).values_list("site_name", flat=True)
    return one_line(next(iter(names), "") or django_settings.WAGTAIL_SITE_NAME)


def message_id_domain() -> str:
    return settings.SENDER_DOMAIN or mail_address(sender()[1]).rpartition("@")[2]


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return ""


def _display_name(name: str) -> str:
    # Some mail programs read an encoded word even between quotes.
    if name.isascii() and len(name) <= QUOTED_NAME_LENGTH and "=?" not in name:
        return '"{}"'.format(name.replace("\\", "\\\\").replace('"', '\\"'))
    return Header(name, "utf-8", maxlinelen=LINE_LENGTH).encode(linesep="\r\n")


def address_key(address: str) -> str:
    """Key for comparing addresses, not for sending: no case, no dots and +tag before the @, NFC,
    the domain in ASCII.
    """
    local, _at, domain = unicodedata.normalize("NFC", address.lower()).rpartition("@")
    plain = local.partition("+")[0].replace(".", "")
    return f"{plain or local}@{_ascii_domain(domain) or domain}"

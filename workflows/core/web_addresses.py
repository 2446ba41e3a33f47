"""Checks of URLs that our servers send requests to, against server-side request forgery. Checked
when typed (``check_address``) and again for each request (``guarded_requests.py``).
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import requests
from django.utils.translation import gettext
from requests_hardened.ip_filter import EXTRA_BLOCKED_NET_RANGES  # type: ignore[import-untyped]

from workflows.core.conf import settings
from workflows.core.exceptions import AddressRefused

LONGEST = 500
LONGEST_HOST = 253
DEFAULT_PORTS = {"https": 443, "http": 80}

_NEVER = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\\]")
"""Space, control characters and backslash, which programs parse differently."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
"""In ``example.org:8443`` the number is a port."""

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"0x[0-9a-f]*|\d+")


@dataclass(frozen=True)
class AddressRules:
    """Which addresses we send requests to. ``ports``: those allowed; empty for any."""

    schemes: tuple[str, ...]
    ports: tuple[int, ...] = (443, 80)
    longest: int = LONGEST


def of_webhooks() -> AddressRules:
    schemes = ("https", "http") if settings.WEBHOOK_ALLOW_HTTP else ("https",)
    return AddressRules(schemes, settings.WEBHOOK_PORTS)


def is_public(address: str) -> bool:
    """Whether the IP address is on the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.is_site_local:
            return False
        ip = ip.ipv4_mapped or ip
    is_special = ip.is_multicast or ip.is_reserved or not ip.is_global
    return not is_special and not any(ip in network for network in EXTRA_BLOCKED_NET_RANGES)


def clean_address(text: str, rules: AddressRules | None = None) -> str:
    """Normalize a URL without looking up its host: strip it and add a missing ``https://``. The
    rules are those of webhooks, if none are given. Raises AddressRefused.
    """
    rules = rules or of_webhooks()
    address = text.strip()
    if not address or len(address) > rules.longest or _NEVER.search(address):
        raise AddressRefused
    parts = _canonical(address if _SCHEME.match(address) else f"https://{address}")
    _check_scheme(parts, rules)
    _check_port(parts, rules)
    _check_host(parts.hostname or "")
    return parts.geturl()


def check_address(text: str) -> str:
    """``clean_address``, and the host must resolve to public addresses only."""
    address = clean_address(text)
    parts = urlsplit(address)
    found = _look_up(parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme])
    if not settings.WEBHOOK_ALLOW_PRIVATE and not all(map(is_public, found)):
        raise AddressRefused(private_message(parts.hostname or ""))
    return address


def private_message(host: str) -> str:
    return gettext(
        "%(host)s is in a private network, where we send nothing. Use an address that can be "
        "reached from the internet."
    ) % {"host": host}


def _canonical(address: str) -> SplitResult:
    """Lower-case the host and encode it in ASCII, as requests does."""
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(address, None)
        parts = urlsplit(str(prepared.url))
        parts.port  # noqa: B018 (raises ValueError if it is none)
    except (requests.RequestException, ValueError):
        raise AddressRefused from None
    return parts


def _check_scheme(parts: SplitResult, rules: AddressRules) -> None:
    if parts.scheme not in rules.schemes:
        raise AddressRefused(gettext("The address must begin with https://."))
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(gettext("Take the user name and the password out of the address."))


def _check_port(parts: SplitResult, rules: AddressRules) -> None:
    allowed = rules.ports
    port = DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    if allowed and port not in allowed:
        raise AddressRefused(
            gettext("Port %(port)s is not allowed. These are: %(allowed)s.")
            % {"port": port, "allowed": ", ".join(map(str, allowed))}
        )


def _check_host(host: str) -> None:
    """Accept IP addresses in the usual notation only, not 0x7f.1 or 2130706433."""
    labels = host.split(".")
    is_ip = ":" in host or _NUMBER.fullmatch(labels[-1])
    try:
        if is_ip:
            ipaddress.ip_address(host)
    except ValueError:
        raise AddressRefused from None
    is_name = len(host) <= LONGEST_HOST and all(map(_LABEL.fullmatch, labels))
    if not (is_ip or is_name):
        raise AddressRefused


def _look_up(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise AddressRefused(
            gettext("There is no host called %(host)s. Is there a typo?") % {"host": host}
        ) from None
    return [str(address[0]) for *_, address in found]

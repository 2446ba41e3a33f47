"""Identifies the client's network for the quota."""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from affiliates.core.conf import settings

PREFIX_LENGTHS = {4: 24, 6: 48}
"""What a household or office commonly gets, by IP version."""


def network_hash(request: HttpRequest) -> str:
    """A keyed hash of the client's network, so that no address is stored.

    All clients without a readable address are one network: else a garbled one escapes the quota.
    """
    network = str(client_network(request))
    return salted_hmac("affiliates.network", network, algorithm="sha256").hexdigest()


def client_network(request: HttpRequest) -> IPv4Network | IPv6Network | None:
    """None if unknown."""
    address = _address(_client(request))
    if address is None:
        return None
    return ip_network((address, PREFIX_LENGTHS[address.version]), strict=False)


def _client(request: HttpRequest) -> str:
    """The client's address. Each proxy appends the one it saw, so only the last ``TRUSTED_PROXIES``
    entries can be trusted.
    """
    entries = request.headers.get("X-Forwarded-For", "").split(",")
    forwarded = list(filter(None, map(str.strip, entries)))
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(forwarded) >= trusted:
        return forwarded[-trusted]
    return request.META.get("REMOTE_ADDR") or ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Accepts ``1.2.3.4``, ``1.2.3.4:567``, ``::1``, ``[::1]:567`` and ``::ffff:1.2.3.4``."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address

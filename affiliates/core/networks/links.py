"""Turns the links that people type into public addresses of a group. Fetches nothing."""

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from affiliates.core.networks import all_networks, get, label_of
from affiliates.core.networks.kinds import HOW, Network, is_below
from affiliates.core.networks.known import WEBSITE
from affiliates.core.networks.redirects import MOST_LAYERS, target_of
from affiliates.core.networks.web_addresses import refusal, web_address
from affiliates.core.text import clean_line

LINK_LENGTH = 500
TYPED_LENGTH = 2000
"""Addresses that lead to another one are long."""

_ENCLOSED = re.compile(r"""^([<"'])(.*)[>"']$""")


def clean_link(network: str, value: str, shown: Collection[str] | None = None) -> str:
    """Clean an address on ``network``, or of a website. Idempotent. Raises ``ValidationError``.

    ``shown`` are the networks that have a field; None: all. A page on any other one may stand for
    the group's website, since small groups often have nothing else.
    """
    typed = _typed(value)
    if not typed:
        return ""
    kind = get(network) or Network(network, network)
    link = _followed(web_address(_from_handle(kind, typed)), kind)
    found = network_at(link.netloc)
    if found and found.is_short(link.netloc):
        raise _short()
    if not kind.pages and found and shown is not None and found.name not in shown:
        kind = found
    if found != (kind if kind.domains else None):
        raise _wrong_field(kind, found, shown)
    return _whole(_on_network(kind, link) if kind.pages else link)


def clean_any_link(value: str) -> str:
    """Clean the address of any page: of a website, or a post on a network. Raises
    ``ValidationError``.
    """
    typed = _typed(value)
    return _whole(_followed(web_address(typed))) if typed else ""


def host_of(url: str) -> str:
    """In lower case, without ``www.``; empty if there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.lower().removeprefix("www.")


def network_at(host: str) -> Network | None:
    return next((network for network in all_networks() if network.is_at(host)), None)


def link_key(url: str) -> str:
    """Key for comparing links: no scheme, ``www.``, final slash or case; x.com is twitter.com."""
    link = urlsplit(url)
    host = (link.hostname or "").removeprefix("www.")
    network = network_at(host)
    if network:
        host = network.domains[0]
    query = f"?{link.query}" if link.query else ""
    return f"{host}{link.path.rstrip('/')}{query}".lower()


def _whole(link: SplitResult) -> str:
    address = urlunsplit(link)
    if len(address) > LINK_LENGTH:
        raise refusal("max_length", _("This link is too long. Please give a shorter one."))
    return address


def _typed(value: str) -> str:
    return _ENCLOSED.sub(r"\2", clean_line(value, max_length=TYPED_LENGTH))


def _from_handle(kind: Network, typed: str) -> str:
    if not kind.pages:
        return typed
    home = kind.home_of(typed)
    if not home and _is_name(kind, typed):
        raise _no_name(kind)
    return home or typed


def _is_name(kind: Network, typed: str) -> bool:
    if typed.startswith("@") or not any(sign in typed for sign in "./\\"):
        return True
    # An email address, or a name of two parts without its sign.
    return not kind.domains and "@" in typed and "/" not in typed


def _followed(link: SplitResult, kind: Network | None = None) -> SplitResult:
    """Where the link leads, as far as it says so itself."""
    for _layer in range(MOST_LAYERS + 1):
        target = _target_of(link, kind)
        if not target:
            return link
        link = web_address(_typed(target))
    raise refusal(
        "redirects",
        _("This link leads to another link. Please open it, and copy the address you come to."),
    )


def _target_of(link: SplitResult, kind: Network | None) -> str:
    network = network_at(link.netloc)
    if network and link.fragment.startswith("!/"):
        return f"https://{link.netloc}{link.fragment[1:]}"
    if network is None and kind and not kind.domains:
        network = kind
    moved = network.moved_from(link.netloc + _path(link)) if network else ()
    return target_of(link) or next(iter(moved), "")


def _path(link: SplitResult) -> str:
    return f"{link.path}?{link.query}" if link.query else link.path


def _on_network(kind: Network, link: SplitResult) -> SplitResult:
    """The link on the network's canonical host, over HTTPS. Refuses what is not a group's page."""
    found = kind.page.fullmatch(_path(link))
    if found is None:
        message = _("This link does not lead to the group on %(network)s. %(how)s")
        raise refusal("incomplete", message, network=str(kind.label), how=str(kind.how))
    path, _sign, query = found[1].partition("?")
    return SplitResult("https", _proper_host(kind, link.netloc), path, query, "")


def _proper_host(kind: Network, host: str) -> str:
    """Replace ``m.`` and ``de-de.`` with ``www.``; keep the host that browsers show."""
    domain = next((domain for domain in kind.domains if is_below(host, domain)), host)
    full = f"www.{domain}" if kind.has_www else domain
    return host if host in (domain, full) else full


def _no_name(kind: Network) -> ValidationError:
    if not kind.handle:
        return refusal("handle", _("Please give a link here: a name is not enough."))
    message = _("This name is not complete, or has characters it cannot have.")
    return refusal("handle", message if kind.how is HOW else f"{message} {kind.how}")


def _short() -> ValidationError:
    return refusal(
        "incomplete",
        _(
            "This short link does not say where it leads, and may lead to a single post. Please"
            " open it, press the group’s name there, and copy the whole address of the page."
        ),
    )


def _wrong_field(
    kind: Network, found: Network | None, shown: Collection[str] | None
) -> ValidationError:
    has_website = shown is None or WEBSITE in shown
    if found is None:
        message = (
            _(
                "This is not a link to %(network)s. The group’s own site belongs in the field"
                " “%(website)s”."
            )
            if has_website
            else _("This is not a link to %(network)s.")
        )
    elif shown is None or found.name in shown:
        message = _("This link leads to %(network)s. Please move it to the field “%(network)s”.")
    elif has_website:
        message = _(
            "This link leads to %(network)s, which has no field of its own here. If that is where"
            " people find the group, it may stand under “%(website)s”."
        )
    else:
        message = _("This link leads to %(network)s, which is not asked for. Please leave it out.")
    names = {"network": str((found or kind).label), "website": label_of(WEBSITE)}
    return refusal("wrong_network", message, **names)

"""Turns the links that people type into public addresses of a group. Fetches nothing."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, urljoin, urlsplit, urlunsplit

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from affiliates.core.states import Network
from affiliates.core.text import clean_line

LINK_LENGTH = 500


@dataclass(frozen=True)
class Place:
    """A network. Its first domain is canonical; ``short`` domains lead to single posts.

    ``handle`` and ``page`` match a whole handle, and a whole path with its query. ``home`` plus a
    handle is the address of a page.
    """

    domains: tuple[str, ...]
    home: str
    handle: str
    page: str
    short: tuple[str, ...] = ()


def _path(not_pages: str, *shapes: str) -> str:
    """A path of one of ``shapes``, or any that does not start with one of ``not_pages``."""
    return rf"/(?:{'|'.join(shapes)}|(?!(?:{not_pages})(?:[/?]|$))[^/?]+(?:[/?].*)?)"


PLACES: dict[str, Place] = {
    Network.FACEBOOK: Place(
        domains=("facebook.com", "fb.com"),
        short=("fb.me", "fb.watch"),
        home="https://www.facebook.com/",
        handle=r"[\w.]{3,50}",
        page=_path(
            r"groups|pages|people|profile\.php|share|p|login|home\.php|sharer|sharer\.php|l\.php"
            r"|watch|reel|events|help|search|photo|photo\.php|story\.php|permalink\.php",
            r"groups/[^/?]+.*",
            r"pages/[^?]*\d.*",
            r"people/[^/?]+/\d+.*",
            r"p/[^/?]+.*",
            r"share/[^/?]+.*",
            r"profile\.php\?(?:.*&)?id=\d+.*",
        ),
    ),
    Network.TWITTER: Place(
        domains=("twitter.com", "x.com"),
        short=("t.co",),
        home="https://x.com/",
        handle=r"\w{1,15}",
        page=_path(
            "home|login|search|explore|intent|share|hashtag|messages|settings|signup|i",
            r"i/communities/\d+.*",
        ),
    ),
    Network.INSTAGRAM: Place(
        domains=("instagram.com", "instagr.am"),
        home="https://www.instagram.com/",
        handle=r"[\w.]{1,30}",
        page=_path("p|reel|reels|tv|stories|explore|accounts|direct|share"),
    ),
    Network.YOUTUBE: Place(
        domains=("youtube.com",),
        short=("youtu.be",),
        home="https://www.youtube.com/@",
        handle=r"[\w.-]{3,30}",
        page=_path(
            "channel|c|user|watch|shorts|live|results|feed|embed|playlist|v|redirect|account",
            r"channel/UC[\w-]{22}(?:[/?].*)?",
            r"(?:c|user)/[^/?]+.*",
        ),
    ),
}

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d+(?:[/?#]|$))", re.IGNORECASE)
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_TOP_LEVEL = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{2,59}")
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|igsh|igshid|mibextid)", re.IGNORECASE)
_ENCODED_DOT = re.compile("%2e", re.IGNORECASE)
_ENCLOSED = re.compile(r"""^([<"'])(.*)[>"']$""")
_PRIVATE = frozenset(
    (
        *("localhost", "local", "internal", "home", "lan", "corp", "arpa"),
        *("test", "example", "invalid", "onion"),
    )
)
"""Names that are never public: RFC 6761, RFC 6762, and those that home routers use."""


def clean_link(network: str, value: str) -> str:
    """Clean an address on ``network``, or of a website. Idempotent. Raises ``ValidationError``."""
    typed = _ENCLOSED.sub(r"\2", clean_line(value, max_length=LINK_LENGTH))
    if not typed:
        return ""
    place = PLACES.get(network)
    link = _web_address(_from_handle(place, typed))
    found = network_of(link.netloc)
    if found != (network if place else None):
        raise _wrong_field(network, found)
    address = urlunsplit(_on_network(network, place, link) if place else link)
    if len(address) > LINK_LENGTH:
        raise _refusal("max_length", _("This link is too long. Please give a shorter one."))
    return address


def clean_any_link(value: str) -> str:
    """Clean the address of any page: of a website, or a post on a network. Raises
    ``ValidationError``.
    """
    typed = _ENCLOSED.sub(r"\2", clean_line(value, max_length=LINK_LENGTH))
    return urlunsplit(_web_address(typed)) if typed else ""


def host_of(url: str) -> str:
    """In lower case, without ``www.``; empty if there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.lower().removeprefix("www.")


def network_of(host: str) -> str | None:
    for network, place in PLACES.items():
        if any(_is_below(host, domain) for domain in (*place.domains, *place.short)):
            return network
    return None


def link_key(url: str) -> str:
    """Key for comparing links: no scheme, ``www.``, final slash or case; x.com is twitter.com."""
    link = urlsplit(url)
    host = (link.hostname or "").removeprefix("www.")
    network = network_of(host)
    if network:
        host = PLACES[network].domains[0]
    query = f"?{link.query}" if link.query else ""
    return f"{host}{link.path.rstrip('/')}{query}".lower()


def _from_handle(place: Place | None, typed: str) -> str:
    if place is None:
        return typed
    handle = typed.removeprefix("@")
    has_sign = handle != typed
    if re.fullmatch(place.handle, handle, re.ASCII) and (has_sign or "." not in handle):
        return place.home + handle
    if has_sign:
        raise _refusal("handle", _("This name is not complete, or has characters it cannot have."))
    return typed


def _web_address(typed: str) -> SplitResult:
    if "\\" in typed or " " in typed:
        raise _refusal("characters", _("A link cannot have spaces or backslashes in it."))
    try:
        link = urlsplit(_with_scheme(typed))
        port = link.port
    except ValueError:
        raise _unreadable() from None
    if "@" in link.netloc:
        raise _refusal("credentials", _("A link cannot have a user name or password in it."))
    if port not in (None, 80, 443):
        raise _refusal("port", _("Please give a link without a port number."))
    return SplitResult(
        link.scheme,
        _public_host(link.hostname or ""),
        _quoted(_resolved(link.path)),
        _quoted("&".join(filter(_says_something, link.query.split("&")))),
        _quoted(link.fragment),
    )


def _with_scheme(typed: str) -> str:
    match = _SCHEME.match(typed)
    if match is None or "." in match[1]:
        return "https://" + typed.removeprefix("//")
    scheme, rest = match[1].lower(), typed[match.end() :]
    if scheme not in ("http", "https") or not rest.startswith("//"):
        raise _refusal(
            "scheme", _("This is no link to a web page. Such a link starts with https://")
        )
    return f"{scheme}:{rest}"


def _public_host(host: str) -> str:
    try:
        name = idna.encode(host.rstrip("."), uts46=True, std3_rules=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        raise _unreadable() from None
    labels = name.split(".")
    if not all(map(_LABEL.fullmatch, labels)):
        raise _unreadable()
    if len(labels) < 2 or labels[-1] in _PRIVATE or not _TOP_LEVEL.fullmatch(labels[-1]):
        raise _refusal(
            "private",
            _("Others cannot open this link. Please give one that works on the public internet."),
        )
    return name


def _on_network(network: str, place: Place, link: SplitResult) -> SplitResult:
    """The link on the network's canonical host, over HTTPS. Refuses what is not a group's page."""
    query = f"?{link.query}" if link.query else ""
    is_short = any(_is_below(link.netloc, domain) for domain in place.short)
    if is_short or not re.fullmatch(place.page, link.path + query, re.DOTALL):
        raise _refusal(
            "incomplete",
            _(
                "This link does not lead to the group on %(network)s. It may be cut short. "
                "Please open the group’s page there and copy its whole address."
            ),
            network=Network(network).label,
        )
    return link._replace(scheme="https", netloc=_proper_host(place, link.netloc), fragment="")


def _proper_host(place: Place, host: str) -> str:
    """Replace ``m.`` and ``de-de.`` with ``www.``; keep the host that browsers show."""
    domain = next(domain for domain in place.domains if _is_below(host, domain))
    return host if host in (domain, f"www.{domain}") else f"www.{domain}"


def _wrong_field(network: str, found: str | None) -> ValidationError:
    if found is None:
        return _refusal(
            "wrong_network",
            _(
                "This is not a link to %(network)s. The group’s own site belongs in the field "
                "“%(website)s”."
            ),
            network=Network(network).label,
            website=Network.WEBSITE.label,
        )
    return _refusal(
        "wrong_network",
        _("This link leads to %(network)s. Please move it to the field “%(network)s”."),
        network=Network(found).label,
    )


def _is_below(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _says_something(parameter: str) -> bool:
    names = [name for name, _value in parse_qsl(parameter, keep_blank_values=True)]
    return bool(names) and not _TRACKING.fullmatch(names[0])


def _resolved(path: str) -> str:
    """Without ``.`` and ``..``, as browsers read it (RFC 3986, 5.2.4 and 6.2.2.2)."""
    plain = _ENCODED_DOT.sub(".", path)
    # The first dot keeps a path that starts with two slashes from being a host.
    return urlsplit(urljoin("https://host/", f"/.{plain}")).path if plain else ""


def _quoted(part: str) -> str:
    """Percent-encode what needs it, and nothing twice."""
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quote(part, safe="/%:@!$&'()*+,;=~?"))


def _unreadable() -> ValidationError:
    return _refusal("invalid", _("This is not a link. A link looks like www.example.org"))


def _refusal(code: str, message: str, **params: object) -> ValidationError:
    return ValidationError(message, code=code, params=params)

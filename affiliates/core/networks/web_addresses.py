"""Makes public web addresses of what people type. Fetches nothing."""

import re
from urllib.parse import SplitResult, parse_qsl, quote, urljoin, urlsplit

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d+(?:[/?#]|$))", re.IGNORECASE)
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_TOP_LEVEL = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{2,59}")
_PLAIN_HOST = re.compile(r"(?!.*--)[a-z0-9.-]{1,253}", re.IGNORECASE | re.ASCII)
"""Most hosts: IDNA would change nothing in them but capitals. Labels are checked in any case."""
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|igsh|igshid|mibextid)", re.IGNORECASE)
_ENCODED_DOT = re.compile("%2e", re.IGNORECASE)
_PRIVATE = frozenset(
    (
        *("localhost", "local", "internal", "home", "lan", "corp", "arpa"),
        *("test", "example", "invalid", "onion"),
    )
)
"""Names that are never public: RFC 6761, RFC 6762, and those that home routers use."""


def web_address(typed: str) -> SplitResult:
    """The address on the public internet. Raises ``ValidationError``."""
    if "\\" in typed or " " in typed:
        raise refusal("characters", _("A link cannot have spaces or backslashes in it."))
    try:
        link = urlsplit(_with_scheme(typed))
        port = link.port
    except ValueError:
        raise _unreadable() from None
    if "@" in link.netloc:
        raise refusal("credentials", _("A link cannot have a user name or password in it."))
    if port not in (None, 80, 443):
        raise refusal("port", _("Please give a link without a port number."))
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
        raise refusal(
            "scheme", _("This is no link to a web page. Such a link starts with https://")
        )
    return f"{scheme}:{rest}"


def _public_host(host: str) -> str:
    try:
        name = _in_ascii(host.rstrip("."))
    except (idna.IDNAError, UnicodeError):
        raise _unreadable() from None
    labels = name.split(".")
    if not all(map(_LABEL.fullmatch, labels)):
        raise _unreadable()
    if len(labels) < 2 or labels[-1] in _PRIVATE or not _TOP_LEVEL.fullmatch(labels[-1]):
        raise refusal(
            "private",
            _("Others cannot open this link. Please give one that works on the public internet."),
        )
    return name


def _in_ascii(host: str) -> str:
    """Raises ``IDNAError`` and ``UnicodeError``."""
    if _PLAIN_HOST.fullmatch(host):
        return host.lower()
    return idna.encode(host, uts46=True, std3_rules=True).decode().lower()


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
    return refusal("invalid", _("This is not a link. A link looks like www.example.org"))


def refusal(code: str, message: str, **params: object) -> ValidationError:
    return ValidationError(message, code=code, params=params)

"""Addresses that only lead to another one, which they name: unwrapped, never fetched."""

import re
from urllib.parse import SplitResult, parse_qs

MOST_LAYERS = 3

REDIRECTS = tuple(
    (re.compile(rf"(?:[\w-]+\.)*{address}"), parameters)
    for address, parameters in (
        (r"facebook\.com/(?:l\.php|flx/warn/?)", ("u",)),
        (r"facebook\.com/login(?:\.php|/?|/web/?)", ("next",)),
        (r"instagram\.com/accounts/login/?", ("next",)),
        (r"l\.(?:instagram\.com|threads\.(?:com|net)|messenger\.com)/(?:l\.php)?", ("u",)),
        (r"youtube\.com/redirect", ("q",)),
        (r"linkedin\.com/(?:redir/redirect|safety/go)/?", ("url",)),
        (r"linkedin\.com/authwall/?", ("sessionRedirect",)),
        (r"tiktok\.com/link/v2/?", ("target",)),
        (r"google\.[a-z]{2,3}(?:\.[a-z]{2})?/url", ("q", "url")),
        (r"safelinks\.protection\.outlook\.com/[\w.]*", ("url",)),
    )
)
"""Whole addresses without scheme and query, and the parameters that may hold the other one. Those
of mail programs and search engines, too: people copy links from there.
"""


def target_of(link: SplitResult) -> str:
    """The address that this one leads to, or ``""``."""
    for pattern, parameters in REDIRECTS:
        if pattern.fullmatch(link.netloc + link.path):
            return _named_in(link, parameters)
    return ""


def _named_in(link: SplitResult, parameters: tuple[str, ...]) -> str:
    values = parse_qs(link.query)
    named = next((values[name][0] for name in parameters if name in values), "")
    is_path = named.startswith("/") and not named.startswith("//")
    return f"https://{link.netloc}{named}" if is_path else named

"""What a network is: where groups can be found, as data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 32
NAME = re.compile(rf"[a-z][a-z0-9_]{{0,{LONGEST_NAME - 1}}}")

HOW = _(
    "It may be cut short, or lead to a single post. Please press the group’s name there, and copy"
    " the whole address of the page that opens."
)


@dataclass(frozen=True)
class Network:
    """A network. Its patterns are regular expressions, and have to take linear time.

    ``domains``: the first one is canonical, and those below them count, too. Without any, links
    are told by their shape: those of the fediverse. ``short`` domains do not say where they lead.
    ``pages`` match the beginning of a path with its query, up to the end of a part; what follows is
    cut off, so that a post leads to its group. ``moved`` are pairs: a whole address without its
    scheme, and the address that counts instead. ``handle`` matches a whole name as people type it,
    and ``home`` is its address; both use ``re.Match.expand``.

    ``help`` stands below the field. ``how`` says, after “This link does not lead to the group on
    …”, how to find the right one. ``headings`` are other words for its column in a spreadsheet.
    """

    name: str
    label: str | Promise
    domains: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    handle: str = ""
    home: str = ""
    help: str | Promise = ""
    how: str | Promise = HOW
    headings: tuple[str, ...] = ()
    has_www: bool = True

    @cached_property
    def page(self) -> re.Pattern[str]:
        shapes = "|".join(self.pages)
        return re.compile(rf"((?:{shapes})(?![^/?&])(?:/(?=\?|$))?).*", re.DOTALL)

    def is_at(self, host: str) -> bool:
        return any(is_below(host, domain) for domain in (*self.domains, *self.short))

    def is_short(self, host: str) -> bool:
        return any(is_below(host, domain) for domain in self.short)

    def home_of(self, typed: str) -> str:
        """The address of the page of this name, or ``""``."""
        found = re.fullmatch(self.handle, typed, re.ASCII) if self.handle else None
        return found.expand(self.home) if found else ""

    def moved_from(self, address: str) -> Iterator[str]:
        for pattern, instead in self.moved:
            if found := re.fullmatch(pattern, address, re.DOTALL):
                yield found.expand(instead)


def is_below(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def account(not_accounts: str, part: str = r"[^/?]+") -> str:
    """The first part of a path, unless it is one of these alternatives."""
    return rf"/(?!(?:{not_accounts})(?:[/?]|$)){part}"


def named(name: str) -> str:
    """A handle with “@”, or without it if it has no dot: else it would be an address."""
    return rf"(?:@|(?!.*\.))({name})"

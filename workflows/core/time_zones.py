"""The time zones that there are. Looking for them takes a while, so it is done once."""

from functools import cache
from zoneinfo import available_timezones

UNUSUAL = ("Etc/", "SystemV/", "posix/", "right/")

Choices = tuple[tuple[str, str], ...]


@cache
def zones() -> frozenset[str]:
    """All that this machine knows."""
    return frozenset(available_timezones())


@cache
def all_choices() -> Choices:
    """Each zone with its label: those named after places or offsets, and UTC."""
    names = sorted(name for name in zones() if "/" in name or name == "UTC")
    return tuple((name, name.replace("_", " ")) for name in names)


@cache
def time_zones() -> Choices:
    """The same without those that nobody lives in, but for UTC."""
    return tuple(choice for choice in all_choices() if not choice[0].startswith(UNUSUAL))

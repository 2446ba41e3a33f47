"""Time zone choices, cached because reading them is slow."""

from functools import cache
from zoneinfo import available_timezones

UNUSUAL = ("Etc/", "SystemV/", "posix/", "right/")

Choices = tuple[tuple[str, str], ...]


@cache
def zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def all_choices() -> Choices:
    """Zones named after places or offsets, and UTC."""
    names = sorted(name for name in zones() if "/" in name or name == "UTC")
    return tuple((name, name.replace("_", " ")) for name in names)


@cache
def time_zones() -> Choices:
    """Zones named after places, and UTC."""
    return tuple(choice for choice in all_choices() if not choice[0].startswith(UNUSUAL))

"""The time zones that people may choose."""

from functools import cache
from zoneinfo import available_timezones

UNUSUAL = ("Etc/", "SystemV/", "posix/", "right/")


@cache
def time_zones() -> tuple[tuple[str, str], ...]:
    """Zones named after places, and UTC, each with its label. Looking for them takes a while."""
    names = {name for name in available_timezones() if "/" in name and not name.startswith(UNUSUAL)}
    return tuple((name, name.replace("_", " ")) for name in sorted(names | {"UTC"}))

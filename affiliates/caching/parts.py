"""What is the same for everyone on a page that is different for each: kept as whole pages are."""

import hashlib
from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest
from django.utils.translation import get_language

from affiliates.caching import store
from affiliates.caching.answers import MOST_A_MINUTE
from affiliates.core.conf import settings

Part = TypeVar("Part")


def kept_part(request: HttpRequest, name: str, make: Callable[[], tuple[Part, bool]]) -> Part:
    """``make`` returns the part for this address, host and language, and whether everyone may see
    it. What the query string says must not change it.
    """
    place = f"{request.build_absolute_uri(request.path)} {request.get_port()} {get_language()}"
    key = f"affiliates.{name}.{hashlib.sha256(place.encode()).hexdigest()}"
    found = store.read(store.VERSION, key)
    version, kept = found.get(store.VERSION), found.get(key)
    if kept and kept[0] == version:
        return kept[1]
    version = version or store.first_version()
    part, is_public = make()
    seconds = settings.PAGES_FRESH_SECONDS
    if is_public and seconds and store.count(name, 60) <= MOST_A_MINUTE:
        store.write(key, (version, part), seconds)
    return part

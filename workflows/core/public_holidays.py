"""Public holidays by country and region, from the library ``holidays``. It is imported when it is
first needed, since that takes about a second.
"""

import logging
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import import_module
from typing import Any

from workflows.core.exceptions import UnknownHolidays

logger = logging.getLogger(__name__)

_CODE = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?")
_NONE: Mapping[date, str] = {}


@lru_cache(maxsize=1024)
def public_holidays(code: str, year: int, language: str = "") -> Mapping[date, str]:
    """The names of a year's holidays by day. ``code`` is one of ISO 3166-1 or ISO 3166-2, such as
    "CA" or "CA-ON". A language that the country lacks gives names in its own. Raises
    UnknownHolidays.
    """
    parts = _CODE.fullmatch(code)
    if parts is None:
        raise UnknownHolidays(code)
    library: Any = import_module("holidays")
    country, region = parts.groups()
    wanted = {"subdiv": region, "years": year, "language": language or None}
    try:
        return dict(library.country_holidays(country, **wanted))
    except NotImplementedError as unknown:
        raise UnknownHolidays(code) from unknown


@lru_cache(maxsize=1024)
def days_off(code: str, year: int) -> Mapping[date, str]:
    """``public_holidays``, but none for a code that a new version of the library has dropped:
    promises are counted all the same.
    """
    try:
        return public_holidays(code, year) if code else _NONE
    except UnknownHolidays:
        logger.exception("There are no public holidays for the code %r.", code)
        return _NONE

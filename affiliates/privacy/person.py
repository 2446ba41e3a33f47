"""A person, known by an address and names, and how to find and take away both in what is stored."""

import quopri
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.crypto import get_random_string

from affiliates.core.addresses import address_key

NAME_REMOVED = "[name removed]"
SHORTEST_NAME = 3
"""Shorter ones would be found within anything."""


def unused_address() -> str:
    """A new address that leads nowhere; no two are alike, since it may stand in unique columns."""
    return f"removed-{get_random_string(10).lower()}@erased.invalid"


@dataclass(frozen=True)
class Person:
    address: str
    names: frozenset[str] = frozenset()
    replacement: str = field(default_factory=unused_address)

    @property
    def key(self) -> str:
        """The address as it is compared. Another person's may have the same."""
        return address_key(self.address)

    @cached_property
    def _address(self) -> re.Pattern[str]:
        address = re.escape(self.address)
        return re.compile(rf"(?<![\w.+-]){address}(?![\w-]|\.\w)", re.IGNORECASE)

    @cached_property
    def _names(self) -> re.Pattern[str]:
        words = (r"\s+".join(map(re.escape, name.split())) for name in self.names)
        return re.compile(rf"(?<!\w)(?:{'|'.join(words) or '(?!)'})(?!\w)", re.IGNORECASE)

    def is_in(self, value: Any, *, by_name: bool) -> bool:
        """Whether the value of a column mentions the person. Names count only if asked for."""
        return any(
            self._address.search(text) or (by_name and self._names.search(text))
            for text in texts_of(value)
        )

    def taken_out_of(self, value: Any, *, by_name: bool) -> Any:
        """The value without the person. Next to the address, names are always removed."""
        if isinstance(value, str):
            without, found = self._address.subn(self.replacement, value)
            return self._names.sub(NAME_REMOVED, without) if by_name or found else without
        if isinstance(value, list):
            return [self.taken_out_of(each, by_name=by_name) for each in value]
        if isinstance(value, dict):
            by_name = by_name or self.is_in(value, by_name=False)
            return {
                self.taken_out_of(key, by_name=by_name): self.taken_out_of(each, by_name=by_name)
                for key, each in value.items()
            }
        if isinstance(value, bytes | memoryview):
            text = bytes(value).decode("utf-8", "replace")
            return self.taken_out_of(text, by_name=by_name).encode()
        return value


def texts_of(value: Any) -> Iterable[str]:
    """Every text in the value of a column, also of a mail's bytes, however they are encoded."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from texts_of(key)
            yield from texts_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_of(each)
    elif isinstance(value, bytes | memoryview):
        content = bytes(value)
        yield content.decode("utf-8", "replace")
        yield quopri.decodestring(content).decode("utf-8", "replace")

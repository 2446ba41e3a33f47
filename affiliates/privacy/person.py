"""Find and replace a person's address and names in stored values."""

import quopri
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.crypto import get_random_string

from workflows.core.addresses import address_key

NAME_REMOVED = "[name removed]"
SHORTEST_NAME = 3  # shorter names would match too much


def unused_address() -> str:
    """A random address that reaches nobody; random because columns may be unique."""
    return f"removed-{get_random_string(10).lower()}@erased.invalid"


@dataclass(frozen=True)
class Person:
    address: str
    names: frozenset[str] = frozenset()
    replacement: str = field(default_factory=unused_address)

    @property
    def key(self) -> str:
        """The normalized address for comparison; several people may share it."""
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
        """Whether the value mentions the address or, if ``by_name``, a name."""
        return any(
            self._address.search(text) or (by_name and self._names.search(text))
            for text in texts_of(value)
        )

    def taken_out_of(self, value: Any, *, by_name: bool) -> Any:
        """Replace the address, and names if ``by_name`` or next to the address."""
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
    """All strings in a value; bytes (emails) both raw and decoded from quoted-printable."""
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

"""What a page shows comes from the rooms above the tables: each adds its part to the context."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import models

ContextProvider = Callable[[Any, Any], dict[str, Any]]
"""Takes the page and the request; returns names and values for the template."""


class ContextFromAbove(models.Model):
    """A page type whose template context is filled by ``provide_context``."""

    class Meta:
        abstract = True

    _providers: ClassVar[list[tuple[type, ContextProvider]]] = []

    @classmethod
    def provide_context(cls, provider: ContextProvider) -> None:
        """Ask ``provider`` whenever a page of this class, or of one below it, is shown."""
        ContextFromAbove._providers.append((cls, provider))

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)  # type: ignore[misc]
        for cls, provide in self._providers:
            if isinstance(self, cls):
                context |= provide(self, request)
        return context

"""The page model that our page types build on: Wagtail's, or the site's ``WAGTAIL_PAGE_MODEL``.

A site lists its app before ``affiliates`` in ``INSTALLED_APPS``, since our models inherit from it.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import swapper
import wagtail.models  # noqa: F401  (Wagtail's models must exist before one can be looked up)
from django.db import models

Page = swapper.load_model("wagtailcore", "Page", require_ready=False)
PAGE_MODEL_NAME: str = swapper.get_model_name("wagtailcore", "Page")


ContextProvider = Callable[[Any, Any], dict[str, Any]]
"""Takes the page and the request; returns template context."""


class ContextFromAbove(models.Model):
    """A page type whose template context comes from ``provide_context``."""

    class Meta:
        abstract = True

    _providers: ClassVar[list[tuple[type, ContextProvider]]] = []

    @classmethod
    def provide_context(cls, provider: ContextProvider) -> None:
        """Call ``provider`` for the context of pages of this class and its subclasses."""
        ContextFromAbove._providers.append((cls, provider))

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)  # type: ignore[misc]
        for cls, provide in self._providers:
            if isinstance(self, cls):
                context |= provide(self, request)
        return context

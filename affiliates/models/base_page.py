"""The page model that the site's pages build on: Wagtail's own, or what the site swapped in.

A site with its own ``WAGTAIL_PAGE_MODEL`` lists that model's app before ``affiliates`` in
``INSTALLED_APPS``, because our page types are made from it when our models are loaded.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import swapper
import wagtail.models  # noqa: F401  (Wagtail's models must exist before one can be looked up)
from django.db import models

Page = swapper.load_model("wagtailcore", "Page", require_ready=False)
PAGE_MODEL_NAME: str = swapper.get_model_name("wagtailcore", "Page")


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

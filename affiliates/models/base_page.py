"""The page model that our page types build on: Wagtail's, or the site's ``WAGTAIL_PAGE_MODEL``.

A site lists its app before ``affiliates`` in ``INSTALLED_APPS``, since our models inherit from it.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import swapper
import wagtail.models  # noqa: F401  (Wagtail's models must exist before one can be looked up)
from django.db import models

from affiliates.core.responses import let_be_kept

Page = swapper.load_model("wagtailcore", "Page", require_ready=False)
PAGE_MODEL_NAME: str = swapper.get_model_name("wagtailcore", "Page")


ContextProvider = Callable[[Any, Any], dict[str, Any]]
"""Takes the page and the request; returns template context."""


class PublicPage:
    """A page type whose answers are kept for all readers, until something on any page changes.

    Its pages look the same to all who have not logged in. With a query string a page is kept only
    if its ``canonical_url`` in the context has the same one: so strangers cannot think up more
    addresses than there are pages.
    """

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().serve(request, *args, **kwargs)  # type: ignore[misc]
        let_be_kept(response, _is_canonical(request, response))
        return response


def _is_canonical(request: Any, response: Any) -> bool:
    query = request.META.get("QUERY_STRING", "")
    context = getattr(response, "context_data", None) or {}
    has_same = str(context.get("canonical_url", "")).endswith(f"?{query}")
    return not query or (has_same and not context.get("noindex"))


class ContextFromAbove(PublicPage, models.Model):
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

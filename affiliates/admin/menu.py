"""Entries of the “Affiliates” menu in Wagtail's admin."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.menu import MenuItem


class AffiliatesMenuItem(MenuItem):
    """A menu entry for users that ``allows`` accepts; its name is derived from its URL name."""

    def __init__(
        self,
        label: Any,
        url_name: str,
        *,
        allows: Callable[[Any], bool],
        query: str = "",
        **kwargs: Any,
    ):
        kwargs.setdefault("name", url_name.replace("_", "-"))
        super().__init__(label, f"{reverse(url_name)}{query}", **kwargs)
        self.allows = allows

    def is_shown(self, request: HttpRequest) -> bool:
        return self.allows(request.user)

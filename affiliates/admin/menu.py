"""Entries of the “Affiliates” menu in Wagtail's admin."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.menu import MenuItem


class AffiliatesMenuItem(MenuItem):
    """A menu entry for users that ``allows`` accepts; its name is derived from its URL name."""

    def __init__(self, label: Any, url_name: str, *, allows: Callable[[Any], bool], **kwargs: Any):
        super().__init__(label, reverse(url_name), name=url_name.replace("_", "-"), **kwargs)
        self.allows = allows

    def is_shown(self, request: HttpRequest) -> bool:
        return self.allows(request.user)

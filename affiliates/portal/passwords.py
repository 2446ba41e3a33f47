"""Wagtail's form for a forgotten password, which tells nobody who has an account."""

from typing import Any

from django.utils import timezone
from wagtail.admin.forms import auth

from affiliates.portal.services.link_requests import request_password_reset


class PasswordResetForm(auth.PasswordResetForm):
    """Only stores the address, as for other links; a worker looks whose it is."""

    def save(self, **options: Any) -> None:
        request_password_reset(address=self.cleaned_data["email"], now=timezone.now())

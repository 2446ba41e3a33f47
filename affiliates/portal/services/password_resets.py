"""Emails with links to set a new password, which workers send."""

from urllib.parse import urlsplit

from wagtail.admin.forms.auth import PasswordResetForm
from wagtail.admin.views.account import PasswordResetView

from workflows.core.links import absolute_url


def mail_password_reset(address: str) -> None:
    """Send Wagtail's email to each account with this address, if there is one."""
    form = PasswordResetForm({"email": address})
    site = urlsplit(absolute_url("/"))
    if form.is_valid():
        form.save(
            domain_override=site.netloc,
            use_https=site.scheme == "https",
            subject_template_name=PasswordResetView.subject_template_name,
            email_template_name=PasswordResetView.email_template_name,
        )

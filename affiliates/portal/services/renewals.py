"""A new link for whoever lost the old one, only ever to the address on record."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from affiliates.applications.mails.applying import (
    application_received,
    application_withdrawn,
    draft_saved,
    within_quota,
)
from affiliates.core.states import ApplicationState
from affiliates.models import Application
from affiliates.portal.services.link_requests import mail_own_links
from workflows.mail.outbox import NewMail, queue


def renew_link(*, reference: str, now: datetime) -> None:
    """Mail a new link for the application or affiliate with this reference, if there is one.

    Effects: at most one mail a minute, within the quota of its address. Nothing is returned, as
    nobody is to learn whether the reference exists.
    """
    application = Application.objects.select_related("program").filter(reference=reference).first()
    if application is None:
        mail_own_links(reference=reference, now=now)
        return
    with transaction.atomic():
        mail = replace(_mail(application), occurrence=f"link-{now:%Y-%m-%dT%H:%M}")
        queue(within_quota(mail, application, now=now), now=now)


def _mail(application: Application) -> NewMail:
    """The mail that carries the link for the state that the application is in."""
    if application.state == ApplicationState.DRAFT:
        return draft_saved(application)
    if application.submitted_at is None:
        return application_withdrawn(application)
    return application_received(application)

"""Sends new links to the address on record: to groups' pages, applications, and new passwords.

Requests only store the address or reference; a worker looks it up. So neither the response nor its
timing reveals whether it is known.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q

from affiliates.affiliations.mails.links import AFFILIATE_LINK, affiliate_link
from affiliates.applications.mails.applying import (
    application_received,
    application_withdrawn,
    draft_saved,
)
from affiliates.applications.services.submission import START_REVIEWS
from affiliates.core.batches import do_each
from affiliates.core.states import AffiliationState, ApplicationState
from affiliates.models import Affiliation, Application, Contact, LinkRequest, UpdateRequest
from affiliates.portal.services.password_resets import mail_password_reset
from affiliates.spam.quotas import ADDRESS_WINDOW, within_quota
from workflows.core.addresses import address_key
from workflows.core.wakeup import wake_after_commit
from workflows.mail.outbox import NewMail, queue
from workflows.models import OutgoingMail

ONE_MINUTE = timedelta(minutes=1)


def request_link(*, address: str, now: datetime) -> None:
    """Store that links are wanted for this clean address, and wake the worker."""
    _request(LinkRequest(email_key=address_key(address), asked_at=now))


def request_renewal(*, reference: str, now: datetime) -> None:
    """Store that new links are wanted for this reference, and wake the worker."""
    _request(LinkRequest(reference=reference, asked_at=now))


def request_password_reset(*, address: str, now: datetime) -> None:
    """Store that a new password is wanted for this address, and wake the worker."""
    _request(LinkRequest(account=address, asked_at=now))


def _request(wanted: LinkRequest) -> None:
    LinkRequest.objects.bulk_create([wanted], ignore_conflicts=True)
    wake_after_commit(START_REVIEWS)


def answer_link_requests(*, now: datetime) -> int:
    """Email the links to the addresses on record and delete the requests; return the number of
    emails queued.

    Per group, a contact gets one email a minute, or one a day after a bounce; the quota of the
    recipient applies to all. None for ended affiliations or requests older than a day. Each request
    has its own transaction; failures are logged.
    """
    LinkRequest.objects.filter(_for_nobody() | Q(asked_at__lte=now - ADDRESS_WINDOW)).delete()
    return do_each(
        LinkRequest.objects.order_by("asked_at", "pk"),
        lambda request: _grant(request, now),
        failure="A link that was asked for (%s) could not be mailed.",
    )


def _for_nobody() -> Q:
    """So that what nobody knows costs a worker no queries each."""
    keys = Contact.objects.filter(affiliation__isnull=False).values("email_key")
    unknown = ~Q(reference="")
    for model in (Application, Affiliation, UpdateRequest):
        unknown &= ~Q(reference__in=model._default_manager.values("reference"))
    return unknown | (Q(reference="", account="") & ~Q(email_key__in=keys))


def _grant(request: LinkRequest, now: datetime) -> int:
    with transaction.atomic():
        if not LinkRequest.objects.filter(pk=request.pk).delete()[0]:
            return 0  # Another worker was faster.
        if request.account:
            mail_password_reset(request.account)
            return 0
        allowed = [within_quota(mail, now=now) for mail in _wanted(request, now)]
        sent = {mail.key: mail for mail in allowed if not mail.suppressed}
        queue(*sent.values(), now=now)
        return len(sent)


def _wanted(request: LinkRequest, now: datetime) -> Iterator[NewMail]:
    of_record = Q(affiliation__isnull=False, email_key=request.email_key)
    if reference := request.reference:
        applications = Application.objects.select_related("program")
        yield from map(_renewed, applications.filter(reference=reference), [request.asked_at])
        in_affiliation = Q(affiliation__reference=reference)
        of_record = in_affiliation | Q(affiliation__update_requests__reference=reference)
    contacts = Contact.objects.filter(of_record).select_related("affiliation__program").distinct()
    for contact in contacts.exclude(affiliation__state=AffiliationState.ENDED):
        if contact.affiliation and not _had_one_lately(contact, now):
            yield affiliate_link(contact.affiliation, contact, now=request.asked_at)


def _renewed(application: Application, asked_at: datetime) -> NewMail:
    """At most one a minute."""
    return replace(_mail(application), occurrence=f"link-{asked_at:%Y-%m-%dT%H:%M}")


def _mail(application: Application) -> NewMail:
    if application.state == ApplicationState.DRAFT:
        return draft_saved(application)
    if application.submitted_at is None:
        return application_withdrawn(application)
    return application_received(application)


def _had_one_lately(contact: Contact, now: datetime) -> bool:
    wait = ADDRESS_WINDOW if contact.bounced_at else ONE_MINUTE
    return OutgoingMail.objects.filter(
        kind=AFFILIATE_LINK,
        content_type=ContentType.objects.get_for_model(Affiliation),
        object_id=str(contact.affiliation_id),
        recipient=contact.email,
        created_at__gt=now - wait,
    ).exists()

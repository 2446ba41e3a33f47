"""Sends new links to the address on record.

Requests only store the address; a worker checks it. So neither the response nor its timing reveals
whether the address is known.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet

from affiliates.affiliations.mails.links import AFFILIATE_LINK, affiliate_link
from affiliates.applications.mails.applying import (
    application_received,
    application_withdrawn,
    draft_saved,
    within_quota,
)
from affiliates.applications.services.submission import START_REVIEWS
from affiliates.core.addresses import address_key
from affiliates.core.batches import do_each
from affiliates.core.conf import settings
from affiliates.core.states import AffiliationState, ApplicationState
from affiliates.models import Affiliation, Application, Contact, LinkRequest
from affiliates.spam.quotas import ADDRESS_WINDOW
from workflows.core.wakeup import wake_after_commit
from workflows.mail.outbox import NewMail, queue
from workflows.models import OutgoingMail

ONE_MINUTE = timedelta(minutes=1)


def request_link(*, address: str, now: datetime) -> None:
    """Stores the request and wakes the worker. ``address`` must be cleaned."""
    LinkRequest.objects.bulk_create(
        [LinkRequest(email_key=address_key(address), asked_at=now)], ignore_conflicts=True
    )
    wake_after_commit(START_REVIEWS)


def answer_link_requests(*, now: datetime) -> int:
    """Emails the links and deletes the requests; returns the number of emails queued.

    Per group, a contact gets one email a minute and ``MAILS_PER_ADDRESS`` a day, or one a day after
    a bounce; none for ended affiliations or requests older than a day. Each address has its own
    transaction; failures are logged.
    """
    keys = Contact.objects.filter(affiliation__isnull=False).values("email_key")
    for_nobody = ~Q(email_key__in=keys) | Q(asked_at__lte=now - ADDRESS_WINDOW)
    LinkRequest.objects.filter(for_nobody).delete()
    return do_each(
        LinkRequest.objects.order_by("asked_at", "pk"),
        lambda request: _grant(request, now),
        failure="A link that was asked for (%s) could not be mailed.",
    )


def renew_link(*, reference: str, now: datetime) -> None:
    """Emails new links for this reference, at most one a minute to each contact.

    Respects the quota of the address. Returns nothing, so that callers cannot reveal whether the
    reference exists.
    """
    application = Application.objects.select_related("program").filter(reference=reference).first()
    of_affiliation = Q(affiliation__reference=reference)
    of_request = Q(affiliation__update_requests__reference=reference)
    with transaction.atomic():
        if application:
            mail = replace(_mail(application), occurrence=f"link-{now:%Y-%m-%dT%H:%M}")
            queue(within_quota(mail, application, now=now), now=now)
        else:
            contacts = Contact.objects.filter(of_affiliation | of_request).distinct()
            _queue_for(contacts, asked_at=now, now=now)


def _mail(application: Application) -> NewMail:
    if application.state == ApplicationState.DRAFT:
        return draft_saved(application)
    if application.submitted_at is None:
        return application_withdrawn(application)
    return application_received(application)


def _grant(request: LinkRequest, now: datetime) -> int:
    with transaction.atomic():
        if not LinkRequest.objects.filter(pk=request.pk).delete()[0]:
            return 0  # Another worker was faster.
        of_address = Contact.objects.filter(email_key=request.email_key, affiliation__isnull=False)
        return _queue_for(of_address, asked_at=request.asked_at, now=now)


def _queue_for(contacts: QuerySet[Contact], *, asked_at: datetime, now: datetime) -> int:
    current = contacts.exclude(affiliation__state=AffiliationState.ENDED)
    wanted = {
        mail.key: mail
        for contact in current.select_related("affiliation__program")
        if contact.affiliation and _is_within_quota(contact, now)
        for mail in [affiliate_link(contact.affiliation, contact, now=asked_at)]
    }
    queue(*wanted.values(), now=now)
    return len(wanted)


def _is_within_quota(contact: Contact, now: datetime) -> bool:
    """Counts the emails sent to this person about this affiliation."""
    sent = OutgoingMail.objects.filter(
        kind=AFFILIATE_LINK,
        content_type=ContentType.objects.get_for_model(Affiliation),
        object_id=str(contact.affiliation_id),
        recipient=contact.email,
    )
    limit = 1 if contact.bounced_at else settings.MAILS_PER_ADDRESS
    if sent.filter(created_at__gt=now - ONE_MINUTE).exists():
        return False
    return sent.filter(created_at__gt=now - ADDRESS_WINDOW)[:limit].count() < limit

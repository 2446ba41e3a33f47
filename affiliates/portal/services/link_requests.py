"""A new link to an affiliate's own page, for whoever types the address that we have on record.

The request only writes down which address was typed, whether we know it or not: the same answer,
the same work, the same time. A worker looks whether it is a contact's.
"""

import logging
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet

from affiliates.affiliations.mails.links import AFFILIATE_LINK, affiliate_link
from affiliates.applications.services.submission import START_REVIEWS
from affiliates.core.addresses import address_key
from affiliates.core.conf import settings
from affiliates.core.states import AffiliationState
from affiliates.models import Affiliation, Contact, LinkRequest
from affiliates.spam.quotas import ADDRESS_WINDOW
from workflows.core.wakeup import wake_after_commit
from workflows.mail.outbox import queue
from workflows.models import OutgoingMail

logger = logging.getLogger(__name__)

ONE_MINUTE = timedelta(minutes=1)


def request_link(*, address: str, now: datetime) -> None:
    """Take down that somebody wants a link for this (clean) address.

    Effects: a row until a worker has looked; the bell. Nothing is returned, as nobody is to learn
    whether we know the address.
    """
    LinkRequest.objects.bulk_create(
        [LinkRequest(email_key=address_key(address), asked_at=now)], ignore_conflicts=True
    )
    wake_after_commit(START_REVIEWS)


def answer_link_requests(*, now: datetime) -> int:
    """Look at every address that was typed; return how many mails were queued.

    A contact of several groups gets a mail for each, one a minute and ``MAILS_PER_ADDRESS`` a day;
    where mail came back before, one a day. Those whose affiliation has ended get none, and nobody
    gets what was asked for more than a day ago. However many addresses are unknown, they go in one
    statement. Effects, in one transaction for each address: the mails; the row is gone. One that
    fails is logged.
    """
    keys = Contact.objects.filter(affiliation__isnull=False).values("email_key")
    for_nobody = ~Q(email_key__in=keys) | Q(asked_at__lte=now - ADDRESS_WINDOW)
    LinkRequest.objects.filter(for_nobody).delete()
    return sum(
        _try_to_grant(request, now) for request in LinkRequest.objects.order_by("asked_at", "pk")
    )


def mail_own_links(*, reference: str, now: datetime) -> None:
    """Mail the contacts of an affiliate their links; ``reference`` is its own, or a request's.

    Effects: within the same limits, a mail to each contact.
    """
    of_reference = Q(affiliation__reference=reference) | Q(
        affiliation__update_requests__reference=reference
    )
    with transaction.atomic():
        _queue_for(Contact.objects.filter(of_reference).distinct(), asked_at=now, now=now)


def _try_to_grant(request: LinkRequest, now: datetime) -> int:
    try:
        return _grant(request, now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("A link that was asked for could not be mailed.")
        return 0


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
    """By what was sent about this affiliation to this person."""
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

"""The email with a new link to an affiliate's own page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from affiliates.core.conf import settings
from affiliates.core.states import AffiliationState
from affiliates.links.tokens import affiliate_url
from affiliates.mail.contacts import (
    ABOUT,
    OF_AFFILIATION,
    affiliation_of,
    context,
    recipient_of,
    reply_to,
    to_contact,
)
from affiliates.mail.placeholders import ABOUT_THE_PROGRAM, LAST_DAY, OWN_PAGE
from affiliates.models import Affiliation, Contact
from affiliates.programs.promised_days import last_whole_day
from affiliates.spam.quotas import counts_toward_quota
from workflows.core.due import long_date
from workflows.mail import kinds
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail


def own_page(record: Any, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    affiliation = affiliation_of(record)
    last = last_whole_day(timezone.now(), settings.AFFILIATE_LINK_DAYS, affiliation.program)
    return {"own_url": affiliate_url(affiliation, contact), "last_day": long_date(last)}


def is_reached(mail: OutgoingMail) -> bool:
    if recipient_of(mail) is None:
        return False
    return affiliation_of(mail.subject).state != AffiliationState.ENDED


AFFILIATE_LINK = kinds.register(
    kinds.MailKind(
        name="affiliate_link",
        templates="affiliates/affiliations/mail",
        label=gettext_lazy("New link to an affiliate’s own page"),
        sent_when=gettext_lazy("When a contact asks for it on the website, to that contact."),
        placeholders=(*ABOUT, OWN_PAGE, LAST_DAY, *ABOUT_THE_PROGRAM),
        context=context(own_page),
        still_owed=is_reached,
        reply_to=reply_to,
        related=OF_AFFILIATION,
        priority=10,
        why=gettext_lazy("You get this email because someone asked for it with your address."),
    )
)


counts_toward_quota(AFFILIATE_LINK)


def affiliate_link(affiliation: Affiliation, contact: Contact, *, now: datetime) -> NewMail:
    """At most one email a minute, to the address on record, even if it bounced before."""
    minute = f"{now:%Y-%m-%dT%H:%M}"
    mail = to_contact(AFFILIATE_LINK, affiliation, contact, about=affiliation, occurrence=minute)
    return replace(mail, suppressed="")

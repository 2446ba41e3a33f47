"""The mails around an affiliate's own page: a new link, and what became of a proposed change."""

from dataclasses import replace
from datetime import datetime

from affiliates.mail.contacts import (
    to_contact,
)
from affiliates.models import Affiliation, Contact
from workflows.mail.outbox import NewMail

AFFILIATE_LINK = "affiliate_link"


def affiliate_link(affiliation: Affiliation, contact: Contact, *, now: datetime) -> NewMail:
    """To whoever asked for it, at the address on record; one a minute.

    Also if mail to it came back before: who asks for a link has a reason to expect it.
    """
    mail = to_contact(
        AFFILIATE_LINK,
        affiliation,
        contact,
        about=affiliation,
        occurrence=f"{now:%Y-%m-%dT%H:%M}",
    )
    return replace(mail, suppressed="")

"""What all mails to an affiliate's contacts share."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from affiliates.models import Affiliation, Contact
from workflows.services.outbox import NewMail


def to_contact(
    kind: str,
    affiliation: Affiliation,
    contact: Contact,
    *,
    about: models.Model,
    occurrence: str,
    not_before: datetime | None = None,
) -> NewMail:
    """A mail to one of its contacts; held back if mail to that address came back before."""
    return NewMail(
        kind=kind,
        to=contact.email,
        to_name=contact.name,
        subject=about,
        occurrence=occurrence,
        language=affiliation.language,
        suppressed=_("This address bounced before.") if contact.bounced_at else "",
        not_before=not_before,
    )


def reachable(affiliation: Affiliation) -> list[Contact]:
    """The contacts whose mail did not come back, the first one first; each address once."""
    in_order = (affiliation.primary_contact, affiliation.alternate_contact)
    by_address: dict[str, Contact] = {}
    for contact in filter(None, in_order):
        if contact.bounced_at is None:
            by_address.setdefault(contact.email.lower(), contact)
    return list(by_address.values())

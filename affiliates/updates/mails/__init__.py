"""Emails about updates to the contacts of a group."""

from typing import Any

from affiliates.mail.contacts import ABOUT, CONTACT_WHY, About, context, reply_to
from affiliates.mail.placeholders import ABOUT_THE_PROGRAM
from workflows.mail import kinds
from workflows.mail.kinds import MailKind, Placeholder


def register(*placeholders: Placeholder, values: tuple[About, ...], **kind: Any) -> str:
    """Registers a kind of email. ``values``: functions that return the placeholders' values."""
    return kinds.register(
        MailKind(
            templates="affiliates/updates/mail",
            placeholders=(*ABOUT, *placeholders, *ABOUT_THE_PROGRAM),
            context=context(*values),
            reply_to=reply_to,
            why=CONTACT_WHY,
            **kind,
        )
    )

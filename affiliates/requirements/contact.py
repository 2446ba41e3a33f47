"""The kind "contact": somebody of the group has used a private link, or presses a button."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from affiliates.core.states import ContactRole
from affiliates.models import Affiliation, Contact, Requirement
from affiliates.programs.promised_days import today_at
from affiliates.requirements.kinds import RequirementKind, register


def confirmed_before(
    affiliations: Sequence[Affiliation], requirement: Requirement
) -> dict[int, date]:
    """The day on which the contact's address was last confirmed."""
    contacts = Contact.objects.filter(
        affiliation__in=affiliations,
        role=ContactRole.PRIMARY,
        confirmed_at__isnull=False,
        bounced_at=None,
    )
    rows = contacts.values_list("affiliation", "confirmed_at")
    return {key: today_at(requirement.program, at) for key, at in rows if at}


CONTACT = register(
    RequirementKind(
        name="contact",
        label=_("Contact confirmed"),
        explanation=_(
            "Somebody of the group has used one of our private links lately, or presses a button in"
            " an email. If email comes back, it is due at once."
        ),
        asks=_("Tell us that we still write to the right people."),
        button=_("Yes, these are the right people"),
        proved_before=confirmed_before,
    )
)

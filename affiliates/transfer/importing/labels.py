"""What people call the columns of a table that is imported."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import Network

GROUPS: dict[str | Promise, dict[str, str | Promise]] = {
    _("The group"): {
        "name": _("Name of the group"),
        "region": _("Region"),
        "country": _("Country"),
        "about": _("About the group"),
        "scope": _("Scope, such as state, local or national"),
        "locality": _("Town or county"),
    },
    _("Its links"): {network.value: network.label for network in Network},
    _("Its contact"): {
        "contact_name": _("Name of the contact"),
        "contact_first_name": _("First name of the contact"),
        "contact_last_name": _("Last name of the contact"),
        "contact_email": _("Email of the contact"),
        "contact_phone": _("Phone of the contact"),
    },
    _("Its second contact"): {
        "alternate_name": _("Name of the second contact"),
        "alternate_first_name": _("First name of the second contact"),
        "alternate_last_name": _("Last name of the second contact"),
        "alternate_email": _("Email of the second contact"),
        "alternate_phone": _("Phone of the second contact"),
    },
}

LABELS = {column: label for group in GROUPS.values() for column, label in group.items()}


def label_of(column: str) -> str:
    """The name itself if it is the heading of a column that is none of ours."""
    return str(LABELS.get(column, column))

"""What people call the columns of a table that is imported."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from affiliates.core.networks import choices

Labels = dict[str, str | Promise]

GROUP: dict[str | Promise, Labels] = {
    _("The group"): {
        "name": _("Name of the group"),
        "region": _("Region"),
        "country": _("Country"),
        "about": _("About the group"),
        "scope": _("Scope, such as state, local or national"),
        "locality": _("Town or county"),
    },
}
PEOPLE: dict[str | Promise, Labels] = {
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


def groups() -> dict[str | Promise, Labels]:
    return {**GROUP, _("Its links"): dict(choices()), **PEOPLE}


def label_of(column: str) -> str:
    """The name itself if it is the heading of a column that is none of ours."""
    found = (of[column] for of in groups().values() if column in of)
    return str(next(found, column))

"""Placeholders (``{name}``) that editors may use in the texts of emails."""

from django.utils.translation import gettext_lazy

from workflows.mail.kinds import Placeholder

ABOUT_THE_PROGRAM = (
    Placeholder(
        "program",
        gettext_lazy("The title of the program."),
        gettext_lazy("Affiliate groups"),
    ),
    Placeholder(
        "writer",
        gettext_lazy("The person to write to, as the program names them. May be empty."),
        gettext_lazy("Maria Lopez"),
    ),
    Placeholder(
        "writer_email",
        gettext_lazy("The email address to write to."),
        "affiliates@example.org",
        is_link=True,
    ),
)
ABOUT_THE_APPLICATION = (
    Placeholder("group", gettext_lazy("The name of the group."), gettext_lazy("Safe Schools Ohio")),
    Placeholder("reference", gettext_lazy("The reference of the application."), "K7M-4QX"),
)
RECIPIENT = Placeholder(
    "name",
    gettext_lazy("The name of the person who gets the email. May be empty."),
    gettext_lazy("Jordan Smith"),
)
FIRST_CONTACT = Placeholder(
    "contact",
    gettext_lazy("The name of the group's first contact."),
    gettext_lazy("Jordan Smith"),
)
GROUP_NAME, REFERENCE = ABOUT_THE_APPLICATION
OWN_PAGE = Placeholder(
    "own_url",
    gettext_lazy("The private link to the affiliate’s own page."),
    "https://example.org/join/link/affiliate~K7M-4QX/",
    is_link=True,
)
GROUP_PAGE = Placeholder(
    "page_url",
    gettext_lazy("The link to the group's public page."),
    "https://example.org/affiliates/safe-schools-ohio/",
    is_link=True,
)
LAST_DAY = Placeholder(
    "last_day",
    gettext_lazy("The last day on which the link works."),
    gettext_lazy("Wednesday, December 23, 2026"),
)

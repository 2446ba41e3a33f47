"""What editors may write as ``{name}`` in the wordings of this app's mails."""

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
UPDATE = (
    Placeholder(
        "period",
        gettext_lazy("The time that the update is about."),
        gettext_lazy("Q3 2026"),
    ),
    Placeholder(
        "due_date",
        gettext_lazy("The day by which we ask for the update."),
        gettext_lazy("Wednesday, September 30, 2026"),
    ),
    Placeholder(
        "update_url",
        gettext_lazy("The private link to send the update."),
        "https://example.org/join/link/update~K7M-4QX/",
        is_link=True,
    ),
)
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
CHANGED_FACTS = Placeholder(
    "changes",
    gettext_lazy("What the group would like to change on its public page, one on each line."),
    gettext_lazy("- In short\n- Facebook"),
    multiline=True,
)
CHANGE_REASON = Placeholder(
    "reason",
    gettext_lazy("Why the change was declined, as the reviewer wrote it."),
    gettext_lazy("Please describe what your group does, without names of children."),
    multiline=True,
)
CHANGE_QUESTION = Placeholder(
    "question",
    gettext_lazy("What should be different, as the reviewer wrote it."),
    gettext_lazy("Could you say in a sentence what your group does?"),
    multiline=True,
)
UPDATE_TITLE = Placeholder(
    "title",
    gettext_lazy("The headline of the update, or its first words."),
    gettext_lazy("We met the school board"),
)
UPDATE_PUBLIC = Placeholder(
    "public_url",
    gettext_lazy("The link to the update on the website."),
    "https://example.org/affiliates/updates/1/",
    is_link=True,
)
UPDATE_CHANGE = (
    Placeholder(
        "question",
        gettext_lazy("What a reviewer asks the group to change."),
        gettext_lazy("Please leave out the name of the child."),
        multiline=True,
    ),
    Placeholder(
        "change_url",
        gettext_lazy("The private link to change the update."),
        "https://example.org/join/link/update~K7M-4QX/",
        is_link=True,
    ),
)
UPDATE_REASON = Placeholder(
    "reason",
    gettext_lazy("Why the update is not published, as the reviewer wrote it."),
    gettext_lazy("It tells of a child who could be recognized."),
    multiline=True,
)
SUPPORT = (
    Placeholder(
        "asked_date",
        gettext_lazy("The day on which the group asked for help."),
        gettext_lazy("Tuesday, November 24, 2026"),
    ),
    Placeholder(
        "asked",
        gettext_lazy("What the group wrote, and which of the program’s benefits it asks for."),
        gettext_lazy("We need somebody who speaks at our meeting in March."),
        multiline=True,
    ),
    Placeholder(
        "answer",
        gettext_lazy("The answer, as a member of staff wrote it."),
        gettext_lazy("Of course. Maria will call you this week."),
        multiline=True,
    ),
)
ASKED_AGAIN = Placeholder(
    "asked_again",
    gettext_lazy("A sentence that says when we ask again, if that is planned."),
    gettext_lazy("We ask you again on Thursday, December 17, 2026. You need not wait for that."),
)
WHAT_FOLLOWS = Placeholder(
    "what_follows",
    gettext_lazy(
        "What we do if no update comes: ask the second contact, if there is one, or call."
    ),
    gettext_lazy("If we hear nothing, somebody of us calls you."),
)
CHANGE_ANSWER = Placeholder(
    "change_url",
    gettext_lazy("The private link to change what was sent. Empty once it was moderated."),
    "https://example.org/join/link/update~K7M-4QX/",
    is_link=True,
)
WHAT_WAS_SAID = Placeholder(
    "said",
    gettext_lazy("What the contact wrote, and what was ticked."),
    gettext_lazy("We met the school board."),
    multiline=True,
)
PUBLISHING = Placeholder(
    "publishing",
    gettext_lazy("A sentence that says whether it is published, and who reads it by when."),
    gettext_lazy("A person of our team reads it by Wednesday, September 23, 2026."),
)
HELP_BY = Placeholder(
    "help_promise",
    gettext_lazy("A sentence that says by when a person answers."),
    gettext_lazy("A person of our team answers you by Wednesday, September 23, 2026."),
)

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
        gettext_lazy("The e-mail address to write to."),
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
    gettext_lazy("The name of the person who gets the mail. May be empty."),
    gettext_lazy("Jordan Smith"),
)
DUE = Placeholder(
    "due_date",
    gettext_lazy("The day by which the group was promised an answer."),
    gettext_lazy("Monday, November 30, 2026"),
)
STATUS = Placeholder(
    "status_url",
    gettext_lazy("The private link to the application's status."),
    "https://example.org/join/link/status~K7M-4QX/",
    is_link=True,
)
DRAFT = (
    Placeholder(
        "draft_url",
        gettext_lazy("The private link to go on with the draft."),
        "https://example.org/join/link/draft~K7M-4QX/",
        is_link=True,
    ),
    Placeholder(
        "last_day",
        gettext_lazy("The last day on which the link works."),
        gettext_lazy("Wednesday, December 23, 2026"),
    ),
)
FIRST_CONTACT = Placeholder(
    "contact",
    gettext_lazy("The name of the group's first contact."),
    gettext_lazy("Jordan Smith"),
)
FOR_REVIEWERS = (
    Placeholder(
        "place",
        gettext_lazy("Town or county, and state or province."),
        gettext_lazy("Columbus, Ohio"),
    ),
    Placeholder(
        "admin_url",
        gettext_lazy("The link to the application in the admin."),
        "https://example.org/admin/affiliates/applications/1/",
        is_link=True,
    ),
)
QUESTION = (
    Placeholder(
        "question",
        gettext_lazy("What a reviewer would like to know."),
        gettext_lazy("How many members does your group have?"),
        multiline=True,
    ),
    Placeholder(
        "asked_date",
        gettext_lazy("The day on which the question was asked."),
        gettext_lazy("Tuesday, November 24, 2026"),
    ),
    Placeholder(
        "answer_date",
        gettext_lazy("The day by which we ask for the answer."),
        gettext_lazy("Tuesday, December 8, 2026"),
    ),
)
AFFILIATION = (
    Placeholder(
        "page_url",
        gettext_lazy("The link to the group's public page."),
        "https://example.org/affiliates/safe-schools-ohio/",
        is_link=True,
    ),
    Placeholder(
        "badge_request",
        gettext_lazy("A sentence that asks for showing the badge, if the program has one."),
        gettext_lazy("Please show our badge on your website or social media."),
    ),
    Placeholder(
        "badge_url",
        gettext_lazy("The link to the program's badge. Empty if it has none."),
        "https://example.org/media/images/badge.png",
        is_link=True,
    ),
    Placeholder(
        "how_often",
        gettext_lazy("How often an update is asked for."),
        gettext_lazy("every 3 months"),
    ),
    Placeholder(
        "update_date",
        gettext_lazy("The day by which the first update is asked for."),
        gettext_lazy("Wednesday, February 24, 2027"),
    ),
)
REJECTION = (
    Placeholder(
        "reason",
        gettext_lazy("Why the application was declined, as the reviewer wrote it."),
        gettext_lazy("We already have an affiliate in your town."),
        multiline=True,
    ),
    Placeholder(
        "apply_url",
        gettext_lazy("The link to the form. Empty if the program takes no applications."),
        "https://example.org/join/affiliates/",
        is_link=True,
    ),
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
GROUP_PAGE, LAST_DAY = AFFILIATION[0], DRAFT[1]
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
END_REASON = Placeholder(
    "reason",
    gettext_lazy("A sentence that says why it ended. Empty if the group is not to read it."),
    gettext_lazy("This is the reason: Your group has dissolved, as you told us."),
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
NAMED_BY = Placeholder(
    "named_by",
    gettext_lazy("The name of the contact who named this person."),
    gettext_lazy("Kim Lee"),
)
HOW_OFTEN = Placeholder(
    "how_often",
    gettext_lazy("How often an update is asked for."),
    gettext_lazy("every 3 months"),
)
UPDATE_OWED = Placeholder(
    "update_owed",
    gettext_lazy("A sentence about the update that is asked for now, if there is one."),
    gettext_lazy("One update waits for you: that for Q3 2026."),
)
UPDATE_OWED_URL = Placeholder(
    "update_url",
    gettext_lazy("The private link to send that update. Empty if none is asked for."),
    "https://example.org/join/link/update~K7M-4QX/",
    is_link=True,
)

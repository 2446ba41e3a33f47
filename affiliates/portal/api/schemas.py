"""What a group's contacts see of their group, and what they send about it. Private."""

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field, StrictInt, StrictStr

from affiliates.api.schemas import Link, Statement, Url
from affiliates.api.schemas import text as words
from affiliates.applications.api.schemas import LinkIn, strictly
from affiliates.core.states import (
    AffiliationState,
    ContactRole,
    Standing,
    SupportState,
    UpdateRequestState,
)
from affiliates.updates.api.requests import EXAMPLE_VERSION, VERSION, KindName, OwnUpdate, UpdateIn

NEW_VERSION = VERSION.replace("^(", "^").replace(")?$", "$")
"""As ``VERSION``, but there has to be one."""

GroupName = Annotated[str, words("The group’s name.", "Michigan Parents")]
ProgramSlug = Annotated[str, words("The program’s slug.", "safe-schools")]
Reference = Annotated[str, words("To say on the phone.", "K7M-4QX")]
Period = Annotated[str, words("Of which time.", "Q3 2026")]
AskedOn = Annotated[date | None, Field(description="The day on which we ask again.")]
NextDueOn = Annotated[date | None, Field(description="The day the next update is due.")]


class OwnStanding(Schema):
    level: Annotated[str, words("For programs.", "good", enum=Standing.values)]
    label: Annotated[str, words("In words.", "In good standing")]
    reasons: Annotated[list[str], Field(description="Why, in sentences; what matters most first.")]


class OpenRequest(Schema):
    reference: Reference
    period: Period
    due_on: Annotated[date, Field(description="An update after that day is welcome, too.")]
    is_late: Annotated[bool, Field(description="Whether that day is past.")]
    token: Annotated[str, words("Of “update-requests/{token}/”, where it is answered.", "update~…")]


class PastRequest(Schema):
    period: Period
    state: Annotated[
        str, words("Waived: nobody waited for it.", "answered", enum=UpdateRequestState.values)
    ]


class SentUpdate(Schema):
    kind: Annotated[str, KindName]
    text: Annotated[str, words("In the group’s own words.", "We met the school board.")]
    needs: Annotated[list[Statement], Field(description="What the group asked for.")]
    publish: Annotated[bool, Field(description="Whether it may be published.")]
    sent_at: Annotated[datetime, Field(description="When it came in.")]
    period: Annotated[str | None, words("Of which time.", "Q3 2026")]
    became: Annotated[str, words("What became of it, in words.", "Our team is reading it.")]
    asked_changes: Annotated[
        str, words("What a reviewer would like to have changed, if so.", "Please name no child.")
    ]
    read_by: Annotated[
        date | None, Field(description="While it is being read: until when we are done.")
    ]
    url: Annotated[Url | None, Field(description="Where it is public.")]
    version: Annotated[
        str | None,
        words("Send it to change the update. Null: it cannot be changed.", EXAMPLE_VERSION),
    ]


class OwnCall(Schema):
    """A call for help, which we owe an answer."""

    reference: Reference
    text: Annotated[str, words("In the group’s own words.", "Who knows a lawyer?")]
    needs: Annotated[list[Statement], Field(description="What the group asked for.")]
    state: Annotated[str, words("Where it stands.", "open", enum=SupportState.values)]
    opened_at: Annotated[datetime, Field(description="When it came in.")]
    due_on: Annotated[date, Field(description="The day by which we promised an answer.")]
    is_late: Annotated[bool, Field(description="Whether we are late.")]
    answer: Annotated[str, words("Ours; empty until then.", "Maria will call you this week.")]
    answered_at: Annotated[datetime | None, Field(description="When we answered.")]


class OwnContact(Schema):
    role: Annotated[
        str,
        words(
            "The alternate is written to if the primary one does not answer.",
            "primary",
            enum=ContactRole.values,
        ),
    ]
    name: Annotated[str, words("A person.", "Rosa Diaz")]
    email: Annotated[str, words("We write to this address.", "rosa@saferschools.org")]
    phone: Annotated[str, words("May be empty.", "614 555 0123")]
    has_bounced: Annotated[bool, Field(description="Whether mail to this address came back.")]
    is_you: Annotated[bool, Field(description="Whose link this is.")]


class Reminders(Schema):
    paused_until: Annotated[date | None, Field(description="We send none before that day.")]
    longest_pause: Annotated[date, Field(description="The last day that can be chosen.")]


class OwnGroup(Schema):
    """All that concerns one group. Of its history the newest twenty of each kind."""

    reference: Reference
    program: ProgramSlug
    affiliate: GroupName
    state: Annotated[str, words("Only people change it.", "active", enum=AffiliationState.values)]
    standing: Annotated[OwnStanding, Field(description="How the group is kept, and why.")]
    open_requests: Annotated[
        list[OpenRequest], Field(description="What we wait for, the oldest first.")
    ]
    past_requests: Annotated[list[PastRequest], Field(description="What we asked for before.")]
    updates: Annotated[list[SentUpdate], Field(description="What the group told us.")]
    calls: Annotated[list[OwnCall], Field(description="Calls for help.")]
    contacts: Annotated[list[OwnContact], Field(description="Whom we write to.")]
    reminders: Annotated[Reminders, Field(description="Whether they are paused.")]
    offers: Annotated[list[Statement], Field(description="What a call for help can name.")]
    version: Annotated[
        str, words("For a new update, each time another one.", EXAMPLE_VERSION, pattern=VERSION)
    ]
    asked_on: AskedOn
    next_due_on: NextDueOn
    url: Annotated[Url | None, Field(description="The group’s public page.")]


class UnaskedUpdateIn(UpdateIn):
    model_config = strictly("kind", "version")

    version: Annotated[
        StrictStr,
        Field(
            description="For a new update that of the group; to change an update its own. It makes"
            " a repeat harmless.",
            pattern=NEW_VERSION,
            examples=[EXAMPLE_VERSION],
        ),
    ]


class ToldUpdate(Schema):
    update: Annotated[OwnUpdate, Field(description="As it was taken.")]
    version: Annotated[
        str, words("Send it to change the update.", EXAMPLE_VERSION, pattern=VERSION)
    ]
    asked_on: AskedOn
    next_due_on: NextDueOn


class NewToken(Schema):
    token: Annotated[
        str | None,
        words("Use it from now on, as the old one works no more. Null: keep yours.", "affiliate~…"),
    ]


class RemindersIn(Schema):
    model_config = strictly("paused_until")

    paused_until: Annotated[
        StrictStr | None,
        Field(
            description="Send no reminders before that day. Null: remind us again.",
            pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            examples=["2027-03-31"],
            json_schema_extra={"format": "date"},
        ),
    ]


class Profile(Schema):
    """What stands on the group's public page."""

    name: GroupName
    locality: Annotated[str, words("Town or county of a local group; else empty.", "Lansing")]
    summary: Annotated[str, words("One or two sentences.", "Parents for safe schools.")]
    body: Annotated[
        str | None,
        words(
            "Plain text, a blank line between paragraphs. Null: it is formatted, so only our team"
            " can change it.",
            "We meet on Mondays.",
        ),
    ]
    links: list[Link]


class ProposedFact(Schema):
    name: Annotated[str, words("As in the profile; links as “link_website”.", "summary")]
    label: Annotated[str, words("In words.", "In short")]
    text: Annotated[str, words("As it would be. Empty: taken out.", "Parents and teachers.")]


class Proposal(Schema):
    """The newest change that was proposed, and what became of it."""

    state: Annotated[
        str,
        words(
            "Asked: a reviewer wants it changed first.",
            "open",
            enum=["open", "asked", "accepted", "declined"],
        ),
    ]
    facts: Annotated[list[ProposedFact], Field(description="What would change.")]
    sent_at: Annotated[datetime, Field(description="When it came in.")]
    read_by: Annotated[date | None, Field(description="While it is being read: until when.")]
    question: Annotated[str, words("What the reviewer asks for.", "Is the address right?")]
    reason: Annotated[str, words("Why it was declined.", "The summary names a child.")]
    decided_at: Annotated[datetime | None, Field(description="When it was decided.")]


class OwnProfile(Schema):
    public: Annotated[
        Profile | None, Field(description="As the page is. Null: there is no public page.")
    ]
    wanted: Annotated[
        Profile | None, Field(description="The same with what is proposed: to start a form from.")
    ]
    proposal: Annotated[Proposal | None, Field(description="Null: nothing was proposed.")]
    version: Annotated[int, Field(ge=0, description="Of the open proposal. Send it along.")]


class ProfileIn(Schema):
    model_config = strictly("name", "summary", "version")

    name: Annotated[StrictStr, words("The group’s name.", "Michigan Parents")] = ""
    locality: Annotated[StrictStr, words("For local groups: town or county.", "Lansing")] = ""
    summary: Annotated[
        StrictStr, words("One or two sentences, 500 characters at most.", "Parents and teachers.")
    ] = ""
    body: Annotated[
        StrictStr | None,
        words("Plain text, 5,000 characters at most. Null: as it is.", "We meet on Mondays."),
    ] = None
    links: Annotated[
        list[LinkIn], Field(description="All of them, one for each network at most.")
    ] = []
    version: Annotated[
        StrictInt,
        Field(ge=0, le=99_999, description="The “version” that was read.", examples=[0]),
    ]


class AddressIn(Schema):
    model_config = strictly("email")

    email: Annotated[
        StrictStr, words("The address that we have of a contact.", "rosa@saferschools.org")
    ] = ""


class ReferenceIn(Schema):
    model_config = strictly("reference")

    reference: Annotated[StrictStr, words("Of an application, a group, or a request.", "K7M-4QX")]


class Noted(Schema):
    detail: Annotated[
        str, words("The same, whether we know it or not.", "If we know the address, …")
    ]

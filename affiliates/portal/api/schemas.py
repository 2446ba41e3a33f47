"""API schemas of a group's own page. Private."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, StrictInt, StrictStr

from affiliates.api.schemas import SENT_ERRORS, Link, Problem, Statement, Url
from affiliates.api.schemas import text as words
from affiliates.applications.api.schemas import LinksIn, strictly
from affiliates.core.states import (
    AffiliationState,
    ContactRole,
    Standing,
    SupportState,
    UpdateKind,
    UpdateRequestState,
)
from affiliates.updates.api.requests import EXAMPLE_VERSION, VERSION, OwnUpdate, UpdateIn

LOOKING = dict.fromkeys((404, 410, 429), Problem)
SENDING = {**LOOKING, **SENT_ERRORS}


def of(path: str, description: str, *examples: str, **extra: Any) -> Any:
    """Like ``words``, for a field with another name in our code."""
    said: Any = {"description": description, "examples": list(examples) or None}
    return Field(validation_alias=path, json_schema_extra=extra, **said)


NEW_VERSION = VERSION.replace("^(", "^").replace(")?$", "$")
"""Like ``VERSION``, but required."""

GroupName = Annotated[str, words("The group’s name.", "Michigan Parents")]
Reference = Annotated[str, words("To say on the phone.", "K7M-4QX")]
AskedOn = Annotated[date | None, Field(description="The day on which we ask again.")]
NextDueOn = Annotated[date | None, Field(description="The day the next update is due.")]


class OwnStanding(Schema):
    level: str = words("For programs.", "good", enum=Standing.values)
    label: str = words("In words.", "In good standing")
    reasons: list[str] = of("reasons_for_group", "Why, in sentences; what matters most first.")


class OpenRequest(Schema):
    reference: Reference
    period: str = words("Of which time.", "Q3 2026")
    due_on: date = words("An update after that day is welcome, too.")
    is_late: bool = words("Whether that day is past.")
    token: str = words("Of “update-requests/{token}/”, where it is answered.", "update~…")


class PastRequest(Schema):
    period: str = of("period.label", "Of which time.", "Q3 2026")
    state: str = words("Waived: nobody waited for it.", "answered", enum=UpdateRequestState.values)


class SentUpdate(Schema):
    kind: str = of("update.kind", "What is told.", "news", enum=UpdateKind.values)
    text: str = of("update.text", "In the group’s own words.", "We met the school board.")
    needs: list[Statement] = of("update.needs", "What the group asked for.")
    publish: bool = of("update.may_publish", "Whether it may be published.")
    sent_at: datetime = of("update.sent_at", "When it came in.")
    period: str | None = words("Of which time.", "Q3 2026")
    became: str = words("What became of it, in words.", "Our team is reading it.")
    asked_changes: str = words(
        "What a reviewer would like to have changed, if so.", "Please name no child."
    )
    read_by: date | None = words("While it is being read: until when we are done.")
    url: Url | None = words("Where it is public.")
    version: str | None = words(
        "Send it to change the update. Null: it cannot be changed.", EXAMPLE_VERSION
    )


class OwnCall(Schema):
    """A call for help, which we owe an answer."""

    reference: Reference
    text: str = words("In the group’s own words.", "Who knows a lawyer?")
    needs: list[Statement] = words("What the group asked for.")
    state: str = words("Where it stands.", "open", enum=SupportState.values)
    opened_at: datetime = words("When it came in.")
    due_on: date = words("The day by which we promised an answer.")
    is_late: bool = words("Whether we are late.")
    answer: str = words("Ours; empty until then.", "Maria will call you this week.")
    answered_at: datetime | None = words("When we answered.")


class OwnContact(Schema):
    role: str = words(
        "The alternate is written to if the primary one does not answer.",
        "primary",
        enum=ContactRole.values,
    )
    name: str = words("A person.", "Rosa Diaz")
    email: str = words("We write to this address.", "rosa@saferschools.org")
    phone: str = words("May be empty.", "614 555 0123")
    has_bounced: bool = words("Whether mail to this address came back.")
    is_you: bool = words("Whose link this is.")


class Reminders(Schema):
    paused_until: date | None = words("We send none before that day.")
    longest_pause: date = words("The last day that can be chosen.")


class OwnGroup(Schema):
    """All that concerns one group. Of its history the newest twenty of each kind."""

    reference: Reference
    program: str = words("The program’s slug.", "safe-schools")
    affiliate: GroupName
    state: str = words("Only people change it.", "active", enum=AffiliationState.values)
    is_hidden: bool = words("Whether the group has hidden its listing itself.")
    standing: OwnStanding = words("How the group is kept, and why.")
    open_requests: list[OpenRequest] = words("What we wait for, the oldest first.")
    past_requests: list[PastRequest] = words("What we asked for before.")
    updates: list[SentUpdate] = words("What the group told us.")
    calls: list[OwnCall] = words("Calls for help.")
    contacts: list[OwnContact] = words("Whom we write to.")
    reminders: Reminders = words("Whether they are paused.")
    offers: list[Statement] = words("What a call for help can name.")
    version: str = words(
        "For a new update, each time another one.", EXAMPLE_VERSION, pattern=VERSION
    )
    asked_on: AskedOn
    next_due_on: NextDueOn
    url: Url | None = words("The group’s public page.")


class UnaskedUpdateIn(UpdateIn):
    model_config = strictly("kind", "version")

    version: StrictStr = Field(
        description="For a new update that of the group; to change an update its own. It makes"
        " a repeat harmless.",
        pattern=NEW_VERSION,
        examples=[EXAMPLE_VERSION],
    )


class ToldUpdate(Schema):
    update: OwnUpdate = words("As it was taken.")
    version: str = words("Send it to change the update.", EXAMPLE_VERSION, pattern=VERSION)
    asked_on: AskedOn
    next_due_on: NextDueOn


class NewToken(Schema):
    token: str | None = words(
        "Use it from now on, as the old one works no more. Null: keep yours.", "affiliate~…"
    )


class RemindersIn(Schema):
    model_config = strictly("paused_until")

    paused_until: StrictStr | None = Field(
        description="Send no reminders before that day. Null: remind us again.",
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        examples=["2027-03-31"],
        json_schema_extra={"format": "date"},
    )


class Profile(Schema):
    """What stands on the group's public page."""

    name: GroupName
    locality: str = words("Town or county of a local group; else empty.", "Lansing")
    summary: str = words("One or two sentences.", "Parents for safe schools.")
    body: str | None = words(
        "Plain text, a blank line between paragraphs. Null: it is formatted, so only our team"
        " can change it.",
        "We meet on Mondays.",
    )
    links: list[Link]


class ProposedFact(Schema):
    name: str = words("As in the profile; links as “link_website”.", "summary")
    label: str = words("In words.", "In short")
    text: str = words("As it would be. Empty: taken out.", "Parents and teachers.")


class Proposal(Schema):
    """The newest change that was proposed, and what became of it."""

    state: str = words(
        "Asked: a reviewer wants it changed first.",
        "open",
        enum=["open", "asked", "accepted", "declined"],
    )
    facts: list[ProposedFact] = words("What would change.")
    sent_at: datetime = words("When it came in.")
    read_by: date | None = words("While it is being read: until when.")
    question: str = words("What the reviewer asks for.", "Is the address right?")
    reason: str = words("Why it was declined.", "The summary names a child.")
    decided_at: datetime | None = words("When it was decided.")


class OwnProfile(Schema):
    public: Profile | None = words("As the page is. Null: there is no public page.")
    wanted: Profile | None = words("The same with what is proposed: to start a form from.")
    proposal: Proposal | None = words("Null: nothing was proposed.")
    version: int = Field(ge=0, description="Of the open proposal. Send it along.")


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
    links: LinksIn = []
    version: StrictInt = Field(
        ge=0, le=99_999, description="The “version” that was read.", examples=[0]
    )


class AddressIn(Schema):
    model_config = strictly("email")

    email: Annotated[
        StrictStr, words("The address that we have of a contact.", "rosa@saferschools.org")
    ] = ""


class ReferenceIn(Schema):
    model_config = strictly("reference")

    reference: StrictStr = words("Of an application, a group, or a request.", "K7M-4QX")


class Noted(Schema):
    detail: str = words("The same, whether we know it or not.", "If we know the address, …")

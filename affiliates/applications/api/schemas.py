"""Schemas of applications, as they are sent and as applicants see them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field, StrictInt, StrictStr, WithJsonSchema

from affiliates.api.schemas import (
    MOST_SENT,
    REGION_SENT,
    SCOPE,
    NetworkName,
    Statement,
    Url,
    text,
)
from affiliates.applications.forms.application import GROUP, PARTS, ApplicationForm
from affiliates.core.states import ApplicationState


def strictly(*required: str) -> ConfigDict:
    """Forbid unknown members. ``required`` ones are only required in the OpenAPI document; if they
    are missing, the form reports it in its own words.
    """

    def say(schema: dict[str, Any]) -> None:
        schema["required"] = list(required)
        for name in required:
            schema["properties"][name].pop("default", None)

    return ConfigDict(extra="forbid", json_schema_extra=say)


def _required(names: Iterable[str], prefix: str = "") -> list[str]:
    return [name for name in names if ApplicationForm.base_fields[f"{prefix}{name}"].required]


class LinkIn(Schema):
    model_config = strictly("network", "url")

    network: NetworkName
    url: Annotated[StrictStr, text("A link, or a name there.", "https://saferschools.org")]


LinksIn = Annotated[
    list[LinkIn],
    Field(description="All of them, one for each network at most.", max_length=MOST_SENT),
]


class GroupIn(Schema):
    model_config = strictly(*_required(GROUP))

    name: Annotated[StrictStr, text("The group’s name.", "Safer Schools Ohio")] = ""
    region: Annotated[StrictStr, REGION_SENT] = ""
    scope: Annotated[StrictStr, SCOPE] = ""
    locality: Annotated[StrictStr, text("For local groups: town or county.", "Dayton")] = ""
    summary: Annotated[
        StrictStr, text("One or two sentences, 500 characters at most.", "Parents and teachers.")
    ] = ""
    links: LinksIn = []


class ContactIn(Schema):
    model_config = strictly(*_required(PARTS, "contact_"))

    name: Annotated[StrictStr, text("A person.", "Rosa Diaz")] = ""
    email: Annotated[StrictStr, text("We write to this address.", "rosa@saferschools.org")] = ""
    phone: Annotated[
        StrictStr, text("With its area code; abroad with + and the country code.", "614 555 0123")
    ] = ""


ANSWER = {
    "anyOf": [
        {"type": "string"},
        {"type": "boolean"},
        {"type": "number"},
        {"type": "array", "items": {"type": "string"}},
        {"type": "null"},
    ]
}
ACCEPTED = {
    "anyOf": [
        {"type": "string", "description": "The statement’s id."},
        {
            "type": "object",
            "description": "The statement as it was shown.",
            "properties": {"id": {"type": "string"}, "text": {"type": "string"}},
            "required": ["id", "text"],
            "additionalProperties": False,
        },
    ]
}


class ApplicationIn(Schema):
    model_config = strictly("group", "contact", "accepted")

    group: Annotated[GroupIn, Field(description="What is public once the group is listed.")] = (
        GroupIn()
    )
    contact: Annotated[ContactIn, Field(description="Only staff see this.")] = ContactIn()
    alternate_contact: Annotated[
        ContactIn | None, Field(description="Written to when the first one does not answer.")
    ] = None
    accepted: Annotated[
        list[Annotated[Any, WithJsonSchema(ACCEPTED)]],
        Field(
            description="Every belief and obligation: its id, or the statement as it was shown. Of"
            " the latter we notice whether its text was changed since.",
            max_length=MOST_SENT,
        ),
    ] = []
    answers: Annotated[
        dict[StrictStr, Annotated[Any, WithJsonSchema(ANSWER)]],
        Field(
            description="To the extra questions, by name; see the application form.",
            max_length=MOST_SENT,
        ),
    ] = {}
    language: Annotated[StrictStr, text("Of our mails.", "en")] = ""
    proof: Annotated[StrictStr, text("A solved challenge: allows more from one network.")] = ""
    version: Annotated[
        StrictStr,
        text("Of the saved draft that this goes on with. It counts instead of the key."),
    ] = ""


class DraftGroupIn(GroupIn):
    model_config = strictly()

    region: Annotated[StrictStr, text("As in an application, once it is sent.", "US-MI")] = ""
    scope: Annotated[StrictStr, text("As in an application, once it is sent.", "state")] = ""


class DraftContactIn(ContactIn):
    model_config = strictly("email")

    email: Annotated[StrictStr, text("We mail the link to go on.", "rosa@saferschools.org")] = ""


class DraftSecondContactIn(ContactIn):
    model_config = strictly()


class DraftIn(ApplicationIn):
    """What was filled in so far. Only the contact's address has to be right."""

    model_config = strictly("contact")

    group: Annotated[DraftGroupIn, Field(description="Judged once it is sent.")] = DraftGroupIn()
    contact: Annotated[DraftContactIn, Field(description="Who goes on.")] = DraftContactIn()
    alternate_contact: Annotated[
        DraftSecondContactIn | None, Field(description="Judged once it is sent.")
    ] = None


class Saved(Schema):
    reference: Annotated[str, text("To say on the phone.", "K7M-4QX")]
    link_days: Annotated[int, Field(description="How many days the mailed link works.")]


class Draft(Schema):
    """A saved application, as it was typed. Private."""

    reference: Annotated[str, text("To say on the phone.", "K7M-4QX")]
    program: Annotated[str, text("The program’s slug.", "safe-schools")]
    saved_at: Annotated[datetime, Field(description="When it was last saved.")]
    application: Annotated[
        DraftIn,
        Field(
            description="To be gone on with and sent back, to be saved again or sent. What was"
            " changed by an editor since it was accepted is not “accepted” any more."
        ),
    ]


class Received(Schema):
    reference: Annotated[str, text("To say on the phone.", "K7M-4QX")]
    state: Annotated[str, text("What it became.", "submitted", enum=["submitted"])]
    status_url: Annotated[
        str, text("Where its status is. Whoever has it can withdraw the application.", format="uri")
    ]
    token: Annotated[str, text("The one in “status_url”, to send in a header.", "status~…")]


class Group(Schema):
    name: str
    region: str
    scope: str
    locality: str
    summary: str
    links: list[dict[str, str]]


class Question(Schema):
    id: int
    text: Annotated[str, text("What we asked.", "How many members do you have?")]
    asked_at: datetime
    answer_due_on: date | None


class Asked(Schema):
    id: int
    text: str
    asked_at: datetime
    answer: Annotated[str, text("Empty if the review went on without one.")]


class OwnApplication(Schema):
    """An application as its group sees it. Private."""

    reference: Annotated[str, text("To say on the phone.", "K7M-4QX")]
    state: Annotated[str, text("Where it stands.", "in_review", enum=[*ApplicationState.values])]
    program: Annotated[str, text("The program’s slug.", "safe-schools")]
    submitted_at: datetime | None
    decision_due_on: Annotated[
        date | None, Field(description="The day by which the group was promised an answer.")
    ]
    is_late: Annotated[bool, Field(description="Whether that day is past.")]
    can_withdraw: bool
    reason: Annotated[str, text("Why it was declined, if the group was told.")]
    question: Annotated[Question | None, Field(description="What waits for an answer.")]
    earlier_questions: list[Asked]
    group: Group
    accepted: Annotated[list[Statement], Field(description="In the words of that day.")]
    affiliate_url: Annotated[Url | None, Field(description="Its public page, once approved.")]


class AnswerIn(Schema):
    model_config = strictly("question", "answer")

    question: Annotated[StrictInt, Field(description="The id of the question.", examples=[12])]
    answer: Annotated[StrictStr, text("Up to 5,000 characters.", "About 40.")] = ""


class WithdrawalIn(Schema):
    model_config = strictly()

    reason: Annotated[StrictStr, text("If you want to say so.", "We merged.")] = ""

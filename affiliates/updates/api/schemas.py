"""What a request for an update looks like to its group, and what the group sends."""

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field, StrictBool, StrictStr

from affiliates.api.schemas import Statement
from affiliates.api.schemas import text as words
from affiliates.applications.api.schemas import strictly
from affiliates.core.states import UpdateKind, UpdateRequestState

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
VERSION = rf"^({_UUID}(\.[0-9]{{1,5}}(\.{_UUID})?)?)?$"
EXAMPLE_VERSION = "8e03978e-40d5-43dd-bc93-6894a57f9324.1"

KindName = words("What is told.", "news", enum=UpdateKind.values)


class UpdateIn(Schema):
    model_config = strictly("kind")

    kind: Annotated[StrictStr, KindName] = ""
    text: Annotated[
        StrictStr,
        words("In the group’s own words, 5,000 characters at most.", "We met the school board."),
    ] = ""
    needs: Annotated[
        list[StrictStr],
        Field(description="With help: what is needed, as ids of “offers”.", examples=[[]]),
    ] = []
    publish: Annotated[
        StrictBool,
        Field(
            description="With news: whether it may be published, once a person has read it.",
            examples=[True],
        ),
    ] = False
    version: Annotated[
        StrictStr,
        Field(
            description="The “version” that was read. It makes a repeat harmless, and is needed to"
            " change an answer. Without one, this is the first answer to the request.",
            pattern=VERSION,
            examples=[EXAMPLE_VERSION],
        ),
    ] = ""


class OwnUpdate(Schema):
    """What the group said, and what comes of it."""

    kind: Annotated[str, KindName]
    text: Annotated[str, words("In the group’s own words.", "We met the school board.")]
    needs: Annotated[list[Statement], Field(description="What the group asked for.")]
    publish: Annotated[bool, Field(description="Whether it may be published.")]
    sent_at: Annotated[datetime, Field(description="When it came in.")]
    can_change: Annotated[
        bool, Field(description="Whether sending again changes it. Else that is one more update.")
    ]
    read_by: Annotated[
        date | None, Field(description="For news: the day by which a person has read it.")
    ]
    help_by: Annotated[
        date | None, Field(description="For a call for help: the day by which we answer.")
    ]


class OwnUpdateRequest(Schema):
    """The request for one update, as its group sees it. Private."""

    reference: Annotated[str, words("To say on the phone.", "K7M-4QX")]
    program: Annotated[str, words("The program’s slug.", "safe-schools")]
    affiliate: Annotated[str, words("The group’s name.", "Michigan Parents")]
    period: Annotated[str, words("Of which time.", "Q3 2026")]
    due_on: Annotated[date, Field(description="An update after that day is welcome, too.")]
    is_late: Annotated[bool, Field(description="Whether that day is past.")]
    state: Annotated[
        str, words("Waived: nobody waits for it.", "open", enum=UpdateRequestState.values)
    ]
    offers: Annotated[list[Statement], Field(description="What a call for help can name.")]
    answer: Annotated[OwnUpdate | None, Field(description="What was answered last, if anything.")]
    version: Annotated[
        str,
        words("Send it with the answer. Names what was read.", EXAMPLE_VERSION, pattern=VERSION),
    ]
    asked_on: Annotated[date | None, Field(description="The day on which we ask again.")]
    next_due_on: Annotated[date | None, Field(description="The day the next update is due.")]

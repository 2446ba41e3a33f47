"""The API of an update request, by the token of the emailed link. Private, never cached."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field, StrictBool, StrictStr

from affiliates.api.error_messages import mistakes_of
from affiliates.api.problems import UPDATE_CHANGED, UPDATE_MODERATED, Mistake, Problem, invalid
from affiliates.api.schemas import MOST_SENT, SENT_ERRORS, Statement
from affiliates.api.schemas import Problem as ProblemOut
from affiliates.api.schemas import text as words
from affiliates.applications.api.schemas import strictly
from affiliates.core.exceptions import AffiliationEnded, UpdateChanged, UpdateModerated
from affiliates.core.states import UpdateKind, UpdateRequestState
from affiliates.links.api import active_session_at, ended
from affiliates.links.sessions import LinkSession
from affiliates.links.tokens import Purpose
from affiliates.models import AffiliateProgramPage, ContactUpdate
from affiliates.updates.forms import NOTHING_NEW, WholeUpdateForm
from affiliates.updates.queries import about_request, what_comes_next, when_asked_again
from affiliates.updates.services.sending import Shown, answer_of, take_answer

router = Router(tags=["Your update"])

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
VERSION = rf"^({_UUID}(\.[0-9]{{1,5}}(\.{_UUID})?)?)?$"
EXAMPLE_VERSION = "8e03978e-40d5-43dd-bc93-6894a57f9324.1"
EXAMPLE_TEXT = "We met the school board."

KindName = words("What is told.", "news", enum=UpdateKind.values)


class UpdateIn(Schema):
    model_config = strictly("kind")

    kind: Annotated[StrictStr, KindName] = ""
    text: StrictStr = Field(
        "",
        description="In the group’s own words, 5,000 characters at most.",
        examples=[EXAMPLE_TEXT],
    )
    needs: list[StrictStr] = Field(
        [],
        description="With help: what is needed, as ids of “offers”.",
        examples=[[]],
        max_length=MOST_SENT,
    )
    publish: StrictBool = Field(
        False,
        description="With news: whether it may be published, once a person has read it.",
        examples=[True],
    )
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
    text: str = words("In the group’s own words.", EXAMPLE_TEXT)
    needs: list[Statement] = Field(description="What the group asked for.")
    publish: bool = Field(description="Whether it may be published.")
    sent_at: datetime = Field(description="When it came in.")
    can_change: bool = Field(
        description="Whether sending again changes it. Else that is one more update."
    )
    read_by: date | None = Field(description="For news: the day by which a person has read it.")
    help_by: date | None = Field(description="For a call for help: the day by which we answer.")


class OwnUpdateRequest(Schema):
    """The request for one update, as its group sees it. Private."""

    reference: str = words("To say on the phone.", "K7M-4QX")
    program: str = words("The program’s slug.", "safe-schools")
    affiliate: str = words("The group’s name.", "Michigan Parents")
    period: str = words("Of which time.", "Q3 2026")
    due_on: date = Field(description="An update after that day is welcome, too.")
    is_late: bool = Field(description="Whether that day is past.")
    state: str = words("Waived: nobody waits for it.", "open", enum=UpdateRequestState.values)
    offers: list[Statement] = Field(description="What a call for help can name.")
    answer: OwnUpdate | None = Field(description="What was answered last, if anything.")
    version: str = words(
        "Send it with the answer. Names what was read.", EXAMPLE_VERSION, pattern=VERSION
    )
    asked_on: date | None = Field(description="The day on which we ask again.")
    next_due_on: date | None = Field(description="The day the next update is due.")


@router.get(
    "update-requests/{token}/",
    response={200: OwnUpdateRequest, **dict.fromkeys((404, 410, 429), ProblemOut)},
    summary="What is asked, and what was answered",
)
def get_update_request(request: HttpRequest, token: str) -> dict[str, Any]:
    """Of which time, by when, and what stands as the answer. Looking changes nothing."""
    return own_request(active_session_at(token, Purpose.UPDATE), timezone.now())


@router.post(
    "update-requests/{token}/",
    response={
        200: OwnUpdateRequest,
        **SENT_ERRORS,
        **dict.fromkeys((404, 409, 410), ProblemOut),
    },
    summary="Answer it, or change the answer",
)
def send_update(request: HttpRequest, token: str, body: UpdateIn) -> dict[str, Any]:
    """By the rules of the form on the page. The same twice is no mistake, and a late answer is
    welcome. What would undo an answer that the sender has not read is refused.
    """
    now = timezone.now()
    take_update(active_session_at(token, Purpose.UPDATE), body, now)
    return own_request(active_session_at(token, Purpose.UPDATE), now)


class SentUpdateForm(WholeUpdateForm):
    def __init__(self, program: AffiliateProgramPage, body: UpdateIn, current: Any = None):
        self.body = body
        data = {**body.dict(), "may_publish": body.publish}
        super().__init__(program, data, current=current)

    def mistakes(self) -> Iterator[Mistake]:
        yield from (one for one in mistakes_of(self) if one.location != ("needs",))
        needs = self.body.needs
        if self.body.kind == UpdateKind.QUIET:
            if needs:
                yield Mistake(("needs",), str(NOTHING_NEW))
            return
        unknown = str(self.base_fields["needs"].error_messages["invalid_choice"])
        for number, need in enumerate(needs):
            if need not in self.offers:
                yield Mistake(("needs", number), unknown, "unknown")


def take_update(session: LinkSession, body: UpdateIn, now: datetime) -> ContactUpdate:
    shown = Shown.read(*body.version.split("."))
    current = session.affiliation.updates.filter(key=shown.key).first()
    form = SentUpdateForm(session.program, body, current)
    mistakes = list(form.mistakes())
    if mistakes:
        raise invalid(*mistakes)
    try:
        return take_answer(
            affiliation=session.affiliation,
            contact=session.contact,
            content=form.content(),
            shown=shown,
            request=session.asked,
            now=now,
        )
    except UpdateChanged:
        raise Problem(UPDATE_CHANGED) from None
    except UpdateModerated:
        raise Problem(UPDATE_MODERATED) from None
    except AffiliationEnded:
        raise ended(session.program) from None


def own_request(session: LinkSession, now: datetime) -> dict[str, Any]:
    asked: Any = session.asked
    answer = answer_of(asked)
    shown = own_update(session, answer, now) if answer else None
    to_change = answer if shown and shown["can_change"] else None
    return {
        **about_request(asked, now),
        **when_asked_again(session.affiliation),
        "reference": asked.reference,
        "program": session.program.slug,
        "affiliate": session.affiliation.name,
        "state": asked.state,
        "offers": offers_of(session.program, to_change),
        "answer": shown,
        "version": str(Shown.beside(answer, can_change=to_change is not None)),
    }


def offers_of(
    program: AffiliateProgramPage, to_change: ContactUpdate | None = None
) -> list[dict[str, str]]:
    """Includes what the group asked for before, even if it is no longer offered."""
    offers = WholeUpdateForm(program, current=to_change).offers
    return [{"id": key, "text": words} for key, words in offers.items()]


def own_update(session: LinkSession, answer: ContactUpdate, now: datetime) -> dict[str, Any]:
    answer.affiliation = session.affiliation
    comes = what_comes_next(answer, now)
    return {
        "kind": answer.kind,
        "text": answer.text,
        "needs": answer.needs,
        "publish": answer.may_publish,
        "sent_at": answer.sent_at,
        "can_change": comes["can_change"],
        "read_by": comes["read_by"] if answer.kind == UpdateKind.NEWS else None,
        "help_by": comes["help_by"] if answer.kind == UpdateKind.HELP else None,
    }

"""The API by which a group hides its listing, shows it again, or leaves. Private, never cached."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field, StrictBool, StrictStr

from affiliates.affiliations.services.endings import leave_program
from affiliates.affiliations.services.listing import hidden_at, hide_listing, show_listing
from affiliates.api.schemas import text as words
from affiliates.applications.api.schemas import strictly
from affiliates.core.states import AffiliationState
from affiliates.links.api import active_session_at
from affiliates.links.tokens import Purpose
from affiliates.portal.api.contacts import check, refusing
from affiliates.portal.api.schemas import SENDING
from affiliates.portal.forms import LeaveForm

router = Router(tags=["Your group"])


class OwnListing(Schema):
    state: str = words("“paused” while it is hidden.", "active", enum=AffiliationState.values)
    is_hidden: bool = words("Whether the group itself has hidden it.")


class ListingIn(Schema):
    model_config = strictly("is_hidden")

    is_hidden: StrictBool = Field(description="Whether it should be hidden.", examples=[True])


class LeaveIn(Schema):
    model_config = strictly()

    reason: StrictStr = Field(
        "",
        description="Why, in the group’s own words. Only our team reads it.",
        examples=["We have dissolved."],
    )


@router.put(
    "affiliations/{token}/listing/",
    response={200: OwnListing, **SENDING},
    operation_id="changeListing",
    summary="Hide the listing at once, or show it again",
)
def change_listing(request: HttpRequest, token: str, body: ListingIn) -> dict[str, Any]:
    """Page and entry in the directory. The same twice is no mistake. Our team is told."""
    session = active_session_at(token, Purpose.AFFILIATE)
    affiliation = session.affiliation
    change = hide_listing if body.is_hidden else show_listing
    with refusing(session):
        change(affiliation=affiliation, by=session.contact, now=timezone.now())
    return {"state": affiliation.state, "is_hidden": hidden_at(affiliation) is not None}


@router.post(
    "affiliations/{token}/leave/",
    response={204: None, **SENDING},
    operation_id="leaveProgram",
    summary="Leave the program",
)
def leave(request: HttpRequest, token: str, body: LeaveIn) -> Status:
    """Its page is no longer public. All contacts and our team are told. Only staff can undo it."""
    session = active_session_at(token, Purpose.AFFILIATE)
    form = LeaveForm(dict(body))
    check(form)
    with refusing(session):
        leave_program(
            affiliation=session.affiliation,
            by=session.contact,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    return Status(204, None)

"""A new link for whoever lost the old one. It is mailed to the address on record, never shown."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from ninja.responses import Status

from affiliates.api.error_messages import mistakes_of
from affiliates.api.problems import invalid
from affiliates.api.schemas import Problem as ProblemOut
from affiliates.links.views import read_reference
from affiliates.portal.api.schemas import AddressIn, Noted, ReferenceIn
from affiliates.portal.forms.link_requests import LinkRequestForm
from affiliates.portal.services.link_requests import request_link
from affiliates.portal.services.renewals import renew_link

router = Router(tags=["New links"])

ERRORS = (400, 413, 415, 422, 429)


@router.post(
    "links/",
    response={202: Noted, **dict.fromkeys(ERRORS, ProblemOut)},
    operation_id="askForLink",
    summary="By the address of a group’s contact",
)
def ask_for_link(request: HttpRequest, body: AddressIn) -> Status:
    """A contact gets a link to the group's page. Nobody learns whether we know the address."""
    form = LinkRequestForm({"email": body.email})
    if not form.is_valid():
        raise invalid(*mistakes_of(form))
    request_link(address=form.cleaned_data["email"], now=timezone.now())
    detail = _("If we know this address, a mail with a link is there within a few minutes.")
    return Status(202, {"detail": detail})


@router.post(
    "links/renew/",
    response={202: Noted, **dict.fromkeys(ERRORS, ProblemOut)},
    operation_id="renewLink",
    summary="By a reference",
)
def renew(request: HttpRequest, body: ReferenceIn) -> Status:
    """Of an application, a group or a request. Nobody learns whether there is one."""
    renew_link(reference=read_reference(body.reference), now=timezone.now())
    detail = _(
        "If there is something with this reference, a mail with a link is there within a few"
        " minutes."
    )
    return Status(202, {"detail": detail})

"""A group hides its listing, shows it again, or leaves the program."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from affiliates.affiliations.services.endings import leave_program
from affiliates.affiliations.services.listing import hidden_at, hide_listing, show_listing
from affiliates.core.states import AffiliationState
from affiliates.links.resubmission import ResubmittedNothing
from affiliates.links.sessions import LinkSession
from affiliates.portal import forms
from affiliates.portal.views.editing import SessionForm
from affiliates.portal.views.group import group_link_needed


class OwnListing(SessionForm):
    """The button names the wanted state, so that pressing twice does not undo the first press."""

    template_name = "affiliates/portal/listing.html"
    heading = _("Your listing")
    resubmitted = ResubmittedNothing
    done = "listing"

    def make_form(self, session: LinkSession, data: Any = None) -> Any:
        return forms.PortalForm(data)

    def act(self, session: LinkSession, form: Any) -> None:
        change = show_listing if "show" in self.request.POST else hide_listing
        change(affiliation=session.affiliation, by=session.contact, now=timezone.now())

    def context(self, session: LinkSession, status: int) -> dict[str, Any]:
        affiliation = session.affiliation
        return {
            "is_shown": affiliation.state == AffiliationState.ACTIVE,
            "is_hidden": hidden_at(affiliation) is not None,
        }

    def link_needed(self, reference: str) -> HttpResponse:
        return group_link_needed(self.request)


class LeaveProgram(SessionForm):
    template_name = "affiliates/portal/leave_program.html"
    heading = _("Leave the program?")
    resubmitted = forms.ResubmittedReason
    done = "left"

    def make_form(self, session: LinkSession, data: Any = None) -> forms.LeaveForm:
        return forms.LeaveForm(data)

    def act(self, session: LinkSession, form: forms.LeaveForm) -> None:
        leave_program(
            affiliation=session.affiliation,
            by=session.contact,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )

    def link_needed(self, reference: str) -> HttpResponse:
        return group_link_needed(self.request)

    def show_closed(self, session: LinkSession) -> HttpResponse:
        """Pressing twice is no mistake."""
        if self.request.method == "POST":
            return HttpResponseRedirect(f"{session.path('saved')}?what={self.done}")
        return super().show_closed(session)

"""Forms behind an emailed link: contacts, paused reminders and the public page."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from affiliates.affiliations.services import contacts, reminders
from affiliates.core.exceptions import AffiliationEnded, PageNotPublic
from affiliates.core.responses import private, refusing_other_sites, refusing_unreadable
from affiliates.core.states import AffiliationState
from affiliates.links import resubmission, sessions
from affiliates.links.resubmission import NOT_SURE, ResubmittedNothing, is_forged
from affiliates.links.sessions import LinkSession
from affiliates.links.tokens import Purpose
from affiliates.links.views import link_needed
from affiliates.portal import forms
from affiliates.portal.queries import is_contact_of, open_change, public_page, wanted_profile
from affiliates.portal.services.profile_changes import propose_change
from affiliates.portal.views.group import group_link_needed
from affiliates.programs.promised_days import today_at
from affiliates.updates.views.answering import show_ended

REFUSED = 422
CONFLICT = 409
NO_LONGER = 410


# CSRF is checked in the view: Django's own 403 page would lose the text.
@method_decorator(
    [csrf_exempt, private, refusing_other_sites, refusing_unreadable], name="dispatch"
)
class SessionForm(View):
    """A page with one form. Errors never lose what was typed."""

    http_method_names = ["get", "head", "post"]
    template_name: str
    heading: ClassVar[str | Promise] = ""
    resubmitted: ClassVar[type[Form]] = resubmission.ResubmittedPerson
    done: ClassVar[str]
    ends_links: ClassVar[bool] = False
    """Whether the action revokes the link that led to this page."""

    def make_form(self, session: LinkSession, data: Any = None) -> Any:
        """Returns the form; a second button on the page submits one without fields."""
        raise NotImplementedError

    def act(self, session: LinkSession, form: Any) -> None:
        raise NotImplementedError

    def get(
        self, request: HttpRequest, reference: str, purpose: Purpose, **_kwargs: Any
    ) -> HttpResponse:
        session = sessions.find_session(request, reference, purpose)
        if session is None:
            return self.link_needed(reference)
        if session.affiliation.state == AffiliationState.ENDED:
            return self.show_closed(session)
        try:
            return self.show(session, self.make_form(session))
        except PageNotPublic:
            return self.show_closed(session)

    def post(
        self, request: HttpRequest, reference: str, purpose: Purpose, **_kwargs: Any
    ) -> HttpResponse:
        session = sessions.find_session(request, reference, purpose)
        if session is None and self.ends_links and _was_done(request, reference, purpose):
            return HttpResponseRedirect(
                f"{sessions.path_of(purpose, reference, 'saved')}?what={self.done}"
            )
        if session is None:
            return resubmission.keep(request, reference, self.resubmitted)
        try:
            return self.take(session, self.make_form(session, request.POST))
        except (AffiliationEnded, PageNotPublic):
            return self.show_closed(session)

    def take(self, session: LinkSession, form: Any) -> HttpResponse:
        if is_forged(self.request):
            form.add_error(None, NOT_SURE)
        if not form.is_valid() and isinstance(form, ResubmittedNothing):
            beside = self.make_form(session)
            return self.show(session, beside, problems=[NOT_SURE], status=REFUSED)
        if not form.is_valid():
            return self.show(session, form, status=REFUSED)
        try:
            self.act(session, form)
        except tuple(forms.REFUSALS) as error:
            name, said, status = forms.refusal(error, session.program)
            form.add_error(name, said)
            return self.show(session, form, status=status)
        return self.thank(session)

    def thank(self, session: LinkSession) -> HttpResponse:
        return HttpResponseRedirect(f"{session.path('saved')}?what={self.done}")

    def link_needed(self, reference: str) -> HttpResponse:
        return link_needed(self.request, reference)

    def show(
        self,
        session: LinkSession,
        form: Form,
        *,
        problems: Sequence[str | Promise] = (),
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "session": session,
            "program": session.program,
            "heading": self.heading,
            "paths": session.paths,
            "form": form,
            "problems": problems,
            **self.context(session, status),
        }
        return render(self.request, self.template_name, context, status=status)

    def context(self, session: LinkSession, status: int) -> dict[str, Any]:
        affiliation = session.affiliation
        return {"primary": affiliation.primary_contact, "second": affiliation.alternate_contact}

    def show_closed(self, session: LinkSession) -> HttpResponse:
        return show_ended(self.request, session)


class ChangeDetails(SessionForm):
    template_name = "affiliates/portal/contact_details.html"
    heading = _("Change your details")
    done = "contact"
    ends_links = True

    def make_form(self, session: LinkSession, data: Any = None) -> forms.PersonForm:
        return forms.OwnDetailsForm.of(session.contact, data)

    def act(self, session: LinkSession, form: forms.PersonForm) -> None:
        contacts.change_details(contact=session.contact, person=form.person(), now=timezone.now())

    def thank(self, session: LinkSession) -> HttpResponse:
        """Grants a new link session, since a changed address revokes the old links."""
        response = super().thank(session)
        sessions.grant(response, self.request, session.target)
        return response


class HandOver(SessionForm):
    template_name = "affiliates/portal/contact_hand_over.html"
    heading = _("Hand over to someone else")
    done = "hand_over"
    ends_links = True

    def make_form(self, session: LinkSession, data: Any = None) -> forms.PersonForm:
        return forms.PersonForm.of(None, data)

    def act(self, session: LinkSession, form: forms.PersonForm) -> None:
        affiliation, by, now = session.affiliation, session.contact, timezone.now()
        contacts.hand_over(affiliation=affiliation, person=form.person(), by=by, now=now)


class SecondContact(SessionForm):
    template_name = "affiliates/portal/contact_second.html"
    heading = _("Second contact")
    done = "second_contact"

    def make_form(self, session: LinkSession, data: Any = None) -> Any:
        if data is not None and "remove" in data:
            return ResubmittedNothing(data)
        return forms.PersonForm.of(session.affiliation.alternate_contact, data)

    def act(self, session: LinkSession, form: Any) -> None:
        affiliation, by, now = session.affiliation, session.contact, timezone.now()
        if isinstance(form, forms.PersonForm):
            contacts.name_second_contact(
                affiliation=affiliation, person=form.person(), by=by, now=now
            )
        else:
            contacts.remove_second_contact(affiliation=affiliation, by=by, now=now)


class PauseReminders(SessionForm):
    template_name = "affiliates/portal/reminders.html"
    heading = _("Pause our reminders")
    resubmitted = ResubmittedNothing
    done = "reminders"

    def make_form(self, session: LinkSession, data: Any = None) -> Any:
        if data is not None and "resume" in data:
            return ResubmittedNothing(data)
        now = timezone.now()
        today, longest = (
            today_at(session.program, now),
            reminders.longest_pause(session.affiliation, now),
        )
        return forms.PauseForm(data, today=today, longest=longest)

    def act(self, session: LinkSession, form: Any) -> None:
        affiliation, by, now = session.affiliation, session.contact, timezone.now()
        if isinstance(form, forms.PauseForm):
            reminders.pause_reminders(
                affiliation=affiliation, until=form.last_day(), by=by, now=now
            )
        else:
            reminders.resume_reminders(affiliation=affiliation, by=by, now=now)


class ProposeProfile(SessionForm):
    template_name = "affiliates/portal/profile.html"
    resubmitted = forms.ResubmittedProfile

    def make_form(self, session: LinkSession, data: Any = None) -> forms.ProfileForm:
        affiliation = session.affiliation
        wanted = wanted_profile(affiliation, open_change(affiliation))
        return forms.ProfileForm(public_page(affiliation), data, wanted=wanted)

    def act(self, session: LinkSession, form: forms.ProfileForm) -> None:
        propose_change(
            affiliation=session.affiliation,
            contact=session.contact,
            values=form.values(),
            version=self.version,
            now=timezone.now(),
        )

    def thank(self, session: LinkSession) -> HttpResponse:
        return HttpResponseRedirect(f"{session.home}?proposed=1")

    def link_needed(self, reference: str) -> HttpResponse:
        return group_link_needed(self.request)

    def context(self, session: LinkSession, status: int) -> dict[str, Any]:
        """After a conflict, sends the newest version, so that submitting again succeeds."""
        change = open_change(session.affiliation)
        is_typed = status not in (200, CONFLICT)
        newest = change.version if change else 0
        return {"change": change, "version": self.version if is_typed else newest}

    def show_closed(self, session: LinkSession) -> HttpResponse:
        typed = {name: self.request.POST.get(name, "") for name in self.resubmitted().fields}
        form = self.resubmitted(initial=typed, label_suffix="") if any(typed.values()) else None
        context = {"session": session, "program": session.program, "form": form}
        status = NO_LONGER if self.request.method == "POST" else 200
        return render(self.request, "affiliates/portal/profile_closed.html", context, status=status)

    @property
    def version(self) -> int:
        typed = self.request.POST.get("version", "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


def _was_done(request: HttpRequest, reference: str, purpose: Purpose) -> bool:
    """Whether an identical submission has revoked this link. The cookie must be genuine."""
    had_link = bool(sessions.granted_nonce(request, reference, purpose))
    affiliation, _asked = sessions.records_of(reference, purpose) if had_link else (None, None)
    if affiliation is None or is_forged(request):
        return False
    return is_contact_of(affiliation, forms.PersonForm(request.POST))

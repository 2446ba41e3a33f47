"""Forms about the contacts of an affiliate, and the pause of its reminders, by a mailed link."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from affiliates.affiliations.services.contacts import (
    change_details,
    hand_over,
    name_second_contact,
    remove_second_contact,
)
from affiliates.affiliations.services.reminders import (
    longest_pause,
    pause_reminders,
    resume_reminders,
)
from affiliates.core.exceptions import AddressTaken, AffiliationEnded, TooManyContactChanges
from affiliates.core.responses import private, refusing_unreadable
from affiliates.core.states import AffiliationState
from affiliates.links.cookies import grant, granted_nonce
from affiliates.links.csrf import NOT_SURE, is_forged
from affiliates.links.resubmission import ResubmittedNothing, ResubmittedPerson, keep
from affiliates.links.sessions import LinkSession, find_session, path_of, records_of
from affiliates.links.tokens import Purpose
from affiliates.links.views import link_needed
from affiliates.models import Affiliation
from affiliates.portal.forms.contacts import TAKEN, TOO_OFTEN, OwnDetailsForm, PersonForm
from affiliates.portal.forms.reminders import PauseForm
from affiliates.programs.promised_days import today_at
from affiliates.updates.views.answering import REFUSED, show_ended

TOO_MANY = 429


@method_decorator([csrf_exempt, private, refusing_unreadable], name="dispatch")
class ContactForm(View):
    """A page with one form. What was typed is shown again whatever is in its way."""

    http_method_names = ["get", "head", "post"]
    template_name: str
    kept: ClassVar[type[Form]] = ResubmittedPerson
    done: ClassVar[str]
    ends_links: ClassVar[bool] = False
    """Whether what the button does makes the link die that led here."""

    def make_form(self, session: LinkSession, data: Any = None) -> Any:
        """The form; a second button on the page sends one without fields."""
        raise NotImplementedError

    def act(self, session: LinkSession, form: Any) -> None:
        """What the button does."""
        raise NotImplementedError

    def get(self, request: HttpRequest, reference: str, purpose: Purpose) -> HttpResponse:
        session = find_session(request, reference, purpose)
        if session is None:
            return link_needed(request, reference)
        if session.affiliation.state == AffiliationState.ENDED:
            return show_ended(request, session)
        return self.show(session, self.make_form(session))

    def post(self, request: HttpRequest, reference: str, purpose: Purpose) -> HttpResponse:
        session = find_session(request, reference, purpose)
        if session is None and self.ends_links and _was_done(request, reference, purpose):
            return HttpResponseRedirect(f"{path_of(purpose, reference, 'saved')}?what={self.done}")
        if session is None:
            return keep(request, reference, self.kept)
        form = self.make_form(session, request.POST)
        if is_forged(request):
            form.add_error(None, NOT_SURE)
        if not form.is_valid() and isinstance(form, ResubmittedNothing):
            beside = self.make_form(session)
            return self.show(session, beside, problems=[NOT_SURE], status=REFUSED)
        if not form.is_valid():
            return self.show(session, form, status=REFUSED)
        try:
            self.act(session, form)
        except AddressTaken:
            form.add_error("email", TAKEN)
            return self.show(session, form, status=REFUSED)
        except TooManyContactChanges:
            form.add_error(None, TOO_OFTEN % {"email": session.program.contact_email})
            return self.show(session, form, status=TOO_MANY)
        except AffiliationEnded:
            return show_ended(request, session)
        return self.thank(session)

    def thank(self, session: LinkSession) -> HttpResponse:
        return HttpResponseRedirect(f"{session.path('saved')}?what={self.done}")

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
            "primary": session.affiliation.primary_contact,
            "second": session.affiliation.alternate_contact,
            "paths": session.paths,
            "form": form,
            "problems": problems,
        }
        return render(self.request, self.template_name, context, status=status)


class ChangeDetails(ContactForm):
    template_name = "affiliates/portal/contact_details.html"
    done = "contact"
    ends_links = True

    def make_form(self, session: LinkSession, data: Any = None) -> PersonForm:
        return OwnDetailsForm.of(session.contact, data)

    def act(self, session: LinkSession, form: PersonForm) -> None:
        change_details(contact=session.contact, person=form.person(), now=timezone.now())

    def thank(self, session: LinkSession) -> HttpResponse:
        """With another address the old links have died; this browser has just shown its own."""
        response = super().thank(session)
        grant(response, self.request, session.target)
        return response


class HandOver(ContactForm):
    template_name = "affiliates/portal/contact_hand_over.html"
    done = "hand_over"
    ends_links = True

    def make_form(self, session: LinkSession, data: Any = None) -> PersonForm:
        return PersonForm.of(None, data)

    def act(self, session: LinkSession, form: PersonForm) -> None:
        hand_over(
            affiliation=session.affiliation,
            person=form.person(),
            by=session.contact,
            now=timezone.now(),
        )


class SecondContact(ContactForm):
    template_name = "affiliates/portal/contact_second.html"
    done = "second_contact"

    def make_form(self, session: LinkSession, data: Any = None) -> Any:
        if data is not None and "remove" in data:
            return ResubmittedNothing(data)
        return PersonForm.of(session.affiliation.alternate_contact, data)

    def act(self, session: LinkSession, form: Any) -> None:
        affiliation, by, now = session.affiliation, session.contact, timezone.now()
        if isinstance(form, PersonForm):
            name_second_contact(affiliation=affiliation, person=form.person(), by=by, now=now)
        else:
            remove_second_contact(affiliation=affiliation, by=by, now=now)


class PauseReminders(ContactForm):
    template_name = "affiliates/portal/reminders.html"
    kept = ResubmittedNothing
    done = "reminders"

    def make_form(self, session: LinkSession, data: Any = None) -> Any:
        if data is not None and "resume" in data:
            return ResubmittedNothing(data)
        now = timezone.now()
        days = {
            "today": today_at(session.program, now),
            "longest": longest_pause(session.affiliation, now),
        }
        return PauseForm(data, **days)

    def act(self, session: LinkSession, form: Any) -> None:
        affiliation, by, now = session.affiliation, session.contact, timezone.now()
        if isinstance(form, PauseForm):
            pause_reminders(affiliation=affiliation, until=form.last_day(), by=by, now=now)
        else:
            resume_reminders(affiliation=affiliation, by=by, now=now)


@private
@require_safe
def saved(request: HttpRequest, reference: str, purpose: Purpose) -> HttpResponse:
    """What happens next. It looks nothing up but whether the way back is open: who has handed over
    may not see the group's pages any more."""
    session = find_session(request, reference, purpose)
    context = {
        "what": request.GET.get("what", ""),
        "back": session.home if session else "",
        "session": session,
    }
    return render(request, "affiliates/portal/contact_saved.html", context)


def _was_done(request: HttpRequest, reference: str, purpose: Purpose) -> bool:
    """Whether the first press of a double click did it: the address that was typed is a contact's,
    and the cookie is genuine, though its link has died of just that."""
    had_link = bool(granted_nonce(request, reference, purpose))
    affiliation, _asked = records_of(reference, purpose) if had_link else (None, None)
    if affiliation is None or is_forged(request):
        return False
    return is_contact_of(affiliation, PersonForm(request.POST))


def is_contact_of(affiliation: Affiliation, form: PersonForm) -> bool:
    """Whether the address that was typed is that of a contact of the group already."""
    if not form.is_valid():
        return False
    return affiliation.contacts.filter(email__iexact=form.person().email).exists()

"""Staff actions on an affiliate, each behind a confirmation page."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.admin.actions import ServiceView
from affiliates.affiliations.forms import ContactForm, EndForm, NoteForm, PlainForm, ReasonForm
from affiliates.affiliations.services.contacts import enter_contact, remove_contact, send_own_link
from affiliates.affiliations.services.endings import end_affiliation, reinstate_affiliation
from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.affiliations.services.listing import resume_affiliation
from affiliates.affiliations.services.notes import remove_note, write_note
from affiliates.affiliations.services.notices import tick_off
from affiliates.audit.permissions import may_manage
from affiliates.core.exceptions import AffiliatesError
from affiliates.core.people import ContactDetails
from affiliates.core.states import ContactRole
from affiliates.models import Affiliation, Notice, StaffNote


class ActionView(ServiceView):
    """Requires permission to manage the affiliate; returns to its record."""

    header_icon = "group"
    form_class: Any = PlainForm

    @cached_property
    def affiliation(self) -> Affiliation:
        found = Affiliation.objects.select_related("program", "page")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def subject(self) -> dict[str, Any]:
        return {"affiliation": self.affiliation}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if not may_manage(user, self.affiliation):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.affiliation.name

    def get_success_url(self) -> str:
        return reverse("affiliates_affiliation:inspect", args=[self.affiliation.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        record = reverse("affiliates_affiliation:inspect", args=[self.affiliation.pk])
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("affiliates_affiliation:index"), "label": _("Affiliates")},
            {"url": record, "label": self.affiliation.name},
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]


class ContactView(ActionView):
    """Adds or changes the contact with one role; the second button removes it."""

    form_class = ContactForm
    template_name = "affiliates/affiliations/admin/contact.html"
    page_title = gettext_lazy("Contact")
    explanation = (
        gettext_lazy("With a new address, links that were emailed to the old one stop working."),
    )
    button = gettext_lazy("Save")

    @cached_property
    def role(self) -> ContactRole:
        try:
            return ContactRole(self.kwargs["role"])
        except ValueError:
            raise Http404 from None

    @cached_property
    def contact(self) -> Any:
        return self.affiliation.contact(self.role)

    def get_page_title(self) -> str:
        return str(self.role.label)

    def get_initial(self) -> dict[str, Any]:
        fields = ("name", "email", "phone")
        return {name: getattr(self.contact, name) for name in fields} if self.contact else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "contact": self.contact}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "remove" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.done = _("The contact is removed.")
        form = PlainForm(request.POST)
        form.full_clean()
        return self.form_valid(form)

    def act(self, data: dict[str, Any]) -> None:
        who = {**self.subject(), "user": self.request.user, "now": timezone.now()}
        if "remove" in self.request.POST:
            remove_contact(role=self.role, **who)
            return
        enter_contact(details=ContactDetails(self.role, **data), **who)
        self.done = _("The contact is saved.")


class SendLinkView(ActionView):
    def subject(self) -> dict[str, Any]:
        contact = self.affiliation.primary_contact or self.affiliation.alternate_contact
        if contact is None:
            raise AffiliatesError
        return {"contact": contact}


class TickOffView(ActionView):
    @cached_property
    def notice(self) -> Notice:
        return get_object_or_404(self.affiliation.notices, pk=self.kwargs["notice_pk"])

    def subject(self) -> dict[str, Any]:
        return {"notice": self.notice}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(explanation=[self.notice.text], **kwargs)


class RemoveNoteView(ActionView):
    @cached_property
    def note(self) -> StaffNote:
        return get_object_or_404(self.affiliation.notes, pk=self.kwargs["note_pk"])

    def subject(self) -> dict[str, Any]:
        return {"note": self.note}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(explanation=[self.note.text], **kwargs)


WRITE_NOTE = ActionView.as_view(
    service=write_note,
    form_class=NoteForm,
    page_title=gettext_lazy("Add an internal note"),
    explanation=(gettext_lazy("For your colleagues. The group and the public never see it."),),
    button=gettext_lazy("Save the note"),
    done=gettext_lazy("The note is saved."),
)
REMOVE_NOTE = RemoveNoteView.as_view(
    service=remove_note,
    page_title=gettext_lazy("Remove this note"),
    button=gettext_lazy("Remove it"),
    done=gettext_lazy("The note is removed."),
    is_serious=True,
)
PAUSE = ActionView.as_view(
    service=pause_affiliation,
    form_class=ReasonForm,
    page_title=gettext_lazy("Pause the listing"),
    explanation=(
        gettext_lazy("The group is no longer in the directory. Its page stays."),
        gettext_lazy("It is not asked for updates, and open requests for updates are dropped."),
        gettext_lazy("Nobody gets an email about it. You can resume at any time."),
    ),
    button=gettext_lazy("Pause"),
    done=gettext_lazy("The listing is paused."),
)
RESUME = ActionView.as_view(
    service=resume_affiliation,
    page_title=gettext_lazy("Resume the listing"),
    explanation=(
        gettext_lazy("The group is in the directory again."),
        gettext_lazy("If the group itself has hidden its page, the page is public again, too."),
        gettext_lazy("It is asked for the next update when it is time, for none that was missed."),
    ),
    button=gettext_lazy("Resume"),
    done=gettext_lazy("The group is listed again."),
)
END = ActionView.as_view(
    service=end_affiliation,
    form_class=EndForm,
    page_title=gettext_lazy("End the affiliation"),
    explanation=(
        gettext_lazy("Its page is unpublished. Its address leads to the program’s page."),
        gettext_lazy("It is asked for nothing more, and its open calls for help are closed."),
        gettext_lazy("You can reinstate it at any time, as long as the page exists."),
    ),
    button=gettext_lazy("End the affiliation"),
    done=gettext_lazy("The affiliation has ended."),
    is_serious=True,
)
REINSTATE = ActionView.as_view(
    service=reinstate_affiliation,
    page_title=gettext_lazy("Reinstate the affiliation"),
    explanation=(
        gettext_lazy("The group’s page is public again, as visitors last saw it."),
        gettext_lazy("Its contacts are told by email."),
        gettext_lazy("It is asked for the next update when it is time, for none that was missed."),
    ),
    button=gettext_lazy("Reinstate the affiliation"),
    done=gettext_lazy("The group is an affiliate again. Its page is public."),
)
SEND_LINK = SendLinkView.as_view(
    service=send_own_link,
    page_title=gettext_lazy("Send the link to its own page"),
    explanation=(
        gettext_lazy(
            "The contact gets an email with a private link. It opens the group’s own page, which"
            " shows what the group owes and what it asked us for."
        ),
    ),
    button=gettext_lazy("Send the link"),
    done=gettext_lazy("The link is on its way."),
)
TICK_OFF = TickOffView.as_view(
    service=tick_off,
    page_title=gettext_lazy("Mark the notice as done"),
    button=gettext_lazy("Mark as done"),
    done=gettext_lazy("Marked as done."),
)

URLS: list[URLPattern] = [
    path("pause/", PAUSE, name="pause"),
    path("resume/", RESUME, name="resume"),
    path("end/", END, name="end"),
    path("reinstate/", REINSTATE, name="reinstate"),
    path("link/", SEND_LINK, name="send_link"),
    path("contacts/<slug:role>/", ContactView.as_view(), name="contact"),
    path("notes/", WRITE_NOTE, name="write_note"),
    path("notes/<int:note_pk>/remove/", REMOVE_NOTE, name="remove_note"),
    path("notices/<int:notice_pk>/", TICK_OFF, name="tick_off"),
]
"""Relative to the URL of the affiliate's record."""

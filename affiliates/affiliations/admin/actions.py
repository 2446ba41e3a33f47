"""What staff do about an affiliate, each after a page that says what will happen."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from affiliates.affiliations.forms import ContactForm, EndForm, PlainForm, ReasonForm
from affiliates.affiliations.services.contacts import (
    enter_contact,
    remove_contact,
    send_own_link,
)
from affiliates.affiliations.services.endings import end_affiliation, reinstate_affiliation
from affiliates.affiliations.services.lifecycle import pause_affiliation, resume_affiliation
from affiliates.affiliations.services.notices import tick_off
from affiliates.audit.permissions import may_manage
from affiliates.core.exceptions import AffiliatesError
from affiliates.core.people import ContactDetails
from affiliates.core.states import ContactRole
from affiliates.models import Affiliation, Notice

Words = str | Promise


class ActionView(WagtailAdminTemplateMixin, FormView):
    """Says what will happen, asks what it needs to know, and passes it to one service.

    If the service refuses, the person is told, and what was typed stands there still.
    """

    template_name = "affiliates/admin/act.html"
    header_icon = "group"
    form_class: Any = PlainForm
    request: Any  # Wagtail's admin lets nobody in without an account.
    explanation: Sequence[Words] = ()
    button: Words = ""
    done: Words = ""
    is_serious = False
    _show_breadcrumbs = True

    @cached_property
    def affiliation(self) -> Affiliation:
        found = Affiliation.objects.select_related("program", "page")
        return get_object_or_404(found, pk=self.kwargs["pk"])

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

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.act(form.cleaned_data)
        except AffiliatesError as refusal:
            form.add_error(None, self.why_refused(refusal))
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return super().form_valid(form)

    def why_refused(self, refusal: AffiliatesError) -> str:
        return _(
            "Nothing was changed. Somebody else was faster, or this is not possible any more. Go"
            " back to see how things are now."
        )

    def act(self, data: dict[str, Any]) -> None:
        raise NotImplementedError


class PauseView(ActionView):
    form_class = ReasonForm
    page_title = gettext_lazy("Pause the listing")
    explanation = (
        gettext_lazy("The group does not stand in the directory any more. Its page stays."),
        gettext_lazy("It is asked for no updates, and what it owes is not asked for any more."),
        gettext_lazy("Nobody gets a mail about it. You can resume at any time."),
    )
    button = gettext_lazy("Pause")
    done = gettext_lazy("The listing is paused.")

    def act(self, data: dict[str, Any]) -> None:
        pause_affiliation(
            affiliation=self.affiliation,
            user=self.request.user,
            reason=data["reason"],
            now=timezone.now(),
        )


class ResumeView(ActionView):
    page_title = gettext_lazy("Resume the listing")
    explanation = (
        gettext_lazy("The group stands in the directory again."),
        gettext_lazy("It is asked for the next update when it is time, for none that was missed."),
    )
    button = gettext_lazy("Resume")
    done = gettext_lazy("The group is listed again.")

    def act(self, data: dict[str, Any]) -> None:
        resume_affiliation(affiliation=self.affiliation, user=self.request.user, now=timezone.now())


class EndView(ActionView):
    form_class = EndForm
    page_title = gettext_lazy("End the affiliation")
    explanation = (
        gettext_lazy("Its page is unpublished. Its address leads to the program’s page."),
        gettext_lazy("It is asked for nothing more, and its open calls for help are closed."),
        gettext_lazy("You can take the end back at any time, as long as the page is there."),
    )
    button = gettext_lazy("End the affiliation")
    done = gettext_lazy("The affiliation has ended.")
    is_serious = True

    def act(self, data: dict[str, Any]) -> None:
        end_affiliation(
            affiliation=self.affiliation, user=self.request.user, now=timezone.now(), **data
        )


class ReinstateView(ActionView):
    page_title = gettext_lazy("Take the end back")
    explanation = (
        gettext_lazy("The group’s page is public again, as visitors saw it last."),
        gettext_lazy("Its contacts are told by mail."),
        gettext_lazy("It is asked for the next update when it is time, for none that was missed."),
    )
    button = gettext_lazy("Take the end back")
    done = gettext_lazy("The group is an affiliate again. Its page is public.")

    def act(self, data: dict[str, Any]) -> None:
        reinstate_affiliation(
            affiliation=self.affiliation, user=self.request.user, now=timezone.now()
        )


class ContactView(ActionView):
    """Adding or changing the contact with one role, or removing it by the second button."""

    form_class = ContactForm
    template_name = "affiliates/affiliations/admin/contact.html"
    page_title = gettext_lazy("Contact")
    explanation = (
        gettext_lazy(
            "With a new address, the links that were mailed to the older one do not work any more."
        ),
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
        who = {"affiliation": self.affiliation, "user": self.request.user, "now": timezone.now()}
        if "remove" in self.request.POST:
            remove_contact(role=self.role, **who)
            return
        details = ContactDetails(self.role, data["name"], data["email"], data["phone"])
        enter_contact(details=details, **who)
        self.done = _("The contact is saved.")


class SendLinkView(ActionView):
    page_title = gettext_lazy("Send the link to its own page")
    explanation = (
        gettext_lazy(
            "The contact gets a mail with a private link. It opens the group’s own page, with what"
            " is owed and what it asked us for."
        ),
    )
    button = gettext_lazy("Send the link")
    done = gettext_lazy("The link is on its way.")

    def act(self, data: dict[str, Any]) -> None:
        contact = self.affiliation.primary_contact or self.affiliation.alternate_contact
        if contact is None:
            raise AffiliatesError
        send_own_link(contact=contact, user=self.request.user, now=timezone.now())


class TickOffView(ActionView):
    page_title = gettext_lazy("Tick off the notice")
    button = gettext_lazy("Tick off")
    done = gettext_lazy("Ticked off.")

    @cached_property
    def notice(self) -> Notice:
        return get_object_or_404(self.affiliation.notices, pk=self.kwargs["notice_pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(explanation=[self.notice.text], **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        tick_off(notice=self.notice, user=self.request.user, now=timezone.now())

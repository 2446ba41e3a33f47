"""Registers updates and the actions on update requests in the Wagtail admin."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.bulk_actions import DeleteBulkAction

from affiliates.affiliations.admin.actions import ActionView
from affiliates.affiliations.admin.viewsets import AffiliationViewSet
from affiliates.affiliations.forms import ReasonForm
from affiliates.affiliations.services.schedule import waive_request
from affiliates.core.exceptions import AffiliatesError
from affiliates.models import ContactUpdate, UpdateRequest
from affiliates.updates.admin.viewset import UpdateViewSet, hide_publishing
from affiliates.updates.forms import HeardUpdateForm
from affiliates.updates.services.asking import ask_again
from affiliates.updates.services.sending import ENTERED, enter_update


class RequestView(ActionView):
    @cached_property
    def update_request(self) -> UpdateRequest:
        requests = self.affiliation.update_requests.select_related("affiliation__program")
        return get_object_or_404(requests, pk=self.kwargs["request_pk"])

    def get_page_subtitle(self) -> str:
        return f"{self.affiliation.name}, {self.update_request.period.label}"


class WaiveView(RequestView):
    form_class = ReasonForm
    page_title = _("Waive this update")
    explanation = (
        _("The group is no longer reminded of it and no longer owes it."),
        _("It will be asked for the next one when the time comes."),
    )
    button = _("Waive it")
    done = _("The group no longer owes this update.")

    def act(self, data: dict[str, Any]) -> None:
        who = {"user": self.request.user, "now": timezone.now()}
        waive_request(request=self.update_request, **who, **data)


class AskAgainView(RequestView):
    page_title = _("Ask for this update now")
    explanation = (_("The contact gets the email with the link to answer once more."),)
    button = _("Send the email")
    done = _("The email is on its way.")

    def act(self, data: dict[str, Any]) -> None:
        sent = ask_again(request=self.update_request, user=self.request.user, now=timezone.now())
        if not sent:
            raise AffiliatesError


class EnterUpdateView(ActionView):
    """Heard by phone: the same rules and effects as on the group's own page."""

    page_title = _("Enter an update for the group")
    explanation = (
        _("For what the group told you by phone or in person. It counts as the group’s update."),
        _("An open request for an update is answered by it. The history says that you entered it."),
    )
    button = _("Enter it")
    done = _("It is noted as the group’s update.")

    def get_form(self, form_class: Any = None) -> HeardUpdateForm:
        data = self.request.POST if self.request.method == "POST" else None
        return HeardUpdateForm(self.affiliation, data)

    def form_valid(self, form: Any) -> HttpResponse:
        self.content = form.content()
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> None:
        enter_update(
            affiliation=self.affiliation,
            contact=data["contact"],
            content=self.content,
            key=data["key"],
            user=self.request.user,
            now=timezone.now(),
        )


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    actions.register_action(ENTERED, _("Enter an update for the group"), _("Update entered"))


AffiliationViewSet.record_urls += [
    path("update/", EnterUpdateView.as_view(), name="enter_update"),
    path("requests/<int:request_pk>/waive/", WaiveView.as_view(), name="waive"),
    path("requests/<int:request_pk>/ask/", AskAgainView.as_view(), name="ask_again"),
]


class NoDeletion(DeleteBulkAction):
    """Replaces Wagtail's action on all snippets, which names those that a person may not delete."""

    models = [ContactUpdate]

    def dispatch(self, request: HttpRequest) -> HttpResponse:
        raise Http404


# After Wagtail's own, since the last one counts.
hooks.register("register_bulk_action", NoDeletion, order=1)


@hooks.register("register_admin_viewset")
def register_updates():
    return UpdateViewSet()


hooks.register("construct_snippet_action_menu", hide_publishing)

"""What staff do about a request for an update, each after a page that says what will happen."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from affiliates.affiliations.admin.actions import ActionView
from affiliates.affiliations.forms import ReasonForm
from affiliates.affiliations.services.schedule import waive_request
from affiliates.core.exceptions import AffiliatesError
from affiliates.models import UpdateRequest
from affiliates.updates.services.asking_again import ask_again


class RequestView(ActionView):
    """About one request for an update of the affiliate."""

    @cached_property
    def update_request(self) -> UpdateRequest:
        requests = self.affiliation.update_requests.select_related("affiliation__program")
        return get_object_or_404(requests, pk=self.kwargs["request_pk"])

    def get_page_subtitle(self) -> str:
        return f"{self.affiliation.name}, {self.update_request.period.label}"


class WaiveView(RequestView):
    form_class = ReasonForm
    page_title = gettext_lazy("Do without this update")
    explanation = (
        gettext_lazy("The group is not reminded of it any more, and owes it no longer."),
        gettext_lazy("It is asked for the next one when it is time."),
    )
    button = gettext_lazy("Do without it")
    done = gettext_lazy("The group does not owe this update any more.")

    def act(self, data: dict[str, Any]) -> None:
        waive_request(
            request=self.update_request,
            user=self.request.user,
            reason=data["reason"],
            now=timezone.now(),
        )


class AskAgainView(RequestView):
    page_title = gettext_lazy("Ask for this update now")
    explanation = (gettext_lazy("The contact gets the mail with the link to answer once more."),)
    button = gettext_lazy("Send the mail")
    done = gettext_lazy("The mail is on its way.")

    def act(self, data: dict[str, Any]) -> None:
        sent = ask_again(request=self.update_request, user=self.request.user, now=timezone.now())
        if not sent:
            raise AffiliatesError

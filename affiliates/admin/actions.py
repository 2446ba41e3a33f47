"""Admin views that explain an action on a record, ask for its input and call one service."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from affiliates.core.exceptions import AffiliatesError

Words = str | Promise


def trail(
    above: Sequence[dict[str, Any]], *steps: tuple[Words, str], title: Words, subtitle: Words = ""
) -> list[dict[str, Any]]:
    """Breadcrumbs: labels with their addresses, and the page itself, whose title Wagtail's header
    takes from them.
    """
    here = {"url": "", "label": title, "sublabel": subtitle}
    return [*above, *({"url": url, "label": label} for label, url in steps), here]


class ServiceView(WagtailAdminTemplateMixin, FormView):
    """Base of confirmation pages: texts, form and service come from ``as_view``. The service gets
    ``subject()``, the user, ``now`` and the form's data. If it refuses, the page shows why and
    keeps the input.
    """

    template_name = "affiliates/admin/act.html"
    request: Any  # Wagtail's admin requires a login.
    service: Callable[..., Any] | None = None
    explanation: Sequence[Words] = ()
    button: Words = ""
    done: Words = ""
    is_serious = False
    _show_breadcrumbs = True

    def subject(self) -> dict[str, Any]:
        """Return the keyword argument that names the record for the service."""
        raise NotImplementedError

    def act(self, data: dict[str, Any]) -> None:
        if self.service is None:
            raise NotImplementedError
        self.service(**self.subject(), user=self.request.user, now=timezone.now(), **data)

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
            "Nothing was changed. Someone else was faster, or this is no longer possible. Go back"
            " to see how things are now."
        )

"""Who among the staff looks after which affiliates: set it for one, for many, or hand all over."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.utils import get_user_display_name
from wagtail.permissions import policy_registry

from affiliates.admin.actions import ServiceView
from affiliates.affiliations.admin.actions import ActionView
from affiliates.affiliations.admin.chosen import ChosenView, breadcrumbs
from affiliates.affiliations.forms import NOT_PERMITTED, HandOverForm, OwnersForm
from affiliates.affiliations.services.owners import hand_over_all, set_owners, work_of
from affiliates.audit.permissions import managers_of
from affiliates.core.states import SupportState
from affiliates.models import AffiliateProgramPage, Affiliation, SupportRequest
from workflows.core.admin import visible_to

EXPLANATION = (
    gettext_lazy("The owner gets the daily list and the reminders about the affiliate first."),
    gettext_lazy("If something stays undone, the escalation group is told as before."),
)


class OwnersView(ActionView):
    form_class = OwnersForm
    page_title = gettext_lazy("Who looks after it?")
    explanation = EXPLANATION
    button = gettext_lazy("Save")
    done = gettext_lazy("It is saved. New reminders go to the owner.")

    def get_form_kwargs(self) -> dict[str, Any]:
        people = managers_of([self.affiliation.program])
        return {**super().get_form_kwargs(), "people": people}

    def get_initial(self) -> dict[str, Any]:
        return {"owner": self.affiliation.owner, "backup": self.affiliation.backup}

    def act(self, data: dict[str, Any]) -> None:
        who = {"user": self.request.user, "now": timezone.now()}
        set_owners(affiliations=[self.affiliation], **who, **data)


class ChosenOwnersView(ChosenView):
    form_class = OwnersForm
    page_title = gettext_lazy("Set the owner or back-up")
    explanation = EXPLANATION
    button = gettext_lazy("Save")

    def get_form_kwargs(self) -> dict[str, Any]:
        keys = self.chosen.order_by().values("program")
        programs = AffiliateProgramPage.objects.filter(pk__in=keys)
        people = managers_of(programs)
        return {**super().get_form_kwargs(), "people": people, "several": True}

    def act(self, data: dict[str, Any]) -> None:
        who = {"user": self.request.user, "now": timezone.now()}
        changed = set_owners(affiliations=self.chosen, **who, **data)
        text = ngettext("%(count)d affiliate changed.", "%(count)d affiliates changed.", changed)
        self.done = text % {"count": changed}


def may_hand_over(user: Any) -> bool:
    return policy_registry.get_by_type(Affiliation).user_has_permission(user, "change")


class HandOverView(ServiceView):
    """Asks who and to whom, then shows the numbers, and only then changes anything."""

    header_icon = "user"
    template_name = "affiliates/affiliations/admin/hand_over.html"
    form_class = HandOverForm
    page_title = gettext_lazy("Hand over")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_hand_over(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        asked = self.request.GET if "of" in self.request.GET else None
        given = self.request.POST if self.request.method == "POST" else asked
        people = {"leaving": self.leaving, "staying": self.staying}
        return {**super().get_form_kwargs(), "data": given, **people}

    @cached_property
    def leaving(self) -> QuerySet[Any]:
        user = self.request.user
        own: Any = visible_to(user, Affiliation, ["change"]).order_by()
        calls: Any = visible_to(user, SupportRequest, ["change"]).order_by()
        taken = calls.filter(state=SupportState.OPEN)
        busy = Q(pk__in=own.values("owner")) | Q(pk__in=own.values("backup"))
        found = get_user_model()._default_manager.filter(
            busy | Q(pk__in=taken.values("assigned_to"))
        )
        return found.order_by("last_name", "first_name", "pk")

    @cached_property
    def staying(self) -> QuerySet[Any]:
        """Those who may look after at least one program that the user may manage."""
        own: Any = visible_to(self.request.user, Affiliation, ["change"]).order_by()
        programs = AffiliateProgramPage.objects.filter(pk__in=own.values("program"))
        keys = {key for one in programs for key in managers_of([one]).values_list("pk", flat=True)}
        found = get_user_model()._default_manager.filter(pk__in=keys)
        return found.order_by("last_name", "first_name", "pk")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form: Any = self.get_form()
        work = self.work_to_show(form) if form.is_bound else None
        return self.render_to_response(self.get_context_data(form=form, work=work))

    def work_to_show(self, form: HandOverForm) -> Any:
        """None if the form has mistakes, which then stand beside their fields."""
        if not form.is_valid():
            return None
        work = work_of(form.cleaned_data["of"], user=self.request.user)
        to = form.cleaned_data["to"]
        if not managers_of([one.program for one in work]).filter(pk=to.pk).exists():
            form.add_error("to", NOT_PERMITTED)
            return None
        return work

    def form_valid(self, form: Any) -> HttpResponse:
        if self.work_to_show(form) is None:
            return self.form_invalid(form)
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> None:
        count = hand_over_all(
            of=data["of"], to=data["to"], user=self.request.user, now=timezone.now()
        )
        names = {"count": count, "name": get_user_display_name(data["to"])}
        text = ngettext(
            "Done. %(name)s now looks after %(count)d affiliate.",
            "Done. %(name)s now looks after %(count)d affiliates.",
            count,
        )
        self.done = text % names

    def get_success_url(self) -> str:
        return reverse("affiliates_affiliation:index")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return breadcrumbs(super().get_breadcrumbs_items(), self.get_page_title())

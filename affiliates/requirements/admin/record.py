"""What staff do about one requirement of one affiliate, from its record."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from affiliates.affiliations.admin.actions import ActionView
from affiliates.core.states import Actor
from affiliates.models import Commitment
from affiliates.requirements.admin.forms import AdjustForm
from affiliates.requirements.kinds import RequirementKind, get_kind
from affiliates.requirements.queries import asked_commitments
from affiliates.requirements.services.proving import adjust, prove


class CommitmentView(ActionView):
    @cached_property
    def commitment(self) -> Commitment:
        found = asked_commitments().filter(affiliation=self.affiliation)
        return get_object_or_404(found, requirement=self.kwargs["requirement_pk"])

    @cached_property
    def kind(self) -> RequirementKind:
        return get_kind(self.commitment.requirement.kind)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "commitment": self.commitment}

    def get_page_subtitle(self) -> str:
        return f"{self.affiliation.name}: {self.commitment.requirement.name}"


class ProveView(CommitmentView):
    """Heard by phone or seen: the history says that staff entered it."""

    page_title = _("Enter what the group told us")
    explanation = (
        _("This counts as if the group had said it itself. The history says that you entered it."),
    )
    button = _("Enter it")
    done = _("It is noted. The group is not asked for it until it is due again.")

    def get_form_class(self) -> Any:
        if self.kind.form is None:
            raise Http404
        return self.kind.form

    def form_valid(self, form: Any) -> Any:
        self.given = {**form.proof(), "kept_until": form.kept_until()}
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> None:
        who = {"actor": Actor.STAFF, "user": self.request.user, "now": timezone.now()}
        prove(commitment=self.commitment, **who, **self.given)


class AdjustView(CommitmentView):
    form_class = AdjustForm
    page_title = _("Change it for this group")
    explanation = (
        _("The numbers count for this group only."),
        _("The day on which it is due stays, unless you change how often it is asked for."),
    )
    button = _("Save")
    done = _("The numbers are saved.")

    def get_initial(self) -> dict[str, Any]:
        own = self.commitment
        return {"interval_months": own.interval_months, **own.offsets}

    def form_valid(self, form: Any) -> Any:
        self.adjusted = form.adjusted()
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> None:
        who = {"user": self.request.user, "now": timezone.now()}
        adjust(commitment=self.commitment, **self.adjusted, **who)


URLS = [
    path("requirements/<int:requirement_pk>/prove/", ProveView.as_view(), name="prove"),
    path("requirements/<int:requirement_pk>/adjust/", AdjustView.as_view(), name="adjust"),
]

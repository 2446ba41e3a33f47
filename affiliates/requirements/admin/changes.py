"""Asks an editor who has changed a belief or obligation what groups shall do about it."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from affiliates.admin.actions import ServiceView, trail
from affiliates.affiliations.forms import PlainForm
from affiliates.core.states import ChangeMeaning
from affiliates.models import AffiliateProgramPage, StatementChange
from affiliates.models.base_page import Page
from affiliates.requirements.services.statements import decide_changes, undecided


def may_decide_changes(user: User, program: AffiliateProgramPage) -> bool:
    return program.permissions_for_user(user).can_publish()


class MeaningForm(PlainForm):
    def __init__(self, *args: Any, changes: list[StatementChange], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.changes = changes
        for change in changes:
            self.fields[f"change_{change.pk}"] = forms.ChoiceField(
                label=change.after,
                choices=ChangeMeaning.choices,
                initial=ChangeMeaning.RENEWAL,
                widget=forms.RadioSelect,
                error_messages={"required": _("Please choose one of the answers.")},
            )

    @property
    def rows(self) -> list[tuple[StatementChange, Any]]:
        return [(change, self[f"change_{change.pk}"]) for change in self.changes]

    def meanings(self) -> list[tuple[StatementChange, ChangeMeaning]]:
        return [
            (change, ChangeMeaning(self.cleaned_data[f"change_{change.pk}"]))
            for change in self.changes
        ]


class ChangesView(ServiceView):
    page_title = _("You have changed what groups affirm")
    header_icon = "edit"
    template_name = "affiliates/requirements/admin/changes.html"
    form_class = MeaningForm
    explanation = (
        _("What shall groups do that have accepted the words before?"),
        _("Until you answer, they affirm the new words at their next renewal."),
    )
    button = _("Save")
    done = _("Thank you. Groups will be asked as you said.")

    @cached_property
    def program(self) -> AffiliateProgramPage:
        page = get_object_or_404(Page, pk=self.kwargs["page_pk"]).specific
        if not isinstance(page, AffiliateProgramPage):
            raise Http404
        return page

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user: Any = request.user
        if not may_decide_changes(user, self.program):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "changes": list(undecided(self.program))}

    def form_valid(self, form: Any) -> Any:
        self.meanings = form.meanings()
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> None:
        decide_changes(
            changes=self.meanings,
            program=self.program,
            user=self.request.user,
            now=timezone.now(),
        )

    def get_page_subtitle(self) -> str:
        return self.program.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = super().get_breadcrumbs_items()
        return trail(above, title=self.page_title, subtitle=self.program.title)

    def get_success_url(self) -> str:
        return reverse("wagtailadmin_explore", args=[self.program.pk])

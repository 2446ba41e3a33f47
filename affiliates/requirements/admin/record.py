"""What staff do about one requirement of one affiliate, from its record."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from affiliates.admin.actions import Words, trail
from affiliates.affiliations.admin.actions import ActionView
from affiliates.audit.permissions import may_see_affiliation
from affiliates.core.states import Actor
from affiliates.models import Affiliation, Commitment, Document, Proof, Requirement
from affiliates.requirements.admin.forms import AdjustForm
from affiliates.requirements.documents import as_download
from affiliates.requirements.kinds import RequirementKind, get_kind
from affiliates.requirements.queries import asked_commitments, commitments_of
from affiliates.requirements.services.deciding import decisions_on
from affiliates.requirements.services.proving import prove


class CommitmentView(ActionView):
    @cached_property
    def commitment(self) -> Commitment:
        """Unsaved where nothing was decided about the group's updates yet."""
        asked = Requirement.objects.filter(program=self.affiliation.program, retired_at=None)
        requirement = get_object_or_404(asked, pk=self.kwargs["requirement_pk"])
        requirement.program = self.affiliation.program
        found = commitments_of(requirement, Affiliation.objects.filter(pk=self.affiliation.pk))
        if not found:
            raise Http404
        return found[0]

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
        self.given = form.given()
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> None:
        who = {"actor": Actor.STAFF, "user": self.request.user, "now": timezone.now()}
        prove(commitment=self.commitment, **who, **self.given)


MOST_PROOFS = 20


class ProofsView(WagtailAdminTemplateMixin, TemplateView):
    """What the group gave as proof, newest first, for those who may see the affiliate."""

    header_icon = "list-ul"
    _show_breadcrumbs = True
    template_name = "affiliates/requirements/admin/proofs.html"
    request: Any

    @cached_property
    def commitment(self) -> Commitment:
        found = asked_commitments().filter(affiliation__pk=self.kwargs["pk"])
        return get_object_or_404(found, requirement__pk=self.kwargs["requirement_pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user: Any = request.user
        if not may_see_affiliation(user, self.commitment.affiliation):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.commitment.requirement.name

    def get_page_subtitle(self) -> str:
        return self.commitment.affiliation.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        record = reverse("affiliates_affiliation:inspect", args=[self.kwargs["pk"]])
        return trail(
            super().get_breadcrumbs_items(),
            (_("Affiliates"), reverse("affiliates_affiliation:index")),
            (self.get_page_subtitle(), record),
            title=self.get_page_title(),
            subtitle=self.get_page_subtitle(),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = get_kind(self.commitment.requirement.kind).facts
        proofs = self.commitment.proofs.select_related("user", "contact", "document")
        newest = proofs.defer("document__content")[:MOST_PROOFS]
        shown = [(proof, _by_whom(proof), list(facts(proof))) for proof in newest]
        record = reverse("affiliates_affiliation:inspect", args=[self.kwargs["pk"]])
        return super().get_context_data(proofs=shown, record_url=record, **kwargs)


def _by_whom(proof: Proof) -> str:
    name = get_user_display_name(proof.user) if proof.user else proof.contact and proof.contact.name
    who = str(proof.get_actor_display())
    return f"{who}: {name}" if name else who


def document(request: HttpRequest, pk: int, proof_pk: int) -> HttpResponse:
    """A file that the affiliate gave, for those who may see the affiliate."""
    found = Document.objects.select_related("proof__commitment__affiliation__program")
    file = get_object_or_404(found, proof__pk=proof_pk, proof__commitment__affiliation__pk=pk)
    user: Any = request.user
    if not may_see_affiliation(user, file.proof.commitment.affiliation):
        raise PermissionDenied
    return as_download(file)


class AdjustView(CommitmentView):
    form_class = AdjustForm
    page_title = _("Change it for this group")
    button = _("Save")
    done = _("The numbers are saved.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(explanation=list(self.explain()), **kwargs)

    def explain(self) -> Iterable[Words]:
        yield _("The numbers count for this group only.")
        if "interval_months" in self.commitment.requirement.own_numbers:
            yield _(
                "The day on which it is due stays, unless you change how often it is asked for."
            )
            return
        yield _("The day on which it is due stays.")
        yield _(
            "To change how often it is asked for, change the update interval on the group’s page."
        )
        page = self.affiliation.page
        url = AdminURLFinder(self.request.user).get_edit_url(page) if page else None
        if url:
            yield format_html('<a href="{}">{}</a>', url, _("Open its page"))

    def get_initial(self) -> dict[str, Any]:
        own = self.commitment
        return {"interval_months": own.interval_months, **own.offsets}

    def form_valid(self, form: Any) -> Any:
        self.adjusted = form.adjusted()
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> None:
        who = {"user": self.request.user, "now": timezone.now()}
        adjust = decisions_on(self.commitment.requirement).adjust
        adjust(commitment=self.commitment, **self.adjusted, **who)


URLS = [
    path("requirements/<int:requirement_pk>/", ProofsView.as_view(), name="proofs"),
    path("requirements/<int:requirement_pk>/prove/", ProveView.as_view(), name="prove"),
    path("requirements/<int:requirement_pk>/adjust/", AdjustView.as_view(), name="adjust"),
    path("files/<int:proof_pk>/", document, name="document"),
]

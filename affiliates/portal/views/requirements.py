"""The page on which a group proves that it keeps a requirement."""

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from affiliates.affiliations.standing.rules import standing_of
from affiliates.core.exceptions import RequirementGone
from affiliates.core.responses import private, refusing_large
from affiliates.core.states import Actor, AffiliationState
from affiliates.links.resubmission import ResubmittedNothing
from affiliates.links.sessions import LinkSession, find_session
from affiliates.links.tokens import Purpose
from affiliates.models import Commitment, Document
from affiliates.models.requirements import UPDATE
from affiliates.portal.queries import Promise, checklist
from affiliates.portal.views.editing import NO_LONGER, SessionForm
from affiliates.portal.views.group import group_link_needed
from affiliates.requirements.documents import BODY_BYTES, as_download
from affiliates.requirements.kinds import ProofForm, get_kind
from affiliates.requirements.services.proving import prove


@method_decorator(refusing_large(BODY_BYTES), name="dispatch")
class ProveRequirement(SessionForm):
    template_name = "affiliates/portal/requirement.html"
    resubmitted = ResubmittedNothing
    done = "requirement"

    def promise(self, session: LinkSession) -> Promise:
        """Raises RequirementGone if nothing can be proved here any more, and Http404 if it never
        could.
        """
        found = (
            promise
            for promise in checklist(standing_of(session.affiliation, timezone.now()))
            if promise.can_prove and promise.status.requirement.pk == self.kwargs["pk"]
        )
        promise = next(found, None)
        if promise is None:
            self.once_asked(session)
            raise RequirementGone
        return promise

    def once_asked(self, session: LinkSession) -> Commitment:
        kinds = Commitment.objects.exclude(requirement__kind=UPDATE).select_related("requirement")
        asked = {"requirement": self.kwargs["pk"], "affiliation": session.affiliation}
        return get_object_or_404(kinds, **asked)

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().get(*args, **kwargs)
        except RequirementGone:
            raise Http404 from None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except RequirementGone:
            session: Any = find_session(request, kwargs["reference"], kwargs["purpose"])
            return self.show_closed(session)

    def show_closed(self, session: LinkSession) -> HttpResponse:
        """With what was typed. A file cannot be shown again."""
        if self.request.method != "POST":
            return super().show_closed(session)
        commitment = self.once_asked(session)
        form_class: Any = get_kind(commitment.requirement.kind).form
        form = form_class(self.request.POST, commitment=commitment)
        values = ((field.label, field.value()) for field in form.visible_fields())
        context = {
            "session": session,
            "heading": commitment.requirement.name,
            "is_ended": session.affiliation.state == AffiliationState.ENDED,
            "typed": [(label, _in_words(value)) for label, value in values if value],
        }
        template = "affiliates/portal/requirement_closed.html"
        return render(self.request, template, context, status=NO_LONGER)

    @cached_property
    def files(self) -> Any:
        return self.request.FILES if self.request.method == "POST" else None

    def make_form(self, session: LinkSession, data: Any = None) -> ProofForm:
        promise = self.promise(session)
        form_class: Any = promise.kind.form
        return form_class(data, self.files, commitment=self._commitment(promise, session))

    def act(self, session: LinkSession, form: ProofForm) -> None:
        prove(
            commitment=form.commitment,
            actor=Actor.CONTACT,
            contact=session.contact,
            **form.given(),
            now=timezone.now(),
        )

    def context(self, session: LinkSession, status: int) -> dict[str, Any]:
        promise = self.promise(session)
        requirement = promise.status.requirement
        obligations = {item.id: item.text for item in session.program.statements("obligations")}
        return {
            "promise": promise,
            "heading": requirement.name,
            **promise.kind.page_context(self._commitment(promise, session)),
            "obligation": obligations.get(requirement.statement_id, ""),
            "given": self._given(promise),
            "document_url": reverse(
                "affiliates:document", args=[session.reference, requirement.pk]
            ),
        }

    def _given(self, promise: Promise) -> list[tuple[str, str]]:
        """What the group gave last."""
        commitment: Any = promise.status.commitment
        given = commitment.proofs.exclude(actor=Actor.SYSTEM)
        last = given.select_related("document").first()
        return list(promise.kind.facts(last)) if last else []

    def link_needed(self, reference: str) -> HttpResponse:
        return group_link_needed(self.request)

    def _commitment(self, promise: Promise, session: LinkSession) -> Commitment:
        commitment: Any = promise.status.commitment
        commitment.affiliation = session.affiliation
        return commitment


def _in_words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@private
@require_safe
def document(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The file that the group gave last."""
    session = find_session(request, reference, Purpose.AFFILIATE)
    if session is None:
        return group_link_needed(request)
    files = Document.objects.filter(
        proof__commitment__affiliation=session.affiliation,
        proof__commitment__requirement__pk=pk,
    )
    newest = files.order_by("-proof__at", "-pk").first()
    if newest is None:
        raise Http404
    return as_download(newest)

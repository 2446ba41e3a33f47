"""The page on which a group proves that it keeps a requirement."""

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from affiliates.affiliations.standing.rules import standing_of
from affiliates.core.responses import private, refusing_large
from affiliates.core.states import Actor
from affiliates.links.resubmission import ResubmittedNothing
from affiliates.links.sessions import LinkSession, find_session
from affiliates.links.tokens import Purpose
from affiliates.models import Commitment, Document
from affiliates.portal.queries import Promise, checklist
from affiliates.portal.views.editing import SessionForm
from affiliates.portal.views.group import group_link_needed
from affiliates.requirements.documents import BODY_BYTES, as_download
from affiliates.requirements.kinds import ProofForm
from affiliates.requirements.services.proving import prove


@method_decorator(refusing_large(BODY_BYTES), name="dispatch")
class ProveRequirement(SessionForm):
    template_name = "affiliates/portal/requirement.html"
    resubmitted = ResubmittedNothing
    done = "requirement"

    def promise(self, session: LinkSession) -> Promise:
        """Raises Http404 if nothing can be proved here."""
        found = (
            promise
            for promise in checklist(standing_of(session.affiliation, timezone.now()))
            if promise.can_prove and promise.status.requirement.pk == self.kwargs["pk"]
        )
        promise = next(found, None)
        if promise is None:
            raise Http404
        return promise

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
            **form.proof(),
            kept_until=form.kept_until(),
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

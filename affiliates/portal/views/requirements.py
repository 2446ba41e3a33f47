"""The page on which a group proves that it keeps a requirement."""

from functools import cached_property
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone

from affiliates.affiliations.standing.rules import standing_of
from affiliates.core.states import Actor
from affiliates.links.resubmission import ResubmittedNothing
from affiliates.links.sessions import LinkSession
from affiliates.models import Commitment
from affiliates.portal.queries import Promise, checklist
from affiliates.portal.views.editing import SessionForm
from affiliates.portal.views.group import group_link_needed
from affiliates.requirements.kinds import ProofForm
from affiliates.requirements.services.proving import prove


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
            "obligation": obligations.get(requirement.statement_id, ""),
        }

    def link_needed(self, reference: str) -> HttpResponse:
        return group_link_needed(self.request)

    def _commitment(self, promise: Promise, session: LinkSession) -> Commitment:
        commitment: Any = promise.status.commitment
        commitment.affiliation = session.affiliation
        return commitment

"""The kind "reaffirm": the beliefs and obligations are affirmed again; only new words are shown as
new.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from affiliates.affiliations.standing.statements import acceptances_of, counting_hashes
from affiliates.applications.forms.fields import StatementField, accept_name
from affiliates.models import Affiliation, Commitment, Proof, Requirement
from affiliates.programs.promised_days import today_at
from affiliates.requirements.kinds import ProofForm, RequirementKind, register

CHANGED = _(
    "Some of these words were changed while this page was open. Please read them as they are now,"
    " and press the button again."
)


class AffirmationForm(ProofForm):
    """A box for each statement whose words are new to the group; the button affirms the others."""

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any):
        super().__init__(*args, commitment=commitment, **kwargs)
        program = commitment.affiliation.program
        self.statements = program.statements_to_accept()
        counting = counting_hashes([program])[program.pk]
        self.before: dict[str, str] = {}
        known: set[str] = set()
        for row in acceptances_of([commitment.affiliation])[commitment.affiliation.group_key]:
            self.before[row.statement_id] = row.text
            if row.text_hash in counting.get(row.statement_id, ()):
                known.add(row.statement_id)
        self.same_statements = [item for _kind, item in self.statements if item.id in known]
        if self.data and self.data.get("shown") != self.shown:
            self._start_over()
        for kind, item in self.statements:
            if item.id not in known:
                self.fields[accept_name(item)] = StatementField(kind, item, has_changed=False)

    def _start_over(self) -> None:
        """No box stays ticked for words that nobody has read."""
        self.was_changed = True
        self.data = {}

    was_changed = False

    @property
    def shown(self) -> str:
        """Names the words that were on the page."""
        hashes = "".join(item.text_hash for _kind, item in self.statements)
        return hashlib.sha256(hashes.encode()).hexdigest()

    def clean(self) -> None:
        if self.was_changed:
            self.add_error(None, CHANGED)

    @property
    def new_fields(self) -> list[tuple[BoundField, str]]:
        """With the words that the group accepted before, if any."""
        fields: dict[str, Any] = self.fields
        return [(self[name], self.before.get(fields[name].statement.id, "")) for name in fields]

    def proof(self) -> dict[str, Any]:
        return {"accepted": self.statements}


def affirmed_before(
    affiliations: Sequence[Affiliation], requirement: Requirement
) -> dict[int, date]:
    found = acceptances_of(affiliations)
    return {
        affiliation.pk: today_at(requirement.program, found[affiliation.group_key][-1].accepted_at)
        for affiliation in affiliations
        if found[affiliation.group_key]
    }


def facts(proof: Proof) -> Iterable[tuple[str, str]]:
    for row in proof.acceptances.all():
        yield str(row.get_kind_display()), row.text


REAFFIRM = register(
    RequirementKind(
        name="reaffirm",
        label=_("Beliefs and obligations affirmed"),
        explanation=_(
            "The group affirms your beliefs and obligations again. Only words that have changed are"
            " shown as new."
        ),
        asks=_("Affirm our beliefs and obligations again."),
        button=_("We affirm all of this"),
        form=AffirmationForm,
        fields_template="affiliates/requirements/reaffirm_fields.html",
        proved_before=affirmed_before,
        facts=facts,
    )
)

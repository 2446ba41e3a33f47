"""The kind "questions": a short form of the editors' own."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from affiliates.applications.forms.fields import PREFIX, answer, question_fields
from affiliates.models import Commitment, Proof
from affiliates.requirements.kinds import ProofForm, RequirementKind, register


class QuestionsForm(ProofForm):
    """Offers the answers of last time, since often only some have changed."""

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any):
        super().__init__(*args, commitment=commitment, **kwargs)
        self.fields.update(question_fields(commitment.requirement.questions.all()))
        last = commitment.proofs.first() if commitment.pk else None
        known = {one["name"]: one["value"] for one in last.data.get("answers", ())} if last else {}
        for name in self.fields:
            self.initial.setdefault(name, known.get(name.removeprefix(PREFIX)))

    def proof(self) -> dict[str, Any]:
        given = self.cleaned_data
        answers = [answer(name, field, given[name]) for name, field in self.fields.items()]
        return {"data": {"answers": answers}}


def facts(proof: Proof) -> Iterable[tuple[str, str]]:
    for one in proof.data.get("answers", ()):
        yield one["label"], _readable(one["value"])


def _readable(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return ", ".join(value) if isinstance(value, list) else str(value)


QUESTIONS = register(
    RequirementKind(
        name="questions",
        label=_("Your own questions"),
        explanation=_("A short form that you write, such as the number of members."),
        asks=_("Answer a few questions about your group."),
        button=_("Send"),
        form=QuestionsForm,
        has_questions=True,
        facts=facts,
    )
)

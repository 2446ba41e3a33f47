"""The kind "badge": the group shows the program's badge on its website or on social media."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from affiliates.core.fields import CleanedField
from affiliates.core.networks.links import clean_any_link
from affiliates.core.states import BadgeFinding
from affiliates.models import Commitment, Proof
from affiliates.requirements.badge.findings import sentence_of
from affiliates.requirements.badge.services import begin_looking, look_again
from affiliates.requirements.badge.snippet import snippet_of
from affiliates.requirements.kinds import ProofForm, RequirementKind, register


class SightingForm(ProofForm):
    link = CleanedField(
        label=_("Where can we see the badge?"),
        cleaner=clean_any_link,
        help_text=_("Copy the address of the page or post, such as www.example.org/about"),
        error_messages={"required": _("Please give a link to the page or post.")},
    )
    link.widget.attrs.update({"inputmode": "url", "autocapitalize": "none"})

    def proof(self) -> dict[str, Any]:
        return {"data": {"link": self.cleaned_data["link"]}}


def facts(proof: Proof) -> list[tuple[str, str]]:
    link, how = proof.data.get("link"), proof.data.get("how")
    where = [(gettext("Where"), str(link))] if link else []
    return [*where, (gettext("How"), str(BadgeFinding(how).label))] if how else where


def found_out(commitments: Sequence[Commitment]) -> dict[int, str]:
    prefetch_related_objects(commitments, "badge_look")
    looks = {one.pk: getattr(one, "badge_look", None) for one in commitments}
    return {key: sentence_of(look) for key, look in looks.items() if look and look.says_something}


def page_context(commitment: Commitment) -> Mapping[str, Any]:
    return {"snippet": snippet_of(commitment.affiliation)}


BADGE = register(
    RequirementKind(
        name="badge",
        label=_("Badge shown"),
        explanation=_(
            "We look on the group’s website about once a week, for the picture or a link to us."
            " Nobody is asked before we have missed it on two different days. Groups that are only"
            " on social media give us a link."
        ),
        asks=_("Show our badge on your website or social media, so that people find us both."),
        button=_("Send the link"),
        form=SightingForm,
        facts=facts,
        begun=begin_looking,
        received=look_again,
        found_out=found_out,
        fields_template="affiliates/requirements/badge/fields.html",
        page_context=page_context,
    )
)

"""The form in which editors change an affiliate's page."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm

from affiliates.core.networks.links import clean_link
from affiliates.core.regions import region_name
from affiliates.core.scopes import as_choices, scope_name, scopes_of
from affiliates.core.states import CopyMeaning
from affiliates.models import AffiliatePage


class AffiliatePageForm(WagtailAdminPageForm):
    """``meant_as`` is asked of copies that are no affiliates. A draft can be saved without it."""

    meant_as = forms.ChoiceField(
        label=gettext_lazy("What is it meant to be?"),
        choices=CopyMeaning.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please say what this copy is meant to be, then publish it.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_places()
        page: Any = self.instance
        if page.pk is None or not (page.is_undecided or page.is_about_another):
            self.fields.pop("meant_as", None)
        elif field := self.fields.get("meant_as"):
            field.help_text = _help_for(page)
            field.initial = "" if page.is_undecided else CopyMeaning.PAGE

    def _offer_places(self) -> None:
        """The regions and scopes of the program, and what is chosen already."""
        coverage = self.parent_page.specific.coverage
        self._offer("region", coverage.choices(), coverage.has, region_name)
        scopes = scopes_of(coverage)
        self._offer("scope", as_choices(scopes, coverage), scopes.__contains__, scope_name)

    def _offer(self, name: str, choices: list, has: Callable, say: Callable) -> None:
        if name not in self.fields:
            return
        field, chosen = self.fields[name], getattr(self.instance, name)
        kept = [(chosen, say(chosen))] if chosen and not has(chosen) else []
        self.fields[name] = forms.ChoiceField(
            choices=[("", "---------"), *choices, *kept],
            required=field.required,
            label=field.label,
            help_text=field.help_text,
            initial=field.initial,
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a second link to the same network, and links that belong into another field."""
        cleaned_data = super().clean()
        if meaning := cleaned_data.get("meant_as"):
            self.instance.decide(meaning)
        self._check_links()
        return cleaned_data

    def _check_links(self) -> None:
        seen = set()
        for form in self.formsets["links"].forms if "links" in self.formsets else ():
            network = form.cleaned_data.get("network") if form.is_valid() else None
            if network is None or form.cleaned_data.get("DELETE"):
                continue
            if network in seen:
                form.add_error("network", _("There is a link to this network already."))
            seen.add(network)
            self._refuse_wrong_field(form, network)

    def _refuse_wrong_field(self, form: Any, network: str) -> None:
        try:
            clean_link(network, form.cleaned_data["url"], self.parent_page.specific.network_names)
        except ValidationError as refusal:
            form.add_error("url", refusal)


def _help_for(page: Any) -> str:
    original = AffiliatePage.objects.filter(translation_key=page.group_key).first()
    if original is None:
        return _("It was copied from a page that is gone. You are asked before you can publish it.")
    names = {"title": original.title, "program": original.get_parent().title}
    return (
        _(
            "It was copied from “%(title)s” in “%(program)s”. It is no affiliate until you choose"
            " what it is and publish it."
        )
        % names
    )

"""Forms of the bulk actions."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _


class ChosenForm(forms.Form):
    """The applications that were listed, so that newer ones are not affected."""

    chosen = forms.CharField(widget=forms.HiddenInput)


class AssigneeChoice(forms.ModelChoiceField):
    def label_from_instance(self, user: Any) -> str:
        return user.get_full_name() or user.get_username()


class AssignForm(ChosenForm):
    assignee = AssigneeChoice(
        get_user_model()._default_manager.none(),
        label=_("Assign to"),
        help_text=_("People who may decide on all of these."),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["assignee"]
        field.queryset = people


class ExportForm(ChosenForm):
    file_format = forms.ChoiceField(
        label=_("File format"),
        choices=[("xlsx", _("Excel (XLSX)")), ("csv", _("CSV"))],
        initial="xlsx",
        widget=forms.RadioSelect,
    )

from django import forms
from django.utils.translation import gettext_lazy as _

from affiliates.transfer.importing.tables import MAXIMUM_BYTES
from workflows.core.keys import ModelChoiceField


class ImportForm(forms.Form):
    """A table and its program. ``programs``: those the user may choose."""

    program: ModelChoiceField = ModelChoiceField(
        queryset=None, label=_("Program"), empty_label=None
    )
    file = forms.FileField(
        label=_("Table"),
        allow_empty_file=True,  # Reading it gives our own message.
        help_text=_("A CSV or XLSX file of at most 5 MB and 10,000 groups."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def __init__(self, *args, programs, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = programs

    def clean_file(self) -> bytes:
        """Read no more than the maximum size of a table."""
        self.filename: str = self.cleaned_data["file"].name
        return self.cleaned_data["file"].read(MAXIMUM_BYTES + 1)

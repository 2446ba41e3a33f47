from django import forms
from django.utils.translation import gettext_lazy as _

from affiliates.transfer.importing.tables import MAXIMUM_BYTES


class ImportForm(forms.Form):
    """Which table is loaded into which program. ``programs``: those the person may choose."""

    program: forms.ModelChoiceField = forms.ModelChoiceField(
        queryset=None, label=_("Program"), empty_label=None
    )
    file = forms.FileField(
        label=_("Table"),
        allow_empty_file=True,  # Told in our words when it is read.
        help_text=_("A CSV or XLSX file of at most 5 MB and 10,000 groups."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def __init__(self, *args, programs, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = programs

    def clean_file(self) -> bytes:
        """Its content, read only as far as a table may be long."""
        self.filename: str = self.cleaned_data["file"].name
        return self.cleaned_data["file"].read(MAXIMUM_BYTES + 1)

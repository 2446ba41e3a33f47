"""Form for webhook endpoints."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from workflows.core.exceptions import AddressRefused
from workflows.core.web_addresses import check_address
from workflows.models import WebhookEndpoint
from workflows.webhooks.events import all_events, label_of
from workflows.webhooks.services import FAILURE_FIELDS, forget_failures, note_seen

LABEL = "<span>{} <code>{}</code> {}</span>"
"""One element: the checkbox label lays out several in columns."""


def event_choices() -> list[tuple[str, str]]:
    return [
        (
            event.name,
            format_html(LABEL, event.label, event.name, event.description),
        )
        for event in all_events()
    ]


class WebhookEndpointForm(WagtailAdminModelForm):
    event_types = forms.MultipleChoiceField(
        label=_("Events"),
        choices=(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What this endpoint is told about. It gets no other events."),
        error_messages={"required": _("Choose at least one event.")},
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["description", "address", "event_types", "is_active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = event_choices()
        names = {name for name, _label in known}
        # Events of uninstalled apps stay selected until someone deselects them.
        chosen = [name for name in self.instance.event_types if name not in names]
        self.fields["event_types"].choices = known + [(name, label_of(name)) for name in chosen]

    def clean_address(self) -> str:
        address = self.cleaned_data["address"]
        if self.instance.pk and "address" not in self.changed_data:
            return address
        try:
            return check_address(address)
        except AddressRefused as error:
            raise ValidationError(str(error), code="refused") from None

    def save(self, commit=True):
        """Save only edited fields: a worker may change the secret and failures meanwhile."""
        is_new = self.instance.pk is None
        fields = list(self._meta.fields)
        if is_new:
            self.instance.created_by = self.for_user
        elif "is_active" in self.changed_data and self.instance.is_active:
            forget_failures(self.instance)
            fields += FAILURE_FIELDS
        if is_new or not commit:
            return super().save(commit)
        self.instance.save(update_fields=fields)
        note_seen(endpoint=self.instance, now=timezone.now())
        return self.instance

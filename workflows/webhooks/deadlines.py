"""Deadline policy "webhook_endpoint_off": staff check an endpoint that was switched off."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.permission_policies import ModelPermissionPolicy

from workflows.core.calendars import Calendar
from workflows.core.ladders import Ladder, Step
from workflows.core.links import admin_url
from workflows.core.people import Recipient, recipients
from workflows.deadlines import policies
from workflows.deadlines.policies import Policy, Waiting
from workflows.models import Deadline, WebhookEndpoint

KEEPERS = "keepers"
DAYS_TO_LOOK = 2


def still_owed(deadline: Deadline) -> bool:
    endpoint: Any = deadline.subject
    return endpoint is not None and not endpoint.is_active


def calendar() -> Calendar:
    return Calendar(timezone.get_default_timezone_name())


def keepers() -> list[Recipient]:
    return recipients(ModelPermissionPolicy(WebhookEndpoint).users_with_permission("change"))


def waiting(deadline: Deadline) -> Waiting:
    endpoint: Any = deadline.subject
    what_to_do = gettext("Edit it to switch it on again, or save it as it is to leave it off.")
    note = f"{endpoint.switched_off_why} {what_to_do}"
    return Waiting(str(endpoint), admin_url(endpoint), note)


ENDPOINT_OFF = policies.register(
    Policy(
        kind="webhook_endpoint_off",
        label=_("Webhook endpoint that was switched off"),
        ladder=lambda deadline: Ladder((Step(0, "overdue", KEEPERS),), calendar()),
        still_owed=still_owed,
        staff=lambda deadline, audience: keepers(),
        waiting=waiting,
        holders=KEEPERS,
        load=lambda deadlines: prefetch_related_objects(deadlines, "subject"),
        step_labels={"overdue": _("Nobody has looked at it: staff told")},
    )
)

"""Registry of webhook events. Apps register theirs in ``AppConfig.ready()``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.core.exceptions import UnknownEvent


@dataclass(frozen=True)
class WebhookEvent:
    """``name`` is the ``type`` in the payload, such as ``order.paid``; ``example`` is complete
    ``data``.
    """

    name: str
    label: str | Promise
    description: str | Promise
    example: Mapping[str, Any]


TEST = WebhookEvent(
    name="webhook.test",
    label=_("Test"),
    description=_("Someone pressed “Send a test event” in the admin."),
    example={"message": "This is a test."},
)
"""Sent only to the endpoint under test."""

_events: dict[str, WebhookEvent] = {}


def register(event: WebhookEvent) -> str:
    """Register an event and return its name; a site may replace a registered event."""
    _events[event.name] = event
    return event.name


def get_event(name: str) -> WebhookEvent:
    try:
        return _events[name]
    except KeyError:
        raise UnknownEvent(f"No event “{name}” is registered.") from None


def label_of(name: str) -> str:
    """The label of an event, which may not be registered (anymore)."""
    known = {TEST.name: TEST, **_events}
    return str(known[name].label) if name in known else name


def all_events() -> list[WebhookEvent]:
    return list(_events.values())

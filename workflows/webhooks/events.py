"""What webhooks can tell of. An app registers its events in ``AppConfig.ready()``.

Events are data: the admin and the documentation list what is registered here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.core.exceptions import UnknownEvent


@dataclass(frozen=True)
class WebhookEvent:
    """Something that happens, which others may want to hear about.

    ``name`` is what receivers see as ``type``, such as ``order.paid``; ``example`` is the ``data``
    of an imaginary one, with every name that real ones have.
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
"""Not chosen: it goes to the one endpoint that is tested."""

_events: dict[str, WebhookEvent] = {}


def register(event: WebhookEvent) -> str:
    """Make an event known; return its name. Registering a name again replaces it."""
    _events[event.name] = event
    return event.name


def get_event(name: str) -> WebhookEvent:
    """The event called ``name``. Raises UnknownEvent."""
    try:
        return _events[name]
    except KeyError:
        raise UnknownEvent(f"No event “{name}” is registered.") from None


def label_of(name: str) -> str:
    """What people call the event, also one that is not registered (anymore)."""
    known = {TEST.name: TEST, **_events}
    return str(known[name].label) if name in known else name


def all_events() -> list[WebhookEvent]:
    """In the order in which they were registered, which is how apps group them."""
    return list(_events.values())

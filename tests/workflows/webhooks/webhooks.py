"""What tests of webhooks share: an event that only tests know, and endpoints that want it."""

from workflows.models import WebhookEndpoint
from workflows.webhooks.events import WebhookEvent

HAPPENED = WebhookEvent(
    name="thing.happened",
    label="Thing happened",
    description="A test wants it.",
    example={"thing": 1},
)

ON_LOOPBACK = {"WEBHOOK_ALLOW_PRIVATE": True, "WEBHOOK_ALLOW_HTTP": True, "WEBHOOK_PORTS": ()}


def make_endpoint(address="https://93.184.215.14/hooks", **fields):
    values = {"description": "Newsletter", "event_types": [HAPPENED.name], **fields}
    return WebhookEndpoint.objects.create(address=address, **values)

"""Webhooks in the admin, in Chromium, on a phone and on a desk."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from affiliates.webhooks.events import AFFILIATE
from tests.e2e.looking import look_at_admin as look
from tests.e2e.test_application_journey import sign_in
from tests.factories.users import UserFactory
from workflows.models import WebhookDelivery, WebhookEndpoint
from workflows.webhooks.events import all_events

pytestmark = pytest.mark.e2e

EVERY = [event.name for event in all_events()]


@pytest.fixture
def root_tab(new_tab, site_of_the_tests, home):
    UserFactory(username="root", is_superuser=True)
    tab = new_tab(width=360)
    sign_in(tab, "root")
    return tab


@pytest.fixture
def endpoints(home):
    add = WebhookEndpoint.objects.create
    return [
        add(
            description="Newsletter",
            address="https://news.example.org/hooks/affiliates-of-the-network",
            event_types=EVERY,
            failing_since=timezone.now() - timedelta(hours=3),
        ),
        add(
            description="Map of groups",
            address="https://map.example.org/",
            event_types=EVERY[2:5],
            is_active=False,
            switched_off_at=timezone.now(),
            switched_off_why="It answered “410 Gone”: it no longer wants our events.",
        ),
    ]


@pytest.fixture
def deliveries(endpoints):
    body = json.dumps({"type": EVERY[3], "timestamp": "2027-01-15T14:03:07Z", "data": AFFILIATE})
    return [
        WebhookDelivery.objects.create(
            key=f"example/{state}",
            endpoint=endpoints[0],
            event_type=EVERY[3],
            message_id=f"msg_0c1f7a{number}e5b5446d2a0d7c2f1b6a0e4d3",
            body=body.encode(),
            state=state,
            attempts=10,
            uncertain_attempts=1,
            answer="500 Internal Server Error",
            response_status=500,
            response_body="<html><body><h1>Something went wrong</h1></body></html>",
            duration_ms=412,
            last_attempt_at=timezone.now(),
        )
        for number, state in enumerate(["failed", "sent", "queued", "uncertain"])
    ]


def test_endpoints_are_listed_with_what_works(root_tab, deliveries):
    root_tab.goto(reverse("webhook_endpoint:index"))
    root_tab.get_by_role("link", name="Newsletter").wait_for()
    look(root_tab, "webhook-endpoints", within="#main")


def test_endpoint_is_added_with_the_keyboard_and_its_secret_shown_once(root_tab):
    root_tab.goto(reverse("webhook_endpoint:add"))
    look(root_tab, "webhook-form", within="#main")
    root_tab.get_by_label("Description").fill("Newsletter")
    root_tab.get_by_label("Address").fill("https://localhost/hooks")
    root_tab.get_by_label("Affiliate listed").press("Space")
    root_tab.get_by_role("button", name="Create").press("Enter")
    root_tab.get_by_text("localhost is in a private network").wait_for()
    look(root_tab, "webhook-form-refused", within="#main form")  # the rest is Wagtail's message
    root_tab.get_by_label("Address").fill("https://93.184.215.14/hooks")
    root_tab.get_by_role("button", name="Create").press("Enter")
    root_tab.get_by_role("link", name="Secret").press("Enter")
    look(root_tab, "webhook-secret-before", within="#main")
    root_tab.get_by_role("button", name="Show the secret").press("Enter")
    root_tab.get_by_text("whsec_").wait_for()
    look(root_tab, "webhook-secret", within="#main")
    root_tab.get_by_role("link", name="I have copied it").press("Enter")
    root_tab.get_by_role("button", name="Send a test event").press("Enter")
    root_tab.get_by_role("heading", name="Test", exact=True).wait_for()


def test_endpoints_say_what_became_of_them(root_tab, endpoints, deliveries):
    for number, endpoint in enumerate(endpoints):
        root_tab.goto(reverse("webhook_endpoint:inspect", args=[endpoint.pk]))
        look(root_tab, f"webhook-endpoint-{number}", within="#main")


def test_deliveries_are_listed_shown_and_sent_again(root_tab, deliveries):
    root_tab.goto(reverse("webhook_delivery:index"))
    look(root_tab, "webhook-deliveries", within="#main")
    failed = deliveries[0].pk
    root_tab.goto(reverse("webhook_delivery:inspect", args=[failed]))
    look(root_tab, "webhook-delivery", within="#main")
    root_tab.get_by_role("link", name="Send again").press("Enter")
    look(root_tab, "webhook-send-again", within="#main")
    root_tab.get_by_role("button", name="Yes, send again").press("Enter")
    root_tab.get_by_text("goes out at its next turn").wait_for()

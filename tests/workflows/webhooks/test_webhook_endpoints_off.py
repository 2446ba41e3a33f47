"""Staff hear of an endpoint that was switched off, until one of them has looked at it."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from tests.factories.users import UserFactory
from tests.http_server import Answer
from tests.standing import stands
from workflows.deadlines.digests import WAITING_FOR_YOU, waiting_for
from workflows.deadlines.sweep import sweep
from workflows.mail.rendering import render
from workflows.models import Deadline, OutgoingMail
from workflows.webhooks.delivery import deliver_due_webhooks

pytestmark = pytest.mark.django_db

MANAGE = [
    "wagtailadmin.access_admin",
    "affiliate_workflows.view_webhookendpoint",
    "affiliate_workflows.change_webhookendpoint",
    "affiliate_workflows.delete_webhookendpoint",
]


@stands()
def robin():
    return UserFactory(permissions=MANAGE)


@pytest.fixture
def off(robin, receiver, endpoint, happened):
    UserFactory(permissions=["affiliate_workflows.view_webhookendpoint"])
    receiver.script.answers = [Answer(410)]
    happened()
    happened()
    deliver_due_webhooks()
    endpoint.refresh_from_db()
    return endpoint


def waiting(person):
    return waiting_for(person.email, now=timezone.now())


def later(days):
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        sweep(now=timezone.now())


def typed(endpoint, **fields):
    kept = {"description": endpoint.description, "address": endpoint.address}
    return {**kept, "event_types": endpoint.event_types, **fields}


def edit(client, robin, endpoint, **fields):
    client.force_login(robin)
    url = reverse("webhook_endpoint:edit", args=[endpoint.pk])
    assert client.post(url, typed(endpoint, **fields)).status_code == 302


def test_those_who_may_switch_it_on_again_get_one_mail(off, robin):
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.recipient) == (WAITING_FOR_YOU, robin.email)
    message = message_from_bytes(render(mail).message, policy=policy.default)
    text = message.get_body(("plain",)).get_content()
    assert "Newsletter" in text
    assert "Webhook endpoint that was switched off: due in" in text
    assert "It answered “410 Gone”" in text
    assert f"/admin/webhooks/endpoints/inspect/{off.pk}/" in text


def test_nobody_has_looked_at_it_so_it_is_told_again_once(off, robin):
    for days in (7, 8, 30):
        later(days)
    assert OutgoingMail.objects.filter(recipient=robin.email).count() == 2


def test_switched_on_again_it_waits_for_nobody(client, off, robin):
    edit(client, robin, off, is_active="on")
    assert waiting(robin) == []


def test_saved_as_it_is_it_stays_off_and_waits_for_nobody(client, off, robin):
    edit(client, robin, off)
    off.refresh_from_db()
    assert not off.is_active
    assert off.switched_off_why
    assert waiting(robin) == []


def test_deleted_it_waits_for_nobody(client, off, robin):
    client.force_login(robin)
    client.post(reverse("webhook_endpoint:delete", args=[off.pk]))
    assert waiting(robin) == []
    later(7)
    assert not Deadline.objects.filter(closed_at=None).exists()


def test_switched_off_once_more_it_is_told_once_more(client, off, robin, receiver, happened):
    edit(client, robin, off, is_active="on")
    receiver.script.answers = [Answer(410)]
    happened()
    deliver_due_webhooks()
    assert [item.deadline.subject for item in waiting(robin)] == [off]


def test_endpoint_that_a_person_switched_off_is_no_news(client, endpoint, robin):
    edit(client, robin, endpoint)
    endpoint.refresh_from_db()
    assert not endpoint.is_active
    assert waiting(robin) == []
    assert not OutgoingMail.objects.exists()

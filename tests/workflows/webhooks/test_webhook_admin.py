"""Endpoints and deliveries of webhooks in Wagtail's admin."""

import html
import json

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from tests.factories.users import UserFactory
from tests.workflows.webhooks.webhooks import HAPPENED, make_endpoint
from workflows.core.states import DeliveryState
from workflows.models import WebhookDelivery, WebhookEndpoint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("happened")]

ADD = "webhook_endpoint:add"
PUBLIC = "https://93.184.215.14/hooks"
ALL = [
    f"{action}_{model}"
    for model, actions in {
        "webhookendpoint": ("view", "add", "change", "delete"),
        "webhookdelivery": ("view", "change"),
    }.items()
    for action in actions
]


def person_with(*permissions):
    names = [f"affiliate_workflows.{name}" for name in permissions]
    return UserFactory(permissions=["wagtailadmin.access_admin", *names])


@pytest.fixture
def keeper(client):
    client.force_login(person_with(*ALL))
    return client


@pytest.fixture
def visitor(client):
    client.force_login(person_with("view_webhookendpoint", "view_webhookdelivery"))
    return client


def typed(**fields):
    return {
        "description": "Newsletter",
        "address": PUBLIC,
        "event_types": [HAPPENED.name],
        "is_active": "on",
        **fields,
    }


def shown(response):
    return html.unescape(response.content.decode())


def endpoint_url(endpoint, view="inspect"):
    return reverse(f"webhook_endpoint:{view}", args=[endpoint.pk])


def delivery_url(delivery, view="inspect"):
    return reverse(f"webhook_delivery:{view}", args=[delivery.pk])


def make_delivery(number=1, endpoint=None, **fields):
    values = {
        "key": f"thing/{number}",
        "endpoint": endpoint or make_endpoint(),
        "event_type": HAPPENED.name,
        "message_id": f"msg_{number}",
        "body": json.dumps({"data": {"thing": f"<b>☃ {number}"}}).encode(),
        **fields,
    }
    return WebhookDelivery.objects.create(**values)


def delivery_list(client, **query):
    return shown(client.get(reverse("webhook_delivery:index"), query))


def test_endpoint_is_added_and_its_page_follows(keeper):
    page = keeper.post(reverse(ADD), typed(), follow=True)
    endpoint = WebhookEndpoint.objects.get()
    assert page.redirect_chain[-1][0] == endpoint_url(endpoint)
    assert endpoint.created_by.username in shown(page)
    assert (endpoint.address, endpoint.event_types) == (PUBLIC, [HAPPENED.name])
    assert endpoint.is_active
    assert endpoint.secret not in shown(page)


def test_form_lists_every_event_with_what_it_means(keeper):
    page = shown(keeper.get(reverse(ADD)))
    assert "Thing happened <code>thing.happened</code> A test wants it." in page


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("https://169.254.169.254/", "private network"),
        ("https://localhost/", "private network"),
        ("https://[::ffff:7f00:1]/", "private network"),
        ("http://93.184.215.14/", "must begin with https://"),
        ("https://kim:secret@93.184.215.14/", "user name"),
        ("https://2130706433/", "not a web address"),
        ("https://93.184.215.14:22/", "Port 22 is not allowed"),
        ("<script>", "not a web address"),
        ("", "This field is required"),
    ],
)
def test_address_that_is_refused_is_said_beside_the_field_and_what_was_typed_stays(
    keeper, address, complaint
):
    page = keeper.post(reverse(ADD), typed(address=address))
    [error] = page.context["form"].errors["address"]
    assert complaint in error
    assert error in shown(page)
    assert f'value="{html.escape(address)}"' in page.content.decode() or not address
    assert "Newsletter" in shown(page)
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("events", [[], ["no.such"]])
def test_endpoint_wants_at_least_one_event_that_exists(keeper, events):
    page = keeper.post(reverse(ADD), typed(event_types=events))
    assert page.context["form"].errors["event_types"]
    assert not WebhookEndpoint.objects.exists()


def test_edited_endpoint_keeps_its_secret_and_its_failures(keeper):
    endpoint = make_endpoint(failing_since=timezone.now())
    former = endpoint.secret
    keeper.post(endpoint_url(endpoint, "edit"), typed(description="Other"))
    endpoint.refresh_from_db()
    assert (endpoint.description, endpoint.secret) == ("Other", former)
    assert endpoint.failing_since is not None


def test_endpoint_switched_on_by_a_person_begins_anew(keeper):
    endpoint = make_endpoint(
        PUBLIC, is_active=False, failing_since=timezone.now(), switched_off_why="Gone."
    )
    page = shown(keeper.get(endpoint_url(endpoint)))
    assert "Gone." in page
    assert "Send a test event" not in page
    keeper.post(endpoint_url(endpoint, "edit"), typed())
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.failing_since) == (True, None)
    assert endpoint.switched_off_why == ""


def test_event_of_an_app_that_is_gone_stays_chosen(keeper):
    endpoint = make_endpoint(PUBLIC, event_types=["gone.event", HAPPENED.name])
    keeper.post(endpoint_url(endpoint, "edit"), typed(event_types=["gone.event", HAPPENED.name]))
    endpoint.refresh_from_db()
    assert set(endpoint.event_types) == {"gone.event", HAPPENED.name}


def test_list_says_which_endpoints_work(keeper):
    make_endpoint(description="Works")
    make_endpoint(description="Fails", failing_since=timezone.now())
    make_endpoint(description="Dead", is_active=False, switched_off_why="410")
    page = shown(keeper.get(reverse("webhook_endpoint:index")))
    for words in ("Works", "Fails", "Failing", "Dead", "Off after failures"):
        assert words in page


def test_secret_is_shown_once(keeper):
    endpoint = make_endpoint()
    url = endpoint_url(endpoint, "secret")
    assert endpoint.secret not in shown(keeper.get(url))
    first = keeper.post(url, {"show": "1"})
    assert endpoint.secret in shown(first)
    assert "no-store" in first["Cache-Control"]
    assert endpoint.secret not in shown(keeper.get(url))
    again = keeper.post(url, {"show": "1"}, follow=True)
    assert endpoint.secret not in shown(again)
    assert "shown before" in shown(again)


def test_new_secret_is_shown_and_noted_in_the_history(keeper):
    endpoint = make_endpoint(secret_shown_at=timezone.now())
    former = endpoint.secret
    page = keeper.post(endpoint_url(endpoint, "secret"), {"renew": "1"})
    endpoint.refresh_from_db()
    assert endpoint.secret != former
    assert endpoint.secret in shown(page)
    assert former not in shown(page)
    entry = ModelLogEntry.objects.get(action="affiliate_workflows.renew_webhook_secret")
    assert endpoint.secret not in json.dumps(entry.data)
    assert "Made a new secret" in shown(keeper.get(endpoint_url(endpoint, "history")))


def test_test_event_is_sent_and_its_delivery_shown(keeper):
    endpoint = make_endpoint()
    page = keeper.post(endpoint_url(endpoint, "test"), follow=True)
    delivery = WebhookDelivery.objects.get()
    assert page.redirect_chain[-1][0] == delivery_url(delivery)
    assert "webhook.test" in shown(page)


def test_test_event_to_an_endpoint_that_is_off_is_refused(keeper):
    endpoint = make_endpoint(is_active=False)
    page = keeper.post(endpoint_url(endpoint, "test"), follow=True)
    assert "Switch it on first" in shown(page)
    assert not WebhookDelivery.objects.exists()


def test_endpoint_is_deleted_with_its_deliveries(keeper):
    delivery = make_delivery()
    url = endpoint_url(delivery.endpoint, "delete")
    keeper.get(url)
    assert WebhookEndpoint.objects.exists()
    keeper.post(url)
    assert not WebhookEndpoint.objects.exists()
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize(
    "query",
    [{"state": "failed"}, {"event_type": "thing.happened"}, {"endpoint": 1}, {"q": "msg_1"}],
)
def test_deliveries_are_filtered_by_state_event_and_endpoint(keeper, query):
    first = make_endpoint(description="First endpoint")
    make_delivery(1, first, state=DeliveryState.FAILED)
    make_delivery(2, make_endpoint(description="Second endpoint"), event_type="webhook.test")
    if "endpoint" in query:
        query = {"endpoint": first.pk}
    page = keeper.get(reverse("webhook_delivery:index"), query)
    assert [one.message_id for one in page.context["object_list"]] == ["msg_1"]


def test_lists_cost_the_same_for_more_rows_and_load_no_bodies(
    keeper, django_assert_num_queries, django_assert_max_num_queries
):
    for name in ("webhook_delivery:index", "webhook_endpoint:index"):
        WebhookEndpoint.objects.all().delete()
        make_delivery(1)
        keeper.get(reverse(name))
        with django_assert_max_num_queries(100) as one:
            keeper.get(reverse(name))
        make_delivery(2)
        make_delivery(3)
        with django_assert_num_queries(len(one)) as three:
            keeper.get(reverse(name))
        assert not any('delivery"."body"' in query["sql"] for query in three.captured_queries)


def test_delivery_shows_request_and_answer(keeper):
    delivery = make_delivery(
        state=DeliveryState.FAILED,
        answer="500 Internal Server Error",
        response_body="<script>alert(1)</script>",
        response_status=500,
        duration_ms=37,
    )
    page = keeper.get(delivery_url(delivery)).content.decode()
    assert "<script>alert(1)" not in page
    for words in ("500 Internal", "<script>alert(1)", "<b>☃ 1", "msg_1", "37 ms", "Send again"):
        assert words in html.unescape(page)


def test_failed_delivery_is_sent_again_after_a_confirmation(keeper):
    delivery = make_delivery(state=DeliveryState.FAILED, attempts=9, next_attempt_at=None)
    assert "Yes, send again" in shown(keeper.get(delivery_url(delivery, "send_again")))
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.FAILED
    keeper.post(delivery_url(delivery, "send_again"))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.QUEUED, 0)
    assert ModelLogEntry.objects.get(action="affiliate_workflows.send_again")


def test_waiting_delivery_is_not_sent_again(keeper):
    delivery = make_delivery()
    assert "Send again" not in shown(keeper.get(delivery_url(delivery)))
    page = keeper.post(delivery_url(delivery, "send_again"), follow=True)
    assert "once it is delivered or has failed" in shown(page)


def test_who_may_only_see_changes_nothing(visitor):
    delivery = make_delivery(state=DeliveryState.FAILED)
    endpoint = delivery.endpoint
    assert "Send a test" not in shown(visitor.get(endpoint_url(endpoint)))
    assert "Send again" not in shown(visitor.get(delivery_url(delivery)))
    assert endpoint.secret not in shown(visitor.get(endpoint_url(endpoint)))
    for url in (
        endpoint_url(endpoint, "test"),
        endpoint_url(endpoint, "secret"),
        endpoint_url(endpoint, "edit"),
        endpoint_url(endpoint, "delete"),
        delivery_url(delivery, "send_again"),
        reverse(ADD),
    ):
        visitor.post(url, typed(show="1"))
    endpoint.refresh_from_db()
    assert (endpoint.secret_shown_at, WebhookEndpoint.objects.count()) == (None, 1)
    assert WebhookDelivery.objects.get().state == DeliveryState.FAILED


def test_editor_without_permission_reaches_nothing(editor_client):
    delivery = make_delivery()
    for url in (
        reverse("webhook_endpoint:index"),
        reverse("webhook_delivery:index"),
        endpoint_url(delivery.endpoint),
        endpoint_url(delivery.endpoint, "secret"),
        endpoint_url(delivery.endpoint, "history"),
        delivery_url(delivery),
        delivery_url(delivery, "send_again"),
    ):
        assert editor_client.get(url).status_code == 302
    assert "Webhooks" not in shown(editor_client.get(reverse("wagtailadmin_home")))


def test_permissions_can_be_given_to_groups(admin_client):
    offered = admin_client.get(reverse("wagtailusers_groups:add")).content.decode()
    wanted = Permission.objects.filter(codename__in=ALL)
    assert wanted.count() == len(ALL)
    assert all(f'value="{permission.pk}"' in offered for permission in wanted)
    useless = Permission.objects.get(codename="add_webhookdelivery")
    assert f'name="permissions" value="{useless.pk}"' not in offered

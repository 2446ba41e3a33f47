"""What other programs hear of by webhooks: when, what, and nothing private."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import Locale, PageViewRestriction

from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.affiliations.services.listing import resume_affiliation
from affiliates.applications.services.decisions import decline_application
from affiliates.applications.services.submission import withdraw_application
from affiliates.audit.transitions import transition
from affiliates.core.states import Actor, AffiliationAction, UpdateKind
from affiliates.models import AffiliatePage, Affiliation, ContactUpdate
from affiliates.transfer.services.pages import add_pages
from affiliates.webhooks import events
from tests.factories.affiliations import affiliation as make_affiliation
from tests.factories.applications import saved_draft, submitted
from tests.factories.pages import AffiliatePageFactory
from tests.factories.reviews import approve, reviewer, under_review, with_reviewers
from workflows.models import WebhookDelivery, WebhookEndpoint
from workflows.webhooks.events import all_events

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
EVERY = [event.name for event in all_events()]


@pytest.fixture
def endpoint(db):
    return WebhookEndpoint.objects.create(
        address="https://93.184.215.14/hooks", description="All", event_types=EVERY
    )


@pytest.fixture
def listed(program, endpoint):
    """An affiliate whose page was published a while ago, and nothing told of it yet."""
    found = make_affiliation(program, title="Ohio Parents", summary="Parents.", region="US-OH")
    with time_machine.travel(NOW, tick=False):
        found.page.save_revision().publish()
    WebhookDelivery.objects.all().delete()
    return found


def told():
    """What was told, oldest first: the event and its data."""
    bodies = [json.loads(bytes(one.body)) for one in WebhookDelivery.objects.order_by("pk")]
    return [(body["type"], body["data"]) for body in bodies]


def types():
    return [event for event, _data in told()]


def publish(page, *, at=NOW + timedelta(days=1), **changes):
    page = AffiliatePage.objects.get(pk=page.pk)
    for name, value in changes.items():
        setattr(page, name, value)
    with time_machine.travel(at, tick=False):
        page.save_revision().publish()


def test_every_event_is_registered_with_an_example():
    registered = {event.name: event for event in all_events()}
    for name in EVERY:
        assert registered[name].example


def test_received_application_is_told_without_anything_private(program, endpoint):
    application = submitted(program, now=NOW)
    assert told() == [
        (
            "application.received",
            {
                "reference": application.reference,
                "state": "submitted",
                "program": {"slug": program.slug, "title": program.title},
                "region": "US-OH",
                "submitted_at": "2027-03-01T12:00:00Z",
            },
        )
    ]


def test_declined_application_is_told_without_the_reason(program, endpoint, editor):
    application = submitted(program, now=NOW)
    decline_application(application=application, user=editor, reason="Not now.", now=NOW)
    event, data = told()[-1]
    assert (event, data["state"], data["decided_at"]) == (
        "application.decided",
        "declined",
        "2027-03-01T12:00:00Z",
    )
    assert "Not now" not in str(told())


def test_withdrawn_application_is_told_but_a_withdrawn_draft_is_not(program, endpoint):
    draft = saved_draft(program, name="Ohio Parents")
    withdraw_application(application=draft, actor=Actor.APPLICANT, now=NOW)
    assert told() == []
    application = submitted(program)
    withdraw_application(application=application, actor=Actor.APPLICANT, now=NOW)
    assert types() == ["application.received", "application.decided"]
    assert told()[1][1]["state"] == "withdrawn"


def test_approved_application_is_decided_and_listed_once(program, endpoint):
    program = with_reviewers(program)
    application = under_review(program)
    approve(application, reviewer(program, username="robin"))
    assert sorted(types()) == [
        "affiliate.listed",
        "application.decided",
        "application.received",
    ]
    data = dict(told())["affiliate.listed"]
    affiliation = Affiliation.objects.get()
    assert (data["reference"], data["state"], data["listed"]) == (
        affiliation.reference,
        "active",
        True,
    )
    assert data["page"]["slug"] == affiliation.page.slug
    assert data["page"]["url"].startswith("http")


def test_names_are_those_of_the_examples(program, endpoint, listed):
    submitted(program)
    publish(listed.page, summary="News.")
    examples = {event.name: event.example for event in all_events()}
    said = dict(told())
    assert said["application.received"].keys() == examples["application.received"].keys()
    assert said["affiliate.changed"].keys() == events.AFFILIATE.keys()
    assert said["affiliate.changed"]["page"].keys() == events.AFFILIATE["page"].keys()


def test_page_published_again_is_told_if_it_says_something_new(listed):
    publish(listed.page, summary="Teachers, too.")
    publish(listed.page, at=NOW + timedelta(days=2))
    publish(listed.page, at=NOW + timedelta(days=3), summary="And children.")
    assert types() == ["affiliate.changed", "affiliate.changed"]
    assert [data["page"]["summary"] for _event, data in told()] == [
        "Teachers, too.",
        "And children.",
    ]


def test_draft_is_not_told(listed):
    page = listed.page
    page.summary = "Not yet."
    page.save_revision()
    assert told() == []


def test_paused_and_resumed_affiliates_are_told(listed, admin_user):
    pause_affiliation(affiliation=listed, user=admin_user, reason="They moved.", now=NOW)
    resume_affiliation(affiliation=listed, user=admin_user, now=NOW + timedelta(days=1))
    (first, paused), (second, resumed) = told()
    assert first == second == "affiliate.changed"
    assert (paused["state"], paused["listed"], paused["page"]) == ("paused", False, None)
    assert (resumed["state"], resumed["listed"]) == ("active", True)
    assert resumed["page"]["region"] == "US-OH"
    assert "They moved" not in str(told())


def test_ended_and_reinstated_affiliates_are_told(listed, admin_user):
    for action in (AffiliationAction.END, AffiliationAction.REINSTATE):
        transition(listed, action, actor=Actor.STAFF, user=admin_user, now=timezone.now())
    (first, ended), (second, back) = told()
    assert (first, ended["state"], ended["page"]) == ("affiliate.ended", "ended", None)
    assert (second, back["state"], back["listed"]) == ("affiliate.listed", "active", True)


def test_page_taken_down_is_told_as_not_listed_and_a_deleted_one_as_ended(listed):
    AffiliatePage.objects.get(pk=listed.page_id).unpublish()
    publish(listed.page)
    AffiliatePage.objects.get(pk=listed.page_id).delete()
    seen = [(event, data["listed"]) for event, data in told()]
    assert seen == [
        ("affiliate.changed", False),
        ("affiliate.changed", True),
        ("affiliate.ended", False),
    ]


def test_page_for_some_eyes_only_stays_private(listed):
    PageViewRestriction.objects.create(page=listed.page, restriction_type="login")
    publish(listed.page, summary="Our secret.")
    assert "secret" not in str(told())


def test_translation_of_a_page_is_not_told_as_a_change(listed):
    other = AffiliatePageFactory(
        parent=listed.program,
        title="Padres de Ohio",
        locale=Locale.objects.create(language_code="es"),
        translation_key=listed.group_key,
    )
    publish(other, summary="Otra cosa.")
    publish(other, at=NOW + timedelta(days=3), summary="Otra más.")
    assert told() == []


def test_imported_affiliates_are_told_each(program, endpoint):
    pages = [
        AffiliatePage(title=f"Group {n}", region="US-OH", summary="Parents.") for n in range(3)
    ]
    add_pages(pages, parent=program, by=None, now=NOW)
    assert types() == ["affiliate.listed"] * 3
    assert {data["name"] for _event, data in told()} == {"Group 0", "Group 1", "Group 2"}


def make_update(listed, **fields):
    values = {
        "affiliation": listed,
        "kind": UpdateKind.NEWS,
        "headline": "A bill",
        "text": "It was heard.",
        "may_publish": True,
        "sent_at": NOW,
        "live": False,
        **fields,
    }
    return ContactUpdate.objects.create(**values)


def test_published_update_is_told_and_again_when_it_is_corrected(listed):
    update = make_update(listed)
    assert told() == []
    update.save_revision().publish()
    update.refresh_from_db()
    update.save_revision().publish()
    update.headline = "A bill in the house"
    update.save_revision().publish()
    assert types() == ["update.published"] * 2
    first, second = [data for _event, data in told()]
    assert (first["headline"], second["headline"]) == ("A bill", "A bill in the house")
    assert first.keys() == events.UPDATE.keys()
    assert first["affiliate"]["reference"] == listed.reference


@pytest.mark.parametrize("fields", [{"may_publish": False}, {"kind": UpdateKind.HELP}])
def test_update_that_the_public_does_not_see_is_not_told(listed, fields):
    make_update(listed, **fields).save_revision().publish()
    assert told() == []


def test_update_of_a_paused_affiliate_is_not_told(listed, admin_user):
    pause_affiliation(affiliation=listed, user=admin_user, reason="They moved.", now=NOW)
    make_update(listed).save_revision().publish()
    assert "update.published" not in types()


@pytest.mark.parametrize("number", [1, 3])
def test_import_costs_one_query_if_nobody_wants_to_hear(
    program, django_assert_max_num_queries, number
):
    pages = [
        AffiliatePage(title=f"Group {n}", region="US-OH", summary="Parents.") for n in range(number)
    ]
    with django_assert_max_num_queries(200) as queries:
        add_pages(pages, parent=program, by=None, now=NOW)
    asked = [query for query in queries.captured_queries if "webhookendpoint" in query["sql"]]
    assert len(asked) == 1

"""Approved and declined: what becomes of the page, the people and the record."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import PageLogEntry

from affiliates.applications.mails.reviewing import (
    AFFILIATE_WELCOME,
    APPLICATION_DECLINED,
    INFORMATION_NEEDED,
)
from affiliates.applications.services.decisions import approve_application, decline_application
from affiliates.applications.services.submission import withdraw_application
from affiliates.core.exceptions import AlreadyDecided, TransitionNotAllowed
from affiliates.core.states import Action, Actor, ApplicationState
from affiliates.models import AffiliatePage, Application, Transition
from tests.factories.application_rows import ContactFactory
from tests.factories.mails import read
from tests.factories.reviews import (
    approve,
    decline,
    now_of,
    request_changes,
    reviewer,
    under_review,
)
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.core.reviewed_models import reviewed_model_of
from workflows.models import Deadline, OutgoingMail

pytestmark = pytest.mark.django_db

WELCOME = AFFILIATE_WELCOME
MONDAY = datetime(2026, 11, 23, 17, tzinfo=UTC)


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def rob(program):
    return reviewer(program, username="robin", first_name="Robin", last_name="Ray")


@stands()
def badge(program):
    image = get_image_model().objects.create(title="Badge", file=get_test_image_file("badge.png"))
    program.badge = image
    program.save()
    return image


def sent(kind):
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk"))


def open_deadlines():
    return Deadline.objects.filter(closed_at=None)


def last_transition():
    return Transition.objects.latest("pk")


def test_approval_makes_the_page_public_and_lists_the_group(client, program, rob):
    application = under_review(program)
    approve(application, rob)
    page = now_of(application).affiliate
    assert now_of(application).state == ApplicationState.APPROVED
    assert page.live
    assert client.get(page.url).status_code == 200
    assert "Safer Schools Ohio" in client.get(program.url).content.decode()


def test_approval_names_who_approved(program, rob):
    approve(under_review(program), rob)
    row = last_transition()
    assert (row.action, row.actor, row.user) == (Action.APPROVE, Actor.STAFF, rob)


def test_reviewer_whom_wagtail_lets_not_publish_cannot_approve(program, rob):
    """The program's Policy tab warns of it; see ``review_warnings``."""
    application = under_review(program)
    program.review_group.page_permissions.all().delete()
    with pytest.raises(PermissionDenied):
        approve(application, rob)
    assert now_of(application).state == ApplicationState.IN_REVIEW
    assert now_of(application).affiliate.current_workflow_task
    assert not sent(WELCOME)


def test_contacts_become_the_affiliates_and_the_application_keeps_its_own(program, rob):
    application = under_review(program, alternate_name="Jo Poe", alternate_email="jo@example.org")
    approve(application, rob)
    contacts = now_of(application).affiliate.affiliation.contacts.all()
    stored = [(contact.role, contact.name, contact.email) for contact in contacts]
    assert stored == [
        ("primary", "Rosa Diaz", "rosa@saferschools.org"),
        ("alternate", "Jo Poe", "jo@example.org"),
    ]
    assert application.contacts.count() == 2


def test_acceptances_are_kept_with_their_exact_texts(program, rob):
    application = under_review(program)
    before = list(application.acceptances.values_list("text", "text_hash", "accepted_at"))
    approve(application, rob)
    assert list(application.acceptances.values_list("text", "text_hash", "accepted_at")) == before
    assert len(before) == 4


def test_affiliated_since_is_the_day_where_the_program_is(program, rob):
    application = under_review(program, now=MONDAY)
    with time_machine.travel(datetime(2026, 11, 25, 3, tzinfo=UTC), tick=False):
        approve(application, rob)
    assert now_of(application).affiliate.affiliated_since == date(2026, 11, 24)


def test_affiliated_since_outlives_the_next_publication(program, rob):
    application = under_review(program)
    page = now_of(application).affiliate
    approve(application, rob)
    day = now_of(application).affiliate.affiliated_since
    page = AffiliatePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert page.affiliated_since == day
    page.get_latest_revision().publish()
    assert AffiliatePage.objects.get(pk=page.pk).affiliated_since == day


def test_affiliated_since_that_editors_wrote_stays(program, rob):
    application = under_review(program)
    page = now_of(application).affiliate
    page.affiliated_since = date(2020, 1, 2)
    page.save_revision()
    approve(application, rob)
    assert now_of(application).affiliate.affiliated_since == date(2020, 1, 2)


def test_welcome_says_what_is_expected_when_and_brings_the_badge(program, rob, badge):
    application = under_review(program, now=MONDAY)
    with time_machine.travel(MONDAY, tick=False):
        approve(application, rob)
    (mail,) = sent(WELCOME)
    message, text = read(mail)
    assert message["To"] == "Rosa Diaz <rosa@saferschools.org>"
    assert message["Subject"] == "Welcome! Safer Schools Ohio is now an affiliate"
    for said in (
        "every 3 months",
        "Wednesday, March 31, 2027",
        f"http://localhost:8000{badge.file.url}",
        now_of(application).affiliate.full_url,
        "/join/link/affiliate~",
        "program@example.org",
    ):
        assert said in text


def test_welcome_without_a_badge_asks_for_none(program, rob):
    approve(under_review(program), rob)
    (mail,) = sent(WELCOME)
    assert "badge" not in read(mail)[1]


def test_welcome_in_a_program_of_monthly_updates_says_so(program, rob):
    program.update_interval_months = 1
    program.save()
    approve(under_review(program), rob)
    (mail,) = sent(WELCOME)
    assert "a short update every month." in read(mail)[1]


def test_each_person_is_welcomed_once(program, rob):
    application = under_review(program, alternate_name="Jo Poe", alternate_email="jo@example.org")
    ContactFactory(application=application, role="press", email="ROSA@saferschools.org")
    approve(application, rob)
    assert sorted((mail.recipient_name, mail.recipient) for mail in sent(WELCOME)) == [
        ("Jo Poe", "jo@example.org"),
        ("Rosa Diaz", "rosa@saferschools.org"),
    ]


def test_address_that_bounced_is_not_written_to(program, rob):
    application = under_review(program)
    application.contacts.update(bounced_at=timezone.now())
    approve(application, rob)
    assert [mail.state for mail in sent(WELCOME)] == ["suppressed"]
    assert now_of(application).affiliate.affiliation.contacts.get().bounced_at


def test_nothing_is_owed_after_a_decision(program, rob):
    approve(under_review(program), rob)
    assert not open_deadlines().exists()


def test_approval_while_the_group_was_asked_drops_the_question(program, rob):
    application = under_review(program)
    request_changes(application, rob)
    page = now_of(application).affiliate
    page.get_latest_revision().publish(user=rob, skip_permission_checks=True)
    assert now_of(application).state == ApplicationState.APPROVED
    assert application.information_requests.get().dropped_at
    assert not open_deadlines().exists()
    assert page.current_workflow_state is None


def test_later_publications_decide_nothing(program, rob):
    application = under_review(program)
    approve(application, rob)
    page = now_of(application).affiliate
    page.save_revision().publish()
    page.unpublish()
    page.save_revision().publish()
    assert now_of(application).state == ApplicationState.APPROVED
    assert Transition.objects.filter(action=Action.APPROVE).count() == 1
    assert len(sent(WELCOME)) == 1


def test_decline_tells_why_and_how_to_apply_again(program, rob):
    application = under_review(program)
    decline(application, rob, "There is a group in your town already.\nThey would welcome you.")
    assert now_of(application).state == ApplicationState.DECLINED
    (mail,) = sent(APPLICATION_DECLINED)
    message, text = read(mail)
    assert message["To"] == "Rosa Diaz <rosa@saferschools.org>"
    assert message["Reply-To"] == "program@example.org"
    for said in (
        "There is a group in your town already.\nThey would welcome you.",
        f"http://localhost:8000/join/{program.slug}/",
        "program@example.org",
        application.reference,
    ):
        assert said in text


def test_decline_says_nothing_of_applying_again_where_that_is_impossible(program, rob):
    decline(under_review(program), rob)
    program.applications_open = False
    program.save()
    (mail,) = sent(APPLICATION_DECLINED)
    assert "/join/" not in read(mail)[1]


def test_decline_deletes_the_draft_page_and_keeps_the_record(program, rob):
    application = under_review(program)
    page = now_of(application).affiliate
    decline(application, rob, "Too far away.")
    assert not AffiliatePage.objects.filter(pk=page.pk).exists()
    kept = now_of(application)
    assert kept.affiliate is None
    assert (kept.contacts.count(), kept.acceptances.count()) == (1, 4)
    row = last_transition()
    assert (row.action, row.user, row.reason) == (Action.DECLINE, rob, "Too far away.")
    assert PageLogEntry.objects.filter(action="wagtail.delete", page=page.pk, user=rob).exists()
    assert not open_deadlines().exists()


def test_decline_leaves_one_trace_only(program, rob):
    """The workflow ends, too; that is part of the decision and no stop of its own."""
    application = under_review(program)
    decline(application, rob)
    actions = Transition.objects.filter(object_id=application.pk).values_list("action", flat=True)
    assert list(actions) == [Action.SUBMIT, Action.START_REVIEW, Action.DECLINE]
    assert not sent(INFORMATION_NEEDED)


@pytest.mark.parametrize("state", ["submitted", "in_review", "information_needed"])
def test_spam_is_declined_without_a_mail_in_any_open_state(program, rob, editor, state):
    application = under_review(program)
    if state == "submitted":
        now_of(application).affiliate.current_workflow_state.cancel(user=rob)
    elif state == "information_needed":
        request_changes(application, rob)
    assert now_of(application).state == state
    decline_application(
        application=application, user=editor, reason="Spam", now=timezone.now(), tell=False
    )
    assert now_of(application).state == ApplicationState.DECLINED
    assert not AffiliatePage.objects.child_of(program).exists()
    assert not sent(APPLICATION_DECLINED)
    assert not open_deadlines().exists()


def test_reviewer_may_decline_without_another_permission(program, rob):
    application = under_review(program)
    decline_application(application=application, user=rob, reason="No.", now=timezone.now())
    assert application.state == ApplicationState.DECLINED


@pytest.mark.parametrize("who", [{}, {"is_active": False, "groups": ["Reviewers"]}])
def test_others_may_not_decline(program, who):
    application = under_review(program)
    with pytest.raises(TransitionNotAllowed):
        decline_application(
            application=application, user=UserFactory(**who), reason="No.", now=timezone.now()
        )
    assert now_of(application).state == ApplicationState.IN_REVIEW
    assert now_of(application).affiliate.current_workflow_task


@pytest.mark.parametrize("first", ["approve", "decline", "withdraw"])
@pytest.mark.parametrize("second", ["approve", "decline", "withdraw"])
def test_second_decision_is_refused_and_changes_nothing(program, rob, first, second):
    application = under_review(program)
    stale = Application.objects.get(pk=application.pk)
    now = timezone.now()
    acts = {
        "approve": lambda item: approve_application(application=item, user=rob, now=now),
        "decline": lambda item: decline_application(
            application=item, user=rob, reason="No.", now=now
        ),
        "withdraw": lambda item: withdraw_application(
            application=item, actor=Actor.APPLICANT, now=now
        ),
    }
    acts[first](application)
    count = OutgoingMail.objects.count()
    with pytest.raises(TransitionNotAllowed) as refused:
        acts[second](stale)
    if second != "withdraw":
        assert isinstance(refused.value, AlreadyDecided)
    assert now_of(application).state == application.state
    assert OutgoingMail.objects.count() == count


@pytest.mark.parametrize("name", ["director", "lea"])
def test_whoever_is_told_of_a_late_review_may_decide(program, name):
    application = under_review(program)
    person = get_user_model().objects.get(username=name)
    decline(application, person)
    assert now_of(application).state == ApplicationState.DECLINED


def review_hint(page, action):
    return reviewed_model_of(type(page)).get_hint(page, action)


def test_reviewers_read_what_becomes_of_their_words(program, rob):
    application = under_review(program)
    page = now_of(application).affiliate
    assert "with a link to answer" in review_hint(page, "reject")
    assert "as the reason" in review_hint(page, "decline")
    assert review_hint(page, "approve") == ""
    approve(application, rob)
    assert review_hint(page, "reject") == ""

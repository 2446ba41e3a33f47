from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
import time_machine
from django.utils import timezone
from wagtail.users.models import UserProfile

from affiliates.applications.mails.applying import (
    application_received,
    application_withdrawn,
    application_withdrawn_notices,
    draft_saved,
    second_contact_named,
)
from affiliates.core.states import ApplicationState, ContactRole
from tests.factories.application_rows import ApplicationFactory, ContactFactory
from tests.factories.users import GroupFactory, UserFactory
from tests.standing import stands
from tests.workflows.mail.test_delivery import OVERHEAD, marks
from workflows.mail.delivery import deliver_due
from workflows.mail.kinds import get_kind
from workflows.mail.outbox import queue
from workflows.mail.rendering import render

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


@stands()
def application(program):
    program.review_group = GroupFactory(name="Reviewers")
    program.save()
    return ApplicationFactory(
        program=program,
        name="Ohio Parents",
        locality="Columbus",
        submitted_at=MONDAY,
        contact__name="Kim Lee",
        contact__email="kim@group.example",
    )


IN_COMMON = 5
"""Subjects, programs, closures, wording, the organization's name."""


@pytest.mark.parametrize("number", [1, 3])
def test_confirmations_of_a_batch_share_what_is_fetched(
    smtp, program, django_assert_num_queries, number
):
    for application in ApplicationFactory.create_batch(number, program=program):
        queue(application_received(application), now=timezone.now())

    with django_assert_num_queries(marks(number) + OVERHEAD + IN_COMMON):
        deliver_due()

    assert len(smtp.received) == number


def add_second_contact(application, **fields):
    fields = {"name": "Sam Roe", "email": "sam@group.example", **fields}
    return ContactFactory(application=application, role=ContactRole.ALTERNATE, **fields)


def reviewer(application, **fields):
    return UserFactory(groups=[application.program.review_group.name], **fields)


def read(new_mail):
    (row,) = queue(new_mail, now=timezone.now())
    message = message_from_bytes(render(row).message, policy=policy.default)
    return message, message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def is_owed(new_mail):
    (row,) = queue(new_mail, now=timezone.now())
    return get_kind(row.kind).still_owed(row)


def move(application, state):
    type(application).objects.filter(pk=application.pk).update(state=state)
    application.refresh_from_db()


def test_received_mail_says_reference_next_step_date_link_and_whom_to_ask(application):
    message, text = read(application_received(application))
    assert message["To"] == "Kim Lee <kim@group.example>"
    assert message["Reply-To"] == "program@example.org"
    assert application.reference in message["Subject"]
    for said in ("Kim Lee", "Ohio Parents", application.reference, "Monday, November 30, 2026"):
        assert said in text
    assert "http://localhost:8000/join/link/" in text
    assert "program@example.org" in text
    assert "Ada Berg" in text


def test_received_mail_is_owed_until_the_application_is_deleted(application):
    mail = application_received(application)
    (row,) = queue(mail, now=MONDAY)
    assert get_kind(row.kind).still_owed(row)
    application.contacts.all().delete()
    application.delete()
    row = type(row).objects.get(pk=row.pk)
    assert not get_kind(row.kind).still_owed(row)


def test_mail_to_an_address_that_bounced_is_held_back(application):
    application.contacts.update(bounced_at=MONDAY)
    (row,) = queue(application_received(application), now=MONDAY)
    assert row.state == "suppressed"
    assert "bounced" in row.answer


def test_second_contact_is_told_without_a_link_of_power(application):
    add_second_contact(application)
    (mail,) = second_contact_named(application)
    message, text = read(mail)
    assert message["To"] == "Sam Roe <sam@group.example>"
    assert "Kim Lee named you" in text
    assert "/join/link/" not in text


def test_second_contact_with_the_same_address_gets_one_mail_only(application):
    assert second_contact_named(application) == []
    add_second_contact(application, email="KIM@group.example")
    assert second_contact_named(application) == []


def test_draft_mail_leads_back_to_the_draft_and_says_until_when(program):
    with time_machine.travel(MONDAY, tick=False):
        draft = ApplicationFactory(
            program=program,
            state=ApplicationState.DRAFT,
            submitted_at=None,
            contact=False,
            name="",
            draft_email="kim@group.example",
        )
        message, text = read(draft_saved(draft))
    assert message["To"] == "kim@group.example"
    assert "http://localhost:8000/join/link/" in text
    assert "through Tuesday, December 22, 2026" in text
    assert "Did you not ask for this?" in text


def test_draft_mail_is_owed_only_while_it_is_a_draft(program):
    draft = ApplicationFactory(
        program=program, state=ApplicationState.DRAFT, draft_email="kim@group.example"
    )
    assert is_owed(draft_saved(draft))
    move(draft, ApplicationState.SUBMITTED)
    assert not is_owed(draft_saved(draft))


def test_draft_saved_twice_in_a_minute_is_one_mail_and_later_another(program):
    keys = set()
    draft = ApplicationFactory(
        program=program, state=ApplicationState.DRAFT, draft_email="kim@group.example"
    )
    for seconds in (0, 20, 300):
        with time_machine.travel(MONDAY.timestamp() + seconds, tick=False):
            draft.save()
            keys.add(draft_saved(draft).key)
    assert len(keys) == 2


def test_withdrawn_mail_goes_to_whoever_applied(application):
    move(application, ApplicationState.WITHDRAWN)
    message, text = read(application_withdrawn(application))
    assert message["To"] == "Kim Lee <kim@group.example>"
    assert application.reference in text
    assert "program@example.org" in text
    assert is_owed(application_withdrawn(application))


def test_withdrawn_draft_is_told_to_the_address_it_was_saved_for(program):
    draft = ApplicationFactory(
        program=program,
        state=ApplicationState.WITHDRAWN,
        contact=False,
        name="",
        draft_email="kim@group.example",
    )
    message, text = read(application_withdrawn(draft))
    assert message["To"] == "kim@group.example"
    assert text.startswith("Hello,\n")


def test_notice_says_who_where_and_leads_to_the_admin(application):
    reviewer(application, email="rob@example.org", first_name="Rob", last_name="Roy")
    (mail,) = application_withdrawn_notices(application)
    message, text = read(mail)
    assert message["To"] == "Rob Roy <rob@example.org>"
    for said in ("Ohio Parents", "Columbus, Ohio", application.reference):
        assert said in text
    assert f"http://localhost:8000/admin/affiliates/applications/{application.pk}/" in text


def test_notices_go_to_each_active_reviewer_with_an_address_once(application):
    reviewer(application, email="one@example.org")
    reviewer(application, email="ONE@example.org")
    reviewer(application, email="two@example.org")
    reviewer(application, email="gone@example.org", is_active=False)
    reviewer(application, email="")
    UserFactory(email="other@example.org")
    notices = application_withdrawn_notices(application)
    assert sorted(mail.to.lower() for mail in notices) == ["one@example.org", "two@example.org"]


def test_notice_goes_to_the_person_to_write_to_if_nobody_reviews(application):
    (mail,) = application_withdrawn_notices(application)
    assert (mail.to, mail.to_name) == ("program@example.org", "Ada Berg")


def test_notice_is_in_the_language_that_the_reviewer_chose(application):
    user = reviewer(application)
    UserProfile.objects.create(user=user, preferred_language="fr")
    (mail,) = application_withdrawn_notices(application)
    assert mail.language == "fr"


def test_notices_are_owed_as_long_as_they_are_true(application):
    (withdrawn,) = application_withdrawn_notices(application)
    assert not is_owed(withdrawn)
    move(application, ApplicationState.WITHDRAWN)
    assert is_owed(withdrawn)


def test_notices_cost_the_same_for_more_reviewers(application, django_assert_num_queries):
    reviewer(application)
    with django_assert_num_queries(1):
        application_withdrawn_notices(application)
    reviewer(application)
    reviewer(application)
    with django_assert_num_queries(1):
        application_withdrawn_notices(application)


@pytest.mark.parametrize("name", ["{reference}", "{{ 7*7 }}", "<b>x</b>", "{0.__class__}"])
def test_name_of_a_group_is_never_evaluated(application, name):
    application.name = name
    application.save()
    message, text = read(application_received(application))
    assert f"on behalf of {name}." in text
    assert "<b>x</b>" not in message.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    ("now", "promise"),
    [
        (datetime(2026, 12, 1, 4, tzinfo=UTC), "by Monday, November 30, 2026.\n"),
        (
            datetime(2026, 12, 1, 17, tzinfo=UTC),
            "by Monday, November 30, 2026 (this day is past: we are late, and we are sorry).\n",
        ),
    ],
)
def test_confirmation_that_goes_out_late_promises_nothing_past(application, now, promise):
    with time_machine.travel(now, tick=False):
        _, text = read(application_received(application))
    assert f"You will have our answer {promise}" in text

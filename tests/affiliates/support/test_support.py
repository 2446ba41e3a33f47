"""A group calls for help, and we owe it an answer."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from affiliates.core.exceptions import CallAnswered, CallClosed, TransitionNotAllowed
from affiliates.core.states import UpdateKind
from affiliates.models import Contact, SupportRequest, Transition
from affiliates.support.deadlines import SUPPORT
from affiliates.support.services import (
    answer_support_request,
    assign_support_request,
    close_support_request,
    reopen_support_request,
)
from affiliates.updates.services.sending import UpdateContent, change_update
from tests.factories.affiliations import affiliation
from tests.factories.mails import read
from tests.factories.reviews import reviewer, with_reviewers
from tests.factories.support import call_for_help
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.deadlines.sweep import sweep
from workflows.models import Deadline, OutgoingMail, TakenStep

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 6, 16, tzinfo=UTC)
"""A Monday noon where the program is."""
NEEDS = [{"id": "one", "text": "A louder voice."}]


@stands()
def group(program):
    with_reviewers(program)
    return affiliation(program, now=NOW, title="Michigan Parents", alternate=True)


@stands()
def call(group):
    return call_for_help(group, now=NOW, needs=NEEDS)


@pytest.fixture
def rob(group):
    return group.program.review_group.user_set.get()


def answer(call, user, text="Maria will come.", now=NOW):
    return answer_support_request(call=call, user=user, text=text, now=now)


def look(now):
    with time_machine.travel(now, tick=False):
        sweep(now=now)


def told(kind="waiting_for_you"):
    return sorted(OutgoingMail.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_call_is_due_after_the_programs_business_days(call):
    assert call.due_on == date(2026, 7, 13)
    assert Deadline.objects.get(kind=SUPPORT).closed_at is None
    assert told() == ["rob@example.org"]


def test_answer_goes_to_whoever_asked_with_what_was_asked(call, rob):
    answer(call, rob)
    mail = OutgoingMail.objects.get(kind="support_answered")
    assert mail.recipient == call.affiliation.primary_contact.email
    message, text = read(mail)
    assert call.reference in message["Subject"]
    assert message["Reply-To"] == "program@example.org"
    for said in ("Maria will come.", "We need a speaker in March.", "- A louder voice.", "July 6"):
        assert said in text
    assert "/link/affiliate~" in text


def test_answer_goes_to_the_second_contact_if_that_person_asked(group, rob):
    second = group.alternate_contact
    answer(call_for_help(group, now=NOW, contact=second), rob)
    assert told("support_answered") == [second.email]


def test_answer_goes_to_whom_mail_still_reaches(call, rob):
    Contact.objects.filter(role="primary").update(bounced_at=NOW)
    answer(SupportRequest.objects.get(), rob)
    assert told("support_answered") == [call.affiliation.alternate_contact.email]


def test_answer_stops_the_clock_and_is_on_record(call, rob):
    answer(call, rob)
    call.refresh_from_db()
    assert (call.state, call.answer, call.answered_by) == ("answered", "Maria will come.", rob)
    assert Deadline.objects.get(kind=SUPPORT).outcome == "answered"
    assert Transition.objects.get(action="answer", user=rob).reason == "Maria will come."


def test_the_same_answer_twice_is_one_answer(call, rob):
    answer(call, rob)
    answer(SupportRequest.objects.get(), rob)
    assert len(told("support_answered")) == 1


def test_second_answer_of_a_colleague_is_refused(call, rob, admin_user):
    answer(call, rob)
    with pytest.raises(CallAnswered):
        answer(call, admin_user, "Dee will come.")
    assert len(told("support_answered")) == 1


def test_closed_call_takes_no_answer(call, rob):
    close_support_request(call=call, user=rob, reason="By phone", now=NOW)
    with pytest.raises(CallClosed):
        answer(call, rob)
    assert told("support_answered") == []
    assert Deadline.objects.get(kind=SUPPORT).outcome == "closed"


@pytest.mark.parametrize("act", [answer, lambda call, user: close(call, user)])
def test_stranger_does_nothing(call, act):
    with pytest.raises(TransitionNotAllowed):
        act(call, UserFactory(groups=["Editors"]))
    assert SupportRequest.objects.get().state == "open"


def close(call, user):
    return close_support_request(call=call, user=user, reason="No", now=NOW)


def test_whoever_is_given_a_call_is_told_and_reminded_alone(call, rob, group):
    robin = reviewer(group.program, username="robin")
    assign_support_request(call=call, to=robin, user=rob, now=NOW)
    assert told() == ["rob@example.org", "robin@example.org"]
    look(datetime(2026, 7, 14, 16, tzinfo=UTC))
    assert "robin@example.org" in told()
    assert told().count("rob@example.org") == 1


def test_taking_a_call_tells_nobody(call, rob):
    before = OutgoingMail.objects.count()
    assign_support_request(call=call, to=rob, user=rob, now=NOW)
    assert OutgoingMail.objects.count() == before
    assert SupportRequest.objects.get().assigned_to == rob


def test_stranger_is_given_no_call(call, rob):
    with pytest.raises(TransitionNotAllowed):
        assign_support_request(call=call, to=UserFactory(), user=rob, now=NOW)


def test_late_call_climbs_its_ladder(call):
    for days in range(1, 40):
        look(NOW + timedelta(days=days, hours=2))
    names = [step.name for step in TakenStep.objects.filter(deadline__kind=SUPPORT)]
    assert names[:4] == ["remind", "overdue", "escalate", "escalate_again"]
    assert {"lea@example.org", "director@example.org"} <= set(told())


def test_words_that_change_after_the_answer_open_the_call_again(call, rob):
    answer(call, rob)
    later = NOW + timedelta(days=30)
    content = UpdateContent(UpdateKind.HELP, text="The speaker did not come.", needs=NEEDS)
    change_update(update=call.update, content=content, version=1, now=later)
    call.refresh_from_db()
    assert (call.state, call.text) == ("open", "The speaker did not come.")
    assert call.due_on == date(2026, 8, 12)
    assert Deadline.objects.filter(kind=SUPPORT, closed_at=None).count() == 1
    answer(call, rob, "We are sorry.", now=later)
    assert len(told("support_answered")) == 2


def test_the_same_words_again_leave_an_answered_call_answered(call, rob):
    answer(call, rob)
    content = UpdateContent(UpdateKind.HELP, text=call.text, needs=NEEDS)
    change_update(update=call.update, content=content, version=1, now=NOW)
    assert SupportRequest.objects.get().state == "answered"


def test_staff_may_open_a_closed_call_again(call, rob):
    close(call, rob)
    reopen_support_request(call=call, user=rob, now=NOW + timedelta(days=7))
    call.refresh_from_db()
    assert (call.state, call.due_on) == ("open", date(2026, 7, 20))

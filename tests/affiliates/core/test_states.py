"""Every state, action and actor: what is possible, and that nothing else is."""

from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from affiliates.audit.transitions import transition
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.states import TRANSITIONS, Action, Actor, ApplicationState
from affiliates.models import Application, Transition
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

S, A, W = ApplicationState, Action, Actor

POSSIBLE = {
    (S.DRAFT, A.SUBMIT, W.APPLICANT): S.SUBMITTED,
    (S.DRAFT, A.WITHDRAW, W.APPLICANT): S.WITHDRAWN,
    (S.DRAFT, A.WITHDRAW, W.STAFF): S.WITHDRAWN,
    (S.SUBMITTED, A.START_REVIEW, W.SYSTEM): S.IN_REVIEW,
    (S.SUBMITTED, A.START_REVIEW, W.STAFF): S.IN_REVIEW,
    (S.SUBMITTED, A.APPROVE, W.STAFF): S.APPROVED,
    (S.SUBMITTED, A.APPROVE, W.SYSTEM): S.APPROVED,
    (S.SUBMITTED, A.DECLINE, W.STAFF): S.DECLINED,
    (S.SUBMITTED, A.WITHDRAW, W.APPLICANT): S.WITHDRAWN,
    (S.SUBMITTED, A.WITHDRAW, W.STAFF): S.WITHDRAWN,
    (S.IN_REVIEW, A.REQUEST_INFORMATION, W.STAFF): S.INFORMATION_NEEDED,
    (S.IN_REVIEW, A.REQUEST_INFORMATION, W.SYSTEM): S.INFORMATION_NEEDED,
    (S.IN_REVIEW, A.STOP_REVIEW, W.STAFF): S.SUBMITTED,
    (S.IN_REVIEW, A.STOP_REVIEW, W.SYSTEM): S.SUBMITTED,
    (S.IN_REVIEW, A.APPROVE, W.STAFF): S.APPROVED,
    (S.IN_REVIEW, A.APPROVE, W.SYSTEM): S.APPROVED,
    (S.IN_REVIEW, A.DECLINE, W.STAFF): S.DECLINED,
    (S.IN_REVIEW, A.WITHDRAW, W.APPLICANT): S.WITHDRAWN,
    (S.IN_REVIEW, A.WITHDRAW, W.STAFF): S.WITHDRAWN,
    (S.INFORMATION_NEEDED, A.ANSWER, W.APPLICANT): S.IN_REVIEW,
    (S.INFORMATION_NEEDED, A.GO_ON, W.STAFF): S.IN_REVIEW,
    (S.INFORMATION_NEEDED, A.GO_ON, W.SYSTEM): S.IN_REVIEW,
    (S.INFORMATION_NEEDED, A.STOP_REVIEW, W.STAFF): S.SUBMITTED,
    (S.INFORMATION_NEEDED, A.STOP_REVIEW, W.SYSTEM): S.SUBMITTED,
    (S.INFORMATION_NEEDED, A.APPROVE, W.STAFF): S.APPROVED,
    (S.INFORMATION_NEEDED, A.APPROVE, W.SYSTEM): S.APPROVED,
    (S.INFORMATION_NEEDED, A.DECLINE, W.STAFF): S.DECLINED,
    (S.INFORMATION_NEEDED, A.WITHDRAW, W.APPLICANT): S.WITHDRAWN,
    (S.INFORMATION_NEEDED, A.WITHDRAW, W.STAFF): S.WITHDRAWN,
}
"""Written out by hand, so that a slip in the table does not pass unnoticed."""

EVERYTHING = list(product(ApplicationState, Action, Actor))


def an_application(program, state):
    return Application.objects.create(program=program, state=state)


def user_for(actor, editor):
    return editor if actor == Actor.STAFF else None


@pytest.mark.parametrize("case", [case for case in EVERYTHING if case in POSSIBLE], ids=str)
def test_possible_action_moves_the_record_and_leaves_a_trace(program, editor, case):
    state, action, actor = case
    application = an_application(program, state)
    now = timezone.now()
    user = user_for(actor, editor)
    transition(application, action, actor=actor, user=user, reason="Because.", now=now)
    assert application.state == POSSIBLE[case]
    assert Application.objects.get(pk=application.pk).state == POSSIBLE[case]
    trace = Transition.objects.get()
    assert (trace.record, trace.source, trace.target) == (application, state, POSSIBLE[case])
    assert (trace.action, trace.actor, trace.user) == (action, actor, user)
    assert (trace.reason, trace.at) == ("Because.", now)


@pytest.mark.parametrize("case", [case for case in EVERYTHING if case not in POSSIBLE], ids=str)
def test_impossible_action_changes_nothing(program, editor, case):
    state, action, actor = case
    application = an_application(program, state)
    with pytest.raises(TransitionNotAllowed):
        transition(
            application, action, actor=actor, user=user_for(actor, editor), now=timezone.now()
        )
    assert Application.objects.get(pk=application.pk).state == state
    assert not Transition.objects.exists()


@pytest.mark.parametrize("action", [a for a in Action if Actor.STAFF in TRANSITIONS[a].actors])
@pytest.mark.parametrize("who", ["nobody", "anonymous", "no permission", "inactive"])
def test_staff_need_the_permission(program, action, who):
    users = {
        "nobody": lambda: None,
        "anonymous": AnonymousUser,
        "no permission": lambda: UserFactory(permissions=["affiliates.view_application"]),
        "inactive": lambda: UserFactory(
            permissions=["affiliates.change_application"], is_active=False
        ),
    }
    state = next(iter(TRANSITIONS[action].sources))
    application = an_application(program, state)
    with pytest.raises(TransitionNotAllowed):
        transition(application, action, actor=Actor.STAFF, user=users[who](), now=timezone.now())
    assert not Transition.objects.exists()


def test_of_two_decisions_the_second_is_refused(program, editor):
    first = an_application(program, ApplicationState.IN_REVIEW)
    second = Application.objects.get(pk=first.pk)
    transition(first, Action.APPROVE, actor=Actor.STAFF, user=editor, now=timezone.now())
    with pytest.raises(TransitionNotAllowed):
        transition(second, Action.DECLINE, actor=Actor.STAFF, user=editor, now=timezone.now())
    assert Application.objects.get().state == ApplicationState.APPROVED
    assert Transition.objects.count() == 1

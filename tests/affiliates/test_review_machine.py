"""Applications through any row of actions, in any order and at any time: what always holds."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from wagtail.models import WorkflowState

from affiliates.deadlines import GROUP_ANSWER, REVIEW_START
from affiliates.exceptions import TransitionNotAllowed
from affiliates.models import AffiliatePage, Application, Transition
from affiliates.services.applications import withdraw_application
from affiliates.services.decisions import decline_application
from affiliates.services.information import answer_request
from affiliates.services.lost_reviews import find_lost_reviews
from affiliates.services.reviews import restart_review, start_waiting_reviews
from affiliates.states import ENDED, OPEN, UNDER_REVIEW, Actor, ApplicationState
from tests.factories.applications import submitted
from tests.factories.pages import ProgramPageFactory
from tests.factories.reviews import act, now_of, reviewer, with_reviewers
from workflows.exceptions import ReviewOver
from workflows.mail_kinds import get_kind
from workflows.models import Deadline, OutgoingMail
from workflows.review_policy import REVIEW
from workflows.services.deadlines import open_deadlines
from workflows.services.digests import waiting_for
from workflows.services.sweeping import sweep

START = datetime(2026, 11, 23, 17, tzinfo=UTC)
REFUSALS = (TransitionNotAllowed, ReviewOver, PermissionDenied)
MOST = 3

QUESTIONS = ("information_needed", "answer_reminder")
EXPECTED = {
    ApplicationState.SUBMITTED: {REVIEW_START},
    ApplicationState.IN_REVIEW: {REVIEW},
    ApplicationState.INFORMATION_NEEDED: {GROUP_ANSWER},
}

one_of_them = st.integers(0, MOST - 1)


class Reviews(RuleBasedStateMachine):
    """A program with a reviewer, up to three applications, and a clock that only goes forward."""

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        # Sweeps insist on no transaction around them; that of a test does not count.
        self.block._from_testcase = True
        self.block.__enter__()
        self.now = START
        self.program = with_reviewers(ProgramPageFactory())
        self.rob = reviewer(self.program, username="robin")
        self.promised = {}

    def teardown(self):
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def applications(self):
        return list(Application.objects.order_by("pk"))

    def do(self, number, action):
        """Act on one of the applications at this moment. A refusal must have changed nothing."""
        applications = self.applications()
        if not applications:
            return
        application = now_of(applications[number % len(applications)])
        count = Transition.objects.count()
        with time_machine.travel(self.now, tick=False):
            try:
                with transaction.atomic():
                    action(application)
            except REFUSALS:
                assert Transition.objects.count() == count

    # What people do

    @precondition(lambda self: len(self.applications()) < MOST)
    @rule()
    def submit(self):
        with time_machine.travel(self.now, tick=False):
            submitted(self.program, now=self.now, name=f"Group {len(self.applications())}")

    @rule(number=one_of_them, action=st.sampled_from(["approve", "reject", "decline"]))
    def press_a_button(self, number, action):
        def press(application):
            page = application.affiliate
            if page and page.current_workflow_task:
                act(application, self.rob, action, "A few words.")

        self.do(number, press)

    @rule(number=one_of_them)
    def answer(self, number):
        self.do(
            number,
            lambda item: answer_request(application=item, answer="Yes.", now=self.now),
        )

    @rule(number=one_of_them)
    def withdraw(self, number):
        self.do(
            number,
            lambda item: withdraw_application(
                application=item, actor=Actor.APPLICANT, now=self.now
            ),
        )

    @rule(number=one_of_them)
    def decline_as_spam(self, number):
        self.do(
            number,
            lambda item: decline_application(
                application=item, user=self.rob, reason="Spam", now=self.now, tell=False
            ),
        )

    @rule(number=one_of_them)
    def start_again(self, number):
        self.do(
            number,
            lambda item: restart_review(application=item, user=self.rob, now=self.now),
        )

    @rule(number=one_of_them, what=st.sampled_from(["cancel", "resume"]))
    def change_the_workflow(self, number, what):
        def change(application):
            page = application.affiliate
            if page and page.current_workflow_state:
                getattr(page.current_workflow_state, what)(user=self.rob)

        self.do(number, change)

    @rule(number=one_of_them)
    def delete_the_page(self, number):
        def delete(application):
            if application.affiliate and application.state in OPEN:
                application.affiliate.delete()

        self.do(number, delete)

    @rule(number=one_of_them)
    def publish(self, number):
        def publish(application):
            if application.affiliate:
                application.affiliate.save_revision().publish()

        self.do(number, publish)

    # What happens by itself

    @rule()
    def work(self):
        with time_machine.travel(self.now, tick=False):
            start_waiting_reviews(now=self.now)
            assert find_lost_reviews(now=self.now) == 0

    @rule(hours=st.integers(1, 24 * 12))
    def let_time_pass(self, hours):
        self.now += timedelta(hours=hours)
        with time_machine.travel(self.now, tick=False):
            sweep(now=self.now)
            assert not sweep(now=self.now).counts

    # What always holds

    @invariant()
    def somebody_owes_the_next_step_of_each_open_application(self):
        for application in self.applications():
            kinds = {deadline.kind for deadline in self.running(application)}
            assert kinds == EXPECTED.get(application.state, set()), application.state

    @invariant()
    def each_running_clock_has_a_next_step(self):
        assert not Deadline.objects.filter(closed_at=None, next_step_at=None).exists()

    @invariant()
    def what_is_decided_is_over(self):
        for application in Application.objects.filter(state__in=ENDED):
            page = application.affiliate
            assert bool(page and page.live) == (application.state == ApplicationState.APPROVED)
            assert application.open_question is None
            assert page is None or page.current_workflow_state is None

    @invariant()
    def there_is_one_page_at_most_for_each(self):
        held = Application.objects.exclude(affiliate=None).count()
        assert AffiliatePage.objects.count() == held

    @invariant()
    def workflows_run_only_where_a_review_does(self):
        under_review = Application.objects.filter(state__in=UNDER_REVIEW).count()
        assert WorkflowState.objects.active().count() == under_review

    @invariant()
    def promised_day_never_comes_earlier(self):
        for application in self.applications():
            before = self.promised.get(application.pk, application.decision_due_on)
            assert application.decision_due_on >= before
            self.promised[application.pk] = application.decision_due_on

    @invariant()
    def no_mail_is_owed_for_what_is_over(self):
        ended = Application.objects.filter(state__in=ENDED)
        keys = [str(key) for key in ended.values_list("pk", flat=True)]
        mails = OutgoingMail.objects.filter(kind__in=QUESTIONS, object_id__in=keys)
        assert not any(get_kind(mail.kind).still_owed(mail) for mail in mails)

    @invariant()
    def nothing_that_is_decided_waits_for_anybody(self):
        with time_machine.travel(self.now, tick=False):
            items = waiting_for("rob@example.org", now=self.now)
        assert len(items) <= Application.objects.filter(state__in=OPEN).count()

    def running(self, application):
        yield from open_deadlines(subject=application)
        page = application.affiliate
        review = page.current_workflow_task_state if page else None
        if review:
            yield from open_deadlines(subject=review)


@pytest.mark.django_db
def test_whatever_happens_somebody_owes_the_next_step():
    run_state_machine_as_test(
        Reviews,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )

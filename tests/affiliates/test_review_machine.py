"""Reviews under everything that may happen to them, in any order: what holds all the same.

``REVIEW_MACHINE=500 pytest tests/affiliates/test_review_machine.py`` searches 500 new examples.
"""

import os
from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test
from wagtail.models import WorkflowState

from affiliates.exceptions import TransitionNotAllowed
from affiliates.models import Transition
from affiliates.services.applications import withdraw_application
from affiliates.services.decisions import decline_application
from affiliates.services.information import answer_request
from affiliates.services.lost_reviews import find_lost_reviews
from affiliates.services.reviews import restart_review, start_waiting_reviews
from affiliates.states import OPEN, UNDER_REVIEW, Actor, ApplicationState
from tests.affiliates.review_promises import Promises
from tests.affiliates.review_world import NAMES, killed_after, there_are
from tests.factories.applications import submitted
from workflows.models import Deadline, TakenStep
from workflows.services.forecast import expected_steps
from workflows.services.reviews import assign_review
from workflows.services.sweeping import sweep

SUBMITTED = ApplicationState.SUBMITTED
IN_REVIEW = ApplicationState.IN_REVIEW
ASKED = ApplicationState.INFORMATION_NEEDED
APPROVED = ApplicationState.APPROVED
DECLINED = ApplicationState.DECLINED
WITHDRAWN = ApplicationState.WITHDRAWN

NUMBERS = {
    "usual": (3, 5, 7, 14, 7, 14),
    "hurried": (0, 1, 2, 3, 1, 2),
    "patient": (10, 20, 30, 40, 20, 60),
}
"""Of a program: reminder, days to decide, escalation, the second one; group's reminder and days."""

FIELDS = (
    "review_reminder_days",
    "review_days",
    "review_escalation_days",
    "review_second_escalation_days",
    "answer_reminder_days",
    "answer_days",
)
REFUSALS = (TransitionNotAllowed, PermissionDenied)
PICK = st.integers(0, len(NAMES) - 1)
WHO = st.integers(0, 1)
HOURS = st.integers(1, 30) | st.integers(24, 24 * 20)


class Reviews(Promises):
    # What people do

    def try_to(self, act):
        """A refusal has changed nothing."""
        before = Transition.objects.count()
        try:
            act()
        except REFUSALS:
            assert Transition.objects.count() == before

    @initialize(number=st.integers(1, 3), at_work=st.booleans())
    def begin(self, number, at_work):
        for _ in range(number):
            self.apply()
        if at_work:
            self.work()

    @precondition(lambda self: len(self.applications(*ApplicationState)) < len(NAMES))
    @rule()
    def apply(self):
        name = NAMES[len(self.applications(*ApplicationState))]
        self.later()
        address = f"{name.split()[0].lower()}@group.example"
        submitted(self.program, now=self.now, name=name, contact_email=address)

    @there_are(IN_REVIEW)
    @rule(number=PICK, who=WHO)
    def ask(self, number, who):
        self.press("reject", self.pick(number, IN_REVIEW), self.people[who])

    @there_are(IN_REVIEW)
    @rule(number=PICK, who=WHO, button=st.sampled_from(["approve", "decline"]))
    def decide(self, number, who, button):
        self.press(button, self.pick(number, IN_REVIEW), self.people[who])

    def press(self, button, application, person):
        """If Wagtail's editor shows the button to this person."""
        page = application.affiliate
        task, state = page.current_workflow_task, page.current_workflow_task_state
        if button in {action for action, *_ in task.get_actions(page, person)}:
            self.try_to(lambda: task.on_action(state, person, button, comment="A few words."))

    @there_are(*OPEN)
    @rule(number=PICK, who=st.none() | WHO)
    def end_it(self, number, who):
        """The group withdraws, or somebody declines it as spam."""
        application = self.pick(number, *OPEN)
        if who is None:
            withdraw_application(application=application, actor=Actor.APPLICANT, now=self.now)
        else:
            self.try_to(lambda: self.decline_as_spam(application, self.people[who]))

    def decline_as_spam(self, application, person):
        decline_application(
            application=application, user=person, reason="Spam", now=self.now, tell=False
        )
        self.told_nothing.add(application.pk)

    @there_are(ASKED)
    @rule(number=PICK)
    def answer(self, number):
        answer_request(application=self.pick(number, ASKED), answer="Yes.", now=self.now)

    @there_are(IN_REVIEW)
    @rule(number=PICK, to=st.none() | WHO, by=WHO)
    def assign(self, number, to, by):
        state = self.pick(number, IN_REVIEW).affiliate.current_workflow_task_state.specific
        holder = None if to is None else self.people[to]
        assign_review(state=state, assignee=holder, by=self.people[by], now=self.now)

    @there_are(*UNDER_REVIEW)
    @rule(number=PICK, who=WHO, what=st.sampled_from(["cancel", "resume"]))
    def change_the_workflow(self, number, who, what):
        running = self.pick(number, *UNDER_REVIEW).affiliate.current_workflow_state
        if what == "cancel" or running.status == WorkflowState.STATUS_NEEDS_CHANGES:
            getattr(running, what)(user=self.people[who])

    @there_are(*OPEN)
    @rule(number=PICK, who=st.none() | WHO, what=st.sampled_from(["delete", "publish"]))
    def change_the_page(self, number, who, what):
        """None: nobody pressed anything, a schedule did."""
        page = self.pick(number, *OPEN).affiliate
        person = None if who is None else self.people[who]
        if page and what == "delete":
            self.try_to(lambda: page.delete(user=person))
        elif page:
            self.try_to(lambda: page.save_revision(user=person).publish(user=person))

    @there_are(SUBMITTED, stopped=True)
    @rule(number=PICK, who=WHO, in_wagtail=st.booleans())
    def start_again(self, number, who, in_wagtail):
        application, person = self.pick(number, SUBMITTED, stopped=True), self.people[who]
        page = application.affiliate
        if in_wagtail and page:
            page.get_workflow().start(page, user=person)
        elif not in_wagtail:
            self.try_to(lambda: restart_review(application=application, user=person, now=self.now))

    @rule(numbers=st.sampled_from(sorted(NUMBERS)))
    def change_the_policy(self, numbers):
        self.later()
        self.program.refresh_from_db()
        for field, days in zip(FIELDS, NUMBERS[numbers], strict=True):
            setattr(self.program, field, days)
        self.program.save_revision().publish()

    @rule(who=WHO, how=st.sampled_from(["leaves", "is switched off", "is back"]))
    def change_the_reviewers(self, who, how):
        """Both of them may be gone: an empty group."""
        self.later()
        person = self.people[who]
        person.is_active = how != "is switched off"
        person.save()
        person.groups.set([] if how == "leaves" else [self.group])
        self.people[who] = type(person).objects.get(pk=person.pk)  # permissions are remembered

    # What machines do

    @rule(hours=HOURS)
    def let_time_pass(self, hours):
        self.later(timedelta(hours=hours))

    @rule()
    def work(self):
        self.later()
        start_waiting_reviews(now=self.now)
        self._found = None
        assert not self.applications(SUBMITTED, stopped=False)
        assert find_lost_reviews(now=self.now) == 0

    @there_are(SUBMITTED, stopped=False)
    @rule(changes=st.integers(0, 60))
    def work_is_killed(self, changes):
        self.later()
        with killed_after(changes):
            start_waiting_reviews(now=self.now)

    @rule(hours=HOURS, times=st.integers(1, 2))
    def sweep(self, hours, times):
        self.later(timedelta(hours=hours))
        foretold = Counter(step.step for step in expected_steps(since=self.now, until=self.now))
        for _ in range(times):
            sweep(now=self.now)
        taken = TakenStep.objects.filter(taken_at=self.now).values_list("name", flat=True)
        assert Counter(taken) == foretold, "what was foretold comes, and nothing else"
        assert not Deadline.objects.filter(next_step_at__lte=self.now).exists()
        assert all(step.at > self.now for step in self.foretold_days(90))
        self.everybody_is_told_of_the_steps()

    @rule(hours=HOURS, changes=st.integers(0, 9))
    def sweep_is_killed(self, hours, changes):
        self.later(timedelta(hours=hours))
        with killed_after(changes):
            sweep(now=self.now)
        self.everybody_is_told_of_the_steps()

    @rule()
    def mails_go_out(self):
        self.later()
        for letter in self.deliver():
            self.check_letter(letter)
        for application in self.applications(*ApplicationState):
            self.check_what_came(application)


@pytest.mark.django_db
def test_reviews_keep_their_promises_whatever_happens(smtp, settings):
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"SWEEP_BATCH": 2}
    searched = int(os.environ.get("REVIEW_MACHINE", 0))
    Reviews.smtp = smtp
    run_state_machine_as_test(
        Reviews,
        settings=how(
            max_examples=searched or 12,
            stateful_step_count=40,
            derandomize=not searched,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

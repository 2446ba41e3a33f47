"""Reviews under everything that may happen to them, in any order: what holds all the same.

``REVIEW_MACHINE=500 make test-long ARGS=tests/affiliates/applications/test_review_machine.py``
searches 500 new examples.
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

from affiliates.applications.services.decisions import decline_application
from affiliates.applications.services.information import answer_request
from affiliates.applications.services.recovery import recover_reviews
from affiliates.applications.services.starting import restart_review, start_waiting_reviews
from affiliates.applications.services.submission import withdraw_application
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.states import OPEN, UNDER_REVIEW, Actor, ApplicationState
from affiliates.models import Transition
from affiliates.policies.services import follow_policy
from affiliates.programs.services import ensure_review_workflow
from tests.affiliates.applications.review_promises import (
    ASKED,
    IN_REVIEW,
    SUBMITTED,
    Promises,
)
from tests.affiliates.applications.review_world import NAMES, killed_after, there_are
from tests.factories.applications import submitted
from workflows.deadlines.forecast import expected_steps
from workflows.deadlines.sweep import sweep
from workflows.models import Deadline, TakenStep
from workflows.reviews.services import assign_review

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
SWEEPS = st.integers(0, 2)
OTHERWISE = (
    "withdraw",
    "decline_as_spam",
    "cancel",
    "resume",
    "delete",
    "publish",
    "publish_by_schedule",
)
FATES = ("leaves", "is switched off", "is back")


class Reviews(Promises):
    # What people do

    def try_to(self, act):
        """A refusal has changed nothing."""
        before = Transition.objects.count()
        try:
            act()
        except REFUSALS:
            assert Transition.objects.count() == before

    @initialize(number=st.integers(1, 3), under_review=st.booleans(), asked=st.booleans())
    def begin(self, number, under_review, asked):
        for _ in range(number):
            self.apply()
        if under_review:
            self.start_reviews()
        for application in self.applications(IN_REVIEW) if asked else []:
            self.press("reject", application, self.people[0])
        self.later()

    @precondition(lambda self: len(self.applications(*ApplicationState)) < len(NAMES))
    @rule()
    def apply(self):
        name = NAMES[len(self.applications(*ApplicationState))]
        self.later()
        address = f"{name.split()[0].lower()}@group.example"
        submitted(self.program, now=self.now, name=name, contact_email=address)

    @there_are(IN_REVIEW)
    @rule(number=PICK, who=WHO, button=st.sampled_from(["reject", "approve", "decline"]))
    def decide(self, number, who, button):
        """A reviewer decides; "reject" is Wagtail's name for asking the group."""
        self.press(button, self.pick(number, IN_REVIEW), self.people[who])

    def press(self, button, application, person):
        """If Wagtail's editor shows the button to this person."""
        page = application.affiliate
        task, state = page.current_workflow_task, page.current_workflow_task_state
        if button in {action for action, *_ in task.get_actions(page, person)}:
            self.try_to(lambda: task.on_action(state, person, button, comment="A few words."))

    @there_are(IN_REVIEW)
    @rule(number=PICK, to=st.none() | WHO, by=WHO)
    def assign(self, number, to, by):
        state = self.pick(number, IN_REVIEW).affiliate.current_workflow_task_state.specific
        holder = None if to is None else self.people[to]
        assign_review(state=state, assignee=holder, by=self.people[by], now=self.now)

    @there_are(ASKED)
    @rule(number=PICK)
    def answer(self, number):
        answer_request(application=self.pick(number, ASKED), answer="Yes.", now=self.now)

    @there_are(*OPEN)
    @rule(number=PICK, who=WHO, what=st.sampled_from(OTHERWISE))
    def end_otherwise(self, number, who, what):
        application = self.pick(number, *OPEN)
        self.try_to(lambda: getattr(self, what)(application, self.people[who]))

    def withdraw(self, application, _person):
        withdraw_application(application=application, actor=Actor.APPLICANT, now=self.now)

    def decline_as_spam(self, application, person):
        decline_application(
            application=application, user=person, reason="Spam", now=self.now, tell=False
        )
        self.told_nothing.add(application.pk)

    def cancel(self, application, person):
        if application.state in UNDER_REVIEW:
            application.affiliate.current_workflow_state.cancel(user=person)

    def resume(self, application, person):
        if application.state == ASKED:
            application.affiliate.current_workflow_state.resume(user=person)

    def delete(self, application, person):
        if application.affiliate:
            application.affiliate.delete(user=person)

    def publish(self, application, person):
        if application.affiliate:
            application.affiliate.save_revision(user=person).publish(user=person)

    def publish_by_schedule(self, application, _person):
        self.publish(application, None)

    @there_are(SUBMITTED, stopped=True)
    @rule(number=PICK, who=WHO, in_wagtail=st.booleans())
    def start_again(self, number, who, in_wagtail):
        application, person = self.pick(number, SUBMITTED, stopped=True), self.people[who]
        page = application.affiliate
        if in_wagtail and page:
            page.get_workflow().start(page, user=person)
        elif not in_wagtail:
            self.try_to(lambda: restart_review(application=application, user=person, now=self.now))

    @there_are(*OPEN)
    @rule(change=st.sampled_from(sorted(NUMBERS)) | st.tuples(WHO, st.sampled_from(FATES)))
    def change_the_program(self, change):
        """Its days, or its reviewers, of whom nobody may be left."""
        self.later()
        if change in NUMBERS:
            self.follow(NUMBERS[change])
        else:
            self.change_reviewer(*change)

    def follow(self, numbers):
        """What comes of it when an editor publishes the program with these days."""
        changed = type(self.program).objects.filter(pk=self.program.pk)
        changed.update(**dict(zip(FIELDS, numbers, strict=True)))
        self.program.refresh_from_db()
        ensure_review_workflow(program=self.program)
        follow_policy(program=self.program)

    def change_reviewer(self, who, fate):
        person = self.people[who]
        person.is_active = fate != "is switched off"
        person.save()
        person.groups.set([] if fate == "leaves" else [self.group])
        self.people[who] = type(person).objects.get(pk=person.pk)  # permissions are remembered

    # What machines do

    @rule(hours=st.integers(0, 30), starts=st.booleans(), sweeps=SWEEPS, mails=st.booleans())
    def hours_pass(self, hours, **work):
        self.later(timedelta(hours=hours))
        self.workers_run(**work)

    @rule(days=st.integers(1, 24), starts=st.booleans(), sweeps=SWEEPS, mails=st.booleans())
    def days_pass(self, days, **work):
        """With nobody at work in the meantime."""
        self.later(timedelta(days=days))
        self.workers_run(**work)

    def workers_run(self, starts, sweeps, mails):
        if starts:
            self.start_reviews()
        if sweeps:
            self.sweep(times=sweeps)
        if mails:
            self.send_mails()
        self.nobody_is_waited_for_in_vain()

    def start_reviews(self):
        self.later()
        start_waiting_reviews(now=self.now)
        self._found = None
        assert not self.applications(SUBMITTED, stopped=False)
        assert recover_reviews(now=self.now) == 0

    def sweep(self, times):
        self.later()
        foretold = Counter(step.step for step in expected_steps(since=self.now, until=self.now))
        for _ in range(times):
            sweep(now=self.now)
        taken = TakenStep.objects.filter(taken_at=self.now).values_list("name", flat=True)
        assert Counter(taken) == foretold, "what was foretold comes, and nothing else"
        assert not Deadline.objects.filter(next_step_at__lte=self.now).exists()
        assert all(step.at > self.now for step in self.foretold_days(90))
        self.everybody_is_told_of_the_steps()

    def send_mails(self):
        self.later()
        for letter in self.deliver():
            self.check_letter(letter)
        for application in self.applications(*ApplicationState):
            self.check_what_came(application)

    @there_are(SUBMITTED, stopped=False)
    @rule(changes=st.integers(0, 60))
    def start_is_killed(self, changes):
        self.later()
        with killed_after(changes):
            start_waiting_reviews(now=self.now)

    @rule(days=st.integers(1, 24), changes=st.integers(0, 9))
    def sweep_is_killed(self, days, changes):
        self.later(timedelta(days=days))
        with killed_after(changes):
            sweep(now=self.now)
        self.everybody_is_told_of_the_steps()


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [2, pytest.param(16, marks=pytest.mark.long)])
def test_reviews_keep_their_promises_whatever_happens(smtp, settings, examples):
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"SWEEP_BATCH": 2}
    searched = int(os.environ.get("REVIEW_MACHINE", 0))
    Reviews.smtp = smtp
    run_state_machine_as_test(
        Reviews,
        settings=how(
            max_examples=searched or examples,
            stateful_step_count=40,
            derandomize=not searched,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

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
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test
from wagtail.models import WorkflowState

from affiliates import mails
from affiliates.deadlines import GROUP_ANSWER, REMIND_GROUP, REVIEW_START
from affiliates.exceptions import TransitionNotAllowed
from affiliates.models import AffiliatePage, Application, Transition
from affiliates.services.applications import withdraw_application
from affiliates.services.decisions import decline_application
from affiliates.services.information import answer_request
from affiliates.services.lost_reviews import find_lost_reviews
from affiliates.services.reviews import restart_review, start_waiting_reviews
from affiliates.states import ENDED, OPEN, UNDER_REVIEW, Actor, ApplicationState
from tests.affiliates.review_world import NAMES, World, killed_after, there_are
from tests.factories.applications import submitted
from workflows.mail_kinds import get_kind
from workflows.models import Deadline, OutgoingMail, TakenStep
from workflows.policies import get_policy
from workflows.review_policy import REVIEW
from workflows.services.deadlines import open_deadlines
from workflows.services.digests import WAITING_FOR_YOU, waiting_for
from workflows.services.forecast import expected_steps
from workflows.services.reviews import assign_review
from workflows.services.sweeping import sweep
from workflows.states import MailState

SUBMITTED = ApplicationState.SUBMITTED
IN_REVIEW = ApplicationState.IN_REVIEW
ASKED = ApplicationState.INFORMATION_NEEDED
APPROVED = ApplicationState.APPROVED
DECLINED = ApplicationState.DECLINED
WITHDRAWN = ApplicationState.WITHDRAWN

WATCHED_BY = {SUBMITTED: [REVIEW_START], IN_REVIEW: [REVIEW], ASKED: [GROUP_ANSWER]}
"""Whoever owes the next step of an application in this state, a deadline of this kind watches."""

QUESTIONS = (mails.INFORMATION_NEEDED, mails.ANSWER_REMINDER)
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


class Reviews(World):
    def __init__(self):
        super().__init__()
        self.told_nothing = set()
        self.days_with_a_list = set()
        self.promised = {}

    # What people do

    def try_to(self, act):
        """A refusal has changed nothing."""
        before = Transition.objects.count()
        try:
            act()
        except REFUSALS:
            assert Transition.objects.count() == before

    @precondition(lambda self: len(self.applications(*ApplicationState)) < len(NAMES))
    @rule()
    def apply(self):
        name = NAMES[len(self.applications(*ApplicationState))]
        self.later()
        address = f"{name.split()[0].lower()}@group.example"
        submitted(self.program, now=self.now, name=name, contact_email=address)

    @there_are(IN_REVIEW)
    @rule(number=PICK, who=WHO, button=st.sampled_from(["approve", "reject", "decline"]))
    def press_a_button(self, number, who, button):
        page = self.pick(number, IN_REVIEW).affiliate
        person, task = self.people[who], page.current_workflow_task
        if button not in {action for action, *_ in task.get_actions(page, person)}:
            return
        state = page.current_workflow_task_state
        self.try_to(lambda: task.on_action(state, person, button, comment="A few words."))

    @there_are(*OPEN)
    @rule(number=PICK, who=WHO)
    def decline_as_spam(self, number, who):
        spam, person = self.pick(number, *OPEN), self.people[who]

        def decline():
            decline_application(
                application=spam, user=person, reason="Spam", now=self.now, tell=False
            )
            self.told_nothing.add(spam.pk)

        self.try_to(decline)

    @there_are(ASKED)
    @rule(number=PICK)
    def answer(self, number):
        answer_request(application=self.pick(number, ASKED), answer="Yes.", now=self.now)

    @there_are(*OPEN)
    @rule(number=PICK)
    def withdraw(self, number):
        application = self.pick(number, *OPEN)
        withdraw_application(application=application, actor=Actor.APPLICANT, now=self.now)

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
    @rule(number=PICK)
    def delete_the_page(self, number):
        page = self.pick(number, *OPEN).affiliate
        if page:
            page.delete()

    @there_are(*OPEN)
    @rule(number=PICK, who=st.none() | WHO)
    def publish_directly(self, number, who):
        page = self.pick(number, *OPEN).affiliate
        person = None if who is None else self.people[who]
        if page:
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

    @rule(hours=st.integers(1, 30) | st.integers(24, 24 * 25))
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
    @rule(statements=st.integers(0, 150))
    def work_is_killed(self, statements):
        self.later()
        with killed_after(statements):
            start_waiting_reviews(now=self.now)

    @rule(times=st.integers(1, 2))
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

    @rule(statements=st.integers(0, 40))
    def sweep_is_killed(self, statements):
        self.later()
        with killed_after(statements):
            sweep(now=self.now)
        self.everybody_is_told_of_the_steps()

    def foretold_days(self, days):
        return expected_steps(since=self.now, until=self.now + timedelta(days=days))

    def everybody_is_told_of_the_steps(self):
        """Each step just taken is in a mail to each of its people: half a step is none."""
        for step in TakenStep.objects.filter(taken_at=self.now).select_related("deadline"):
            policy = get_policy(step.deadline.kind)
            policy.load([step.deadline])
            for person in policy.staff(step.deadline, step.audience):
                lists = OutgoingMail.objects.filter(kind=WAITING_FOR_YOU, recipient=person.email)
                newest = max(key.rpartition("/")[2] for key in lists.values_list("key", flat=True))
                assert newest >= self.today().isoformat()
            if step.name == REMIND_GROUP:
                asked = step.deadline.subject.open_question
                occurrence = mails.question_occurrence(asked)
                reminders = OutgoingMail.objects.filter(kind=mails.ANSWER_REMINDER)
                assert reminders.filter(key__endswith=f"/{occurrence}").count() == 1

    @rule()
    def mails_go_out(self):
        self.later()
        for letter in self.deliver():
            if letter.is_list:
                self.check_list(letter)
            elif letter.mail.kind in QUESTIONS:
                assert letter.mail.subject.state == ASKED, "nobody is asked once it is over"
        for application in Application.objects.all():
            self.check_letters(application)

    def check_list(self, letter):
        day = (letter.recipient, self.today())
        assert day not in self.days_with_a_list, "one list a day for each person"
        self.days_with_a_list.add(day)
        listed = Application.objects.filter(name__in=letter.names)
        assert listed, "an empty list is no mail"
        assert {application.state for application in listed} <= OPEN, "only what is open"

    def check_letters(self, application):
        """Everything said about it by now, once, and nothing that is not so."""
        state, heard = application.state, application.pk not in self.told_nothing
        assert self.came(mails.APPLICATION_RECEIVED, application) == 1
        assert self.came(mails.AFFILIATE_WELCOME, application) == (state == APPROVED)
        assert self.came(mails.APPLICATION_DECLINED, application) == (state == DECLINED and heard)
        assert self.came(mails.APPLICATION_WITHDRAWN, application) == (state == WITHDRAWN)
        for kind in QUESTIONS:
            assert self.came(kind, application) <= application.information_requests.count()
        asked = application.open_question
        if asked:
            occurrence = f"/{mails.question_occurrence(asked)}"
            assert [key for key in self.letters if QUESTIONS[0] in key and key.endswith(occurrence)]

    # What always holds

    @invariant()
    def one_clock_watches_the_next_step_of_each_open_application(self):
        running = list(Deadline.objects.filter(closed_at=None))
        assert all(deadline.next_step and deadline.next_step_at for deadline in running)
        assert len(running) == len(self.applications(*OPEN))
        for application in self.applications(*ApplicationState):
            kinds = [deadline.kind for deadline in self.running(application)]
            assert kinds == WATCHED_BY.get(application.state, []), application.state

    def running(self, application):
        yield from open_deadlines(subject=application)
        page = application.affiliate
        review = page.current_workflow_task_state if page else None
        if review:
            yield from open_deadlines(subject=review)

    @invariant()
    def no_step_is_taken_twice(self):
        steps = list(TakenStep.objects.all())
        assert len({(step.deadline_id, step.name, step.scheduled_for) for step in steps}) == len(
            steps
        )
        assert len({(step.deadline_id, step.taken_at) for step in steps}) == len(steps), (
            "of many missed steps only the newest comes"
        )

    @invariant()
    def what_is_decided_is_over(self):
        for application in self.applications(*ENDED):
            page = application.affiliate
            assert bool(page and page.live) == (application.state == APPROVED)
            assert application.open_question is None
            assert page is None or page.current_workflow_state is None

    @invariant()
    def pages_and_workflows_are_those_of_applications(self):
        everything = self.applications(*ApplicationState)
        assert AffiliatePage.objects.count() == sum(bool(item.affiliate) for item in everything)
        running = WorkflowState.objects.active().count()
        assert running == len(self.applications(*UNDER_REVIEW))

    @invariant()
    def promised_day_never_comes_earlier(self):
        for application in self.applications(*ApplicationState):
            before = self.promised.get(application.pk, application.decision_due_on)
            assert application.decision_due_on >= before
            self.promised[application.pk] = application.decision_due_on

    @invariant()
    def nothing_is_owed_for_what_is_over(self):
        over = {str(application.pk) for application in self.applications(*ENDED)}
        asking = OutgoingMail.objects.filter(kind__in=QUESTIONS, object_id__in=over)
        assert not any(get_kind(mail.kind).still_owed(mail) for mail in asking)
        for person in self.people:
            waiting = {item.waiting.title for item in waiting_for(person.email, now=self.now)}
            ended = [item.name for item in self.applications(*ENDED)]
            assert not any(name in title for title in waiting for name in ended)

    @invariant()
    def no_mail_is_stuck(self):
        states = set(OutgoingMail.objects.values_list("state", flat=True))
        assert states <= {MailState.QUEUED, MailState.SENT, MailState.OBSOLETE}


@pytest.mark.django_db
def test_reviews_keep_their_promises_whatever_happens(smtp, settings):
    settings.AFFILIATE_WORKFLOWS |= {"SWEEP_BATCH": 2}
    searched = int(os.environ.get("REVIEW_MACHINE", 0))
    Reviews.smtp = smtp
    run_state_machine_as_test(
        Reviews,
        settings=how(
            max_examples=searched or 20,
            stateful_step_count=40,
            derandomize=not searched,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

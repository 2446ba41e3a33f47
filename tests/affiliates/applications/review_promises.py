"""What the machine of ``test_review_machine.py`` holds: the promises, whatever happens."""

from datetime import timedelta

from hypothesis.stateful import invariant
from wagtail.models import WorkflowState

from affiliates.applications.deadlines import GROUP_ANSWER, REMIND_GROUP, REVIEW_START
from affiliates.applications.mails.applying import (
    APPLICATION_RECEIVED,
    APPLICATION_WITHDRAWN,
)
from affiliates.applications.mails.reviewing import (
    AFFILIATE_WELCOME,
    ANSWER_REMINDER,
    APPLICATION_DECLINED,
    INFORMATION_NEEDED,
    question_occurrence,
)
from affiliates.core.states import ENDED, OPEN, UNDER_REVIEW, ApplicationState
from affiliates.models import AffiliatePage, Application
from tests.affiliates.applications.review_world import World
from workflows.core.states import MailState
from workflows.deadlines.digests import WAITING_FOR_YOU, waiting_for
from workflows.deadlines.forecast import expected_steps
from workflows.deadlines.policies import get_policy
from workflows.deadlines.services import open_deadlines
from workflows.mail.kinds import get_kind
from workflows.models import Deadline, OutgoingMail, TakenStep
from workflows.reviews.policy import REVIEW

SUBMITTED = ApplicationState.SUBMITTED
IN_REVIEW = ApplicationState.IN_REVIEW
ASKED = ApplicationState.INFORMATION_NEEDED
APPROVED = ApplicationState.APPROVED
DECLINED = ApplicationState.DECLINED
WITHDRAWN = ApplicationState.WITHDRAWN

WATCHED_BY = {SUBMITTED: [REVIEW_START], IN_REVIEW: [REVIEW], ASKED: [GROUP_ANSWER]}
"""Whoever owes the next step of an application in this state, a deadline of this kind watches."""

QUESTIONS = (INFORMATION_NEEDED, ANSWER_REMINDER)


class Promises(World):
    """``told_nothing``: applications declined as spam."""

    def __init__(self):
        super().__init__()
        self.told_nothing = set()
        self.days_with_a_list = set()
        self.promised = {}

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

    @invariant()
    def no_mail_is_stuck(self):
        states = set(OutgoingMail.objects.values_list("state", flat=True))
        assert states <= {MailState.QUEUED, MailState.SENT, MailState.OBSOLETE}

    # What holds while workers run

    def nobody_is_waited_for_in_vain(self):
        ended = [application.name for application in self.applications(*ENDED)]
        for person in self.people:
            titles = [item.waiting.title for item in waiting_for(person.email, now=self.now)]
            assert not any(name in title for title in titles for name in ended)

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
                occurrence = question_occurrence(asked)
                reminders = OutgoingMail.objects.filter(kind=ANSWER_REMINDER)
                assert reminders.filter(key__endswith=f"/{occurrence}").count() == 1

    # What holds of mails that arrive

    def check_letter(self, letter):
        if letter.mail.kind == WAITING_FOR_YOU:
            self.check_list(letter)
        elif letter.mail.kind in QUESTIONS:
            asked = letter.mail.subject.open_question
            assert asked, "nobody is asked once it is over"
            assert letter.mail.key.endswith(f"/{question_occurrence(asked)}")

    def check_list(self, letter):
        day = (letter.recipient, self.today())
        assert day not in self.days_with_a_list, "one list a day for each person"
        self.days_with_a_list.add(day)
        listed = Application.objects.filter(name__in=letter.names)
        assert listed, "an empty list is no mail"
        assert {application.state for application in listed} <= OPEN, "only what is open"

    def check_what_came(self, application):
        """Everything said about it by now, once, and nothing that is not so."""
        state, heard = application.state, application.pk not in self.told_nothing
        assert self.came(APPLICATION_RECEIVED, application) == 1
        assert self.came(AFFILIATE_WELCOME, application) == (state == APPROVED)
        assert self.came(APPLICATION_DECLINED, application) == (state == DECLINED and heard)
        assert self.came(APPLICATION_WITHDRAWN, application) == (state == WITHDRAWN)
        for kind in QUESTIONS:
            assert self.came(kind, application) <= application.information_requests.count()
        asked = application.open_question
        if asked:
            occurrence = f"/{question_occurrence(asked)}"
            assert [key for key in self.letters if QUESTIONS[0] in key and key.endswith(occurrence)]

"""Other ways to take the steps of deadlines: SQL that does no more than it must, and a loop."""

from datetime import timedelta

LOOPED = 1_000
"""Rows for the loop, which is too slow for all; its time is scaled to the others'."""


def by_statements() -> None:
    """What any sweep has to write, with nothing asked and nothing known about the rows."""
    run_statements(STEPS, MAILS.format(recipient="d.object_id || '@example.org'", asked=""), MOVE)


def by_asking_statements() -> None:
    """The same, which ask what a sweep has to know before it writes."""
    run_statements(STEPS + IF_OWED, MAILS.format(recipient="c.email", asked=ASKED), MOVE + IF_OWED)


def run_statements(*statements: str) -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    now = timezone.now()
    values = {"now": now, "later": now + timedelta(days=6)}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)


STEPS = """
insert into affiliate_workflows_takenstep (deadline_id, name, audience, scheduled_for, taken_at)
select id, next_step, 'group', next_step_at, %(now)s from affiliate_workflows_deadline d
where next_step_at <= %(now)s
"""

MAILS = """
insert into affiliate_workflows_outgoingmail
    (key, kind, language, recipient, recipient_key, recipient_name, content_type_id, object_id,
     state, priority, attempts, uncertain_attempts, message_id, subject_line, envelope_sender,
     answer, created_at, next_attempt_at)
select 'answer_reminder/' || d.object_id, 'answer_reminder', 'en', {recipient}, {recipient}, 'Kim',
    d.content_type_id, d.object_id, 'queued', 50, 0, 0, '', '', '', '', %(now)s, %(now)s
from affiliate_workflows_deadline d {asked} where d.next_step_at <= %(now)s
on conflict do nothing
"""

ASKED = """
join affiliates_application a on a.id = d.object_id::bigint and a.state = 'information_needed'
join affiliates_contact c
    on c.application_id = a.id and c.role = 'primary' and c.bounced_at is null
join affiliates_informationrequest q
    on q.application_id = a.id and q.answered_at is null and q.dropped_at is null
"""

IF_OWED = """
and exists (select from affiliates_application a
            where a.id = d.object_id::bigint and a.state = 'information_needed')
"""

MOVE = """
update affiliate_workflows_deadline d
set last_step = next_step, counted_from = next_step_at, next_step = 'no_answer',
    next_step_at = %(later)s
where next_step_at <= %(now)s
"""


def by_loop() -> None:
    """A query, a mail and a save for each: what sites do that send reminders from a cron job."""
    from django.utils import timezone

    from affiliates.applications.mails.reviewing import answer_reminders
    from workflows.mail.outbox import queue
    from workflows.models import Deadline, TakenStep

    now = timezone.now()
    for deadline in Deadline.objects.filter(next_step_at__lte=now)[:LOOPED]:
        application = deadline.subject
        TakenStep.objects.create(
            deadline=deadline,
            name=deadline.next_step,
            audience="group",
            scheduled_for=deadline.next_step_at,
            taken_at=now,
        )
        queue(*answer_reminders(application), now=now)
        deadline.last_step, deadline.next_step = deadline.next_step, "no_answer"
        deadline.counted_from = deadline.next_step_at
        deadline.next_step_at = now + timedelta(days=6)
        deadline.save()

"""Applications whose groups owe an answer, and are to be reminded now: each is a step and a mail.

Written in bulk, since the services that make them would take hours.
"""

from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import connection

from affiliates.applications.deadlines import GROUP_ANSWER
from affiliates.core.states import ApplicationState, ContactRole
from affiliates.models import AffiliateProgramPage, Application, Contact, InformationRequest
from workflows.models import Deadline, OutgoingMail, TakenStep


def create(number: int, *, now: datetime) -> None:
    program = AffiliateProgramPage.objects.order_by("pk").first()
    applications = Application.objects.bulk_create(
        Application(
            program=program,
            reference=f"B{n:06}",
            name=f"Group {n}",
            state=ApplicationState.INFORMATION_NEEDED,
            submitted_at=now - timedelta(days=20),
        )
        for n in range(number)
    )
    Contact.objects.bulk_create(
        Contact(
            application=application,
            role=ContactRole.PRIMARY,
            name="Kim",
            email=f"{application.pk}@example.org",
        )
        for application in applications
    )
    InformationRequest.objects.bulk_create(
        InformationRequest(application=application, question="Who are you?", asked_at=now)
        for application in applications
    )
    kind = ContentType.objects.get_for_model(Application)
    Deadline.objects.all().delete()  # Those of the demo, so that all are alike.
    Deadline.objects.bulk_create(
        Deadline(
            kind=GROUP_ANSWER,
            content_type=kind,
            object_id=str(application.pk),
            opened_at=now,
            due_at=now,
            time_zone="UTC",
            counted_from=now,
        )
        for application in applications
    )


def make_due(*, now: datetime, number: int | None = None) -> None:
    """All, or so many, as on the day of the reminder, before anything was done."""
    TakenStep.objects.all().delete()
    OutgoingMail.objects.all().delete()
    due = now - timedelta(hours=1)
    Deadline.objects.filter(kind=GROUP_ANSWER).update(
        due_at=now + timedelta(days=6),
        counted_from=now - timedelta(days=10),
        last_step="",
        next_step="remind_group",
        next_step_at=due,
    )
    if number is not None:
        rest = Deadline.objects.filter(kind=GROUP_ANSWER).order_by("pk")[number:].values("pk")
        Deadline.objects.filter(pk__in=rest).update(next_step_at=now + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze affiliate_workflows_deadline")


def add_resting(number: int, *, now: datetime) -> None:
    """Deadlines of which none is due."""
    kind = ContentType.objects.get_for_model(Application)
    later = now + timedelta(days=30)
    Deadline.objects.bulk_create(
        (
            Deadline(
                kind=GROUP_ANSWER,
                content_type=kind,
                object_id=str(10_000_000 + n),
                opened_at=now,
                due_at=later,
                time_zone="UTC",
                counted_from=now,
                next_step="remind_group",
                next_step_at=later,
            )
            for n in range(number)
        ),
        batch_size=2000,
    )

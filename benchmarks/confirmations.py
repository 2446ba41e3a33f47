"""Applications that just came in, and the confirmation of each: in our outbox, and for the others.

Written in bulk, since the services that make them would take minutes.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any


def create(number: int, *, now: datetime) -> None:
    from affiliates.core.states import ApplicationState, ContactRole
    from affiliates.models import AffiliateProgramPage, Application, Contact

    program = AffiliateProgramPage.objects.order_by("pk").first()
    applications = Application.objects.bulk_create(
        (
            Application(
                program=program,
                reference=f"B{n:06}",
                name=f"Parents’ Group № {n}",
                state=ApplicationState.SUBMITTED,
                submitted_at=now - timedelta(minutes=n % 60),
                language="en",
            )
            for n in range(number)
        ),
        batch_size=1000,
    )
    Contact.objects.bulk_create(
        (
            Contact(
                application=application,
                role=ContactRole.PRIMARY,
                name=f"Kim Müller {application.pk}",
                email=f"kim{application.pk}@example.org",
            )
            for application in applications
        ),
        batch_size=1000,
    )


def empty_outbox() -> None:
    from workflows.models import OutgoingMail

    OutgoingMail.objects.all().delete()


def queue_ours(number: int, *, now: datetime) -> None:
    """In one transaction, so that both processes see them at once."""
    from django.db import transaction

    from affiliates.applications.mails.applying import application_received
    from affiliates.models import Application
    from workflows.mail.outbox import queue

    applications = Application.objects.filter(reference__startswith="B").order_by("pk")
    chosen = list(applications.prefetch_related("contacts")[:number])
    with transaction.atomic():
        for start in range(0, number, 1000):
            mails = (
                application_received(application) for application in chosen[start : start + 1000]
            )
            queue(*mails, now=now)


def values_of(application: Any, contact: Any) -> dict[str, str]:
    """What our kind of mail says, for those that write it in Django's way."""
    from affiliates.applications.mails import applying
    from workflows.models import OutgoingMail

    mail = OutgoingMail(recipient=contact.email, recipient_name=contact.name)
    return {**applying._about(application, mail), **applying._promise(application, mail)}


def write_texts(directory: Path) -> None:
    """Our text and HTML as templates of Django's, so that all send the same."""
    from workflows.mail.kinds import get_kind
    from workflows.mail.rendering import compose
    from workflows.mail.wordings import default_wording

    kind = get_kind("application_received")
    names = [placeholder.name for placeholder in kind.placeholders]
    values = {name: f"{{{{{name}}}}}" for name in names}
    values["status_url"] = "https://example.org/{{status_url}}"
    content = compose(kind, default_wording(kind, "en"), values, contact="{{writer_email}}")
    directory.mkdir(exist_ok=True)
    for name, text in (
        ("_subject.txt", content.subject),
        (".txt", content.text),
        (".html", content.html),
    ):
        text = text.replace("https://example.org/{{status_url}}", "{{status_url}}")
        if name != ".html":
            text = f"{{% autoescape off %}}{text}{{% endautoescape %}}"
        (directory / f"confirmation{name}").write_text(text)

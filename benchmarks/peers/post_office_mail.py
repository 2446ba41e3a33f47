"""django-post-office: the mails are queued with their values, and written when they are sent."""

import os
import sys
from pathlib import Path

import django

CHUNK = 1000


def main() -> None:
    django.setup()
    from django.conf import settings
    from post_office import mail
    from post_office.models import EmailTemplate

    from affiliates.models import Application
    from benchmarks.confirmations import values_of

    texts = Path(settings.MAIL_TEXTS)
    template, _ = EmailTemplate.objects.get_or_create(
        name="confirmation",
        defaults={
            "subject": texts.joinpath("confirmation_subject.txt").read_text().strip(),
            "content": texts.joinpath("confirmation.txt").read_text(),
            "html_content": texts.joinpath("confirmation.html").read_text(),
        },
    )
    applications = Application.objects.select_related("program").prefetch_related("contacts")
    chosen = applications.filter(reference__startswith="B").order_by("pk")
    new = []
    for application in chosen[: int(os.environ["MAILS"])]:
        contact = application.primary_contact
        values = values_of(application, contact)
        new.append(
            {
                "recipients": [contact.email],
                "template": template,
                "context": values,
                "render_on_delivery": True,
                "headers": {"Reply-To": values["writer_email"]},
            }
        )
    for start in range(0, len(new), CHUNK):
        mail.send_many(new[start : start + CHUNK])


if __name__ == "__main__":
    sys.exit(main())

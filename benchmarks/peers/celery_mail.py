"""Plain Celery: a task for each mail, with its default settings. Django writes the mail."""

import os

import django
from celery import Celery
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

django.setup()
app = Celery("mail", broker=os.environ["REDIS_URL"])


@app.task
def send_confirmation(pk: int) -> None:
    from affiliates.models import Application
    from benchmarks.confirmations import values_of

    application = Application.objects.select_related("program").get(pk=pk)
    contact = application.primary_contact
    values = values_of(application, contact)
    subject, text, html = (
        render_to_string(f"confirmation{name}", values)
        for name in ("_subject.txt", ".txt", ".html")
    )
    mail = EmailMultiAlternatives(
        subject.strip(), text, to=[contact.email], reply_to=[values["writer_email"]]
    )
    mail.attach_alternative(html, "text/html")
    mail.send()

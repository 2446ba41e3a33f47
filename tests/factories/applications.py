"""What a browser sends for an application, and applications as the services make them."""

from datetime import timedelta
from uuid import uuid4

import time_machine
from django.urls import reverse
from django.utils import timezone

from affiliates.applications.forms.fields import accept_name, shown_name
from affiliates.applications.forms.public import PublicForm
from affiliates.applications.services.submission import save_draft, submit_application
from affiliates.models import Application
from affiliates.spam.form_tokens import issue_form_token, read_form_token

A_WHILE = timedelta(minutes=5)


def apply_url(program):
    return reverse("affiliates:apply", kwargs={"program_slug": program.slug})


def form_data(program, **changes):
    """A complete application as a browser posts it; None takes a field out."""
    data = {
        "name": "Safer Schools Ohio",
        "region": "US-OH",
        "scope": "state",
        "locality": "",
        "summary": "Parents and teachers who work for safe schools.",
        "link_website": "https://saferschools.org/",
        "contact_name": "Rosa Diaz",
        "contact_email": "rosa@saferschools.org",
        "contact_phone": "614 555 0123",
        "language": "en",
    }
    for _kind, statement in program.statements_to_accept():
        data[accept_name(statement)] = "on"
        data[shown_name(statement)] = statement.text_hash
    data.update(changes)
    return {name: value for name, value in data.items() if value is not None}


def shown_token(program, *, ago=A_WHILE, **kwargs):
    """The token of a form that was shown a while ago."""
    with time_machine.travel(timezone.now() - ago, tick=False):
        return issue_form_token(program_id=program.pk, **kwargs)


def posted(program, **changes):
    """``form_data`` with the token of a form that was shown a while ago."""
    return {"form_token": shown_token(program), **form_data(program, **changes)}


def submitted(program, *, now=None, key=None, **changes):
    """An application that was sent."""
    form = PublicForm(program, form_data(program, **changes))
    assert form.is_valid(), form.errors
    return submit_application(
        form=form, program=program, key=key or uuid4(), now=now or timezone.now()
    )


def saved_draft(program, *, email="rosa@saferschools.org", now=None, **typed):
    """A draft that was saved with these texts."""
    form_token = read_form_token(shown_token(program), program_id=program.pk)
    return save_draft(
        program=program,
        key=form_token.key,
        form_token=form_token,
        email=email,
        typed={"contact_email": [email], **{name: [text] for name, text in typed.items()}},
        language="en",
        now=now or timezone.now(),
    )


def in_state(program, state, **changes):
    """An application that is in ``state``, however it got there."""
    application = submitted(program, **changes)
    Application.objects.filter(pk=application.pk).update(state=state)
    application.refresh_from_db()
    return application

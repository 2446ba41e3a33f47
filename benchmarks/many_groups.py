"""Fills a site with affiliates as people would see them: pages, contacts, open requests, lateness.

And with applications, of which a few wait. Run inside of it:
``manage.py shell -c "from benchmarks.many_groups import fill; fill(100, 100)"``.
"""

import json
from datetime import timedelta

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from affiliates.core.states import ApplicationState, ContactRole
from affiliates.models import AffiliateProgramPage, Application, Contact, UpdateRequest
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.services.importing import import_affiliates

HEADINGS = "region,name,about,website,contact name,contact email"
EACH_LATE = 2
WAITING_OF_EACH_1000 = 60
"""The first ones: a full page of them also where there are 100."""


def fill(groups: int, applications: int) -> None:
    """Until there are so many; print what a person of staff needs to look at them."""
    program = AffiliateProgramPage.objects.order_by("pk").first()
    user = get_user_model().objects.get(username="admin")
    rows = [HEADINGS, *map(_row, range(program.affiliations.count(), groups))]
    import_affiliates(program=program, table=read_table("\n".join(rows).encode()), by=user)
    _ask_for_updates(program)
    _add_applications(program, range(program.applications.count(), applications))
    connection.cursor().execute("vacuum analyze")
    group = program.affiliations.order_by("-pk").first()
    application = program.applications.order_by("-pk").first()
    known = {"program": program.pk, "group": group.pk, "page": group.page.pk}
    known |= {"application": application.pk, "session": _session_of(user)}
    print(json.dumps(known))


def _add_applications(program, numbers: range) -> None:
    now = timezone.now()
    added = Application.objects.bulk_create(
        (_application(program, number, now) for number in numbers), batch_size=2000
    )
    Contact.objects.bulk_create(
        (
            Contact(
                application=application,
                role=ContactRole.PRIMARY,
                name="Kim",
                email=f"{application.pk}@example.org",
            )
            for application in added
        ),
        batch_size=2000,
    )


def _application(program, number: int, now) -> Application:
    decided = ApplicationState.APPROVED if number % 3 else ApplicationState.DECLINED
    return Application(
        program=program,
        reference=f"B{number:06}",
        name=f"Chapter {number}",
        region="US-OH",
        summary="Works for safe schools. " * 10,
        state=ApplicationState.IN_REVIEW if number % 1000 < WAITING_OF_EACH_1000 else decided,
        submitted_at=now - timedelta(hours=number),
    )


def _row(number: int) -> str:
    return f"Ohio,Chapter {number},Works for safe schools.,www.c{number}.org,Kim,kim@c{number}.org"


def _ask_for_updates(program) -> None:
    today = timezone.localdate()
    UpdateRequest.objects.bulk_create(
        UpdateRequest(
            affiliation=affiliation,
            reference=f"B{affiliation.pk:06}",
            period_start=today - timedelta(days=130),
            period_end=today - timedelta(days=41),
            due_on=today + timedelta(days=-40 if number % EACH_LATE == 0 else 5),
            opened_at=timezone.now(),
        )
        for number, affiliation in enumerate(program.affiliations.filter(update_requests=None))
    )


def _session_of(user) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.create()
    return session.session_key

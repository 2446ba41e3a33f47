"""The site's database before and after: what is put into it, and what it says. Needs Django."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from affiliates.applications.deadlines import REVIEW_START
from affiliates.core.states import ApplicationState
from affiliates.models import AffiliateProgramPage, Application, UpdateRequest
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.services.importing import import_affiliates
from affiliates.updates.deadlines import UPDATE
from affiliates.updates.services.asking import open_due_requests
from program_site.demo import loading
from program_site.demo.clock import set_back
from program_site.demo.people import ADMIN
from tests.chaos.history import StoredApplication, StoredDeadline, StoredMail
from workflows.core.states import UNFINISHED
from workflows.models import Deadline, OutgoingMail, ReviewTaskState, TakenStep
from workflows.reviews.policy import REVIEW

HEADINGS = "region,name,about,contact name,contact email"
LONG_AGO = timedelta(days=500)
"""Long enough to be due for an update."""


def prepare(groups: list[str], *, over: timedelta) -> AffiliateProgramPage:
    """A program with groups of these addresses, to be asked for an update one after the other."""
    now = timezone.now()
    with set_back(now - LONG_AGO):
        program = loading.load_site()
        rows = [HEADINGS, *map(_row, groups)]
        admin = get_user_model().objects.get(username=ADMIN.username)
        import_affiliates(program=program, table=read_table("\n".join(rows).encode()), by=admin)
    open_due_requests(now=now)
    deadlines = list(Deadline.objects.filter(kind=UPDATE))
    for number, deadline in enumerate(deadlines):
        deadline.next_step_at = now + number * over / len(groups)
    Deadline.objects.bulk_update(deadlines, ["next_step_at"], batch_size=500)
    return program


def is_at_work() -> bool:
    """Whether beat, the broker and a worker have taken the first step."""
    begun = TakenStep.objects.exists()
    connection.close()  # The server is about to be killed.
    return begun


def _row(address: str) -> str:
    return f"Ohio,{address.partition('@')[0]},Works for safe schools.,Kim,{address}"


def still_to_do() -> dict[str, int]:
    """What keeps the site from being at rest. Mails for another day do not."""
    now = timezone.now()
    unfinished = OutgoingMail.objects.filter(state__in=UNFINISHED)
    return {
        "mails": unfinished.exclude(next_attempt_at__gt=now + timedelta(hours=1)).count(),
        "reviews": Application.objects.filter(state=ApplicationState.SUBMITTED).count(),
        "deadlines": Deadline.objects.filter(closed_at=None, next_step_at__lte=now).count(),
    }


def applications() -> Iterator[StoredApplication]:
    """Those that came from a network, by the API."""
    clocks = _clocks()
    for one in Application.objects.exclude(network_hash="").prefetch_related("contacts"):
        address = one.primary_contact.email if one.primary_contact else ""
        yield StoredApplication(one.reference, address, tuple(clocks[one.pk]))


def mails() -> Iterator[StoredMail]:
    rows = OutgoingMail.objects.exclude(next_attempt_at__gt=timezone.now() + timedelta(hours=1))
    fields = ("kind", "recipient", "message_id", "state", "uncertain_attempts")
    for values in rows.values_list(*fields):
        yield StoredMail(*values)


def deadlines() -> Iterator[StoredDeadline]:
    """Those of requests for updates."""
    requests = UpdateRequest.objects.prefetch_related("affiliation__contacts").in_bulk()
    for one in Deadline.objects.filter(kind=UPDATE).prefetch_related("taken_steps"):
        [contact] = requests[int(one.object_id)].affiliation.contacts.all()
        steps = tuple(step.name for step in one.taken_steps.all())
        yield StoredDeadline(contact.email, steps)


def _clocks() -> dict[int, list[str]]:
    """What each application's deadlines are and came to, by its key."""
    pages = {
        str(page): key
        for key, page in Application.objects.values_list("pk", "affiliate_id")
        if page
    }
    reviews = {
        str(key): pages[page]
        for key, page in ReviewTaskState.objects.values_list("pk", "workflow_state__object_id")
    }
    clocks = defaultdict(list)
    for one in Deadline.objects.filter(kind__in=(REVIEW, REVIEW_START)).order_by("kind"):
        key = reviews[one.object_id] if one.kind == REVIEW else int(one.object_id)
        outcome = one.outcome or ("running" if one.next_step_at else "without a next step")
        clocks[key].append(f"{one.kind}: {outcome}")
    return clocks

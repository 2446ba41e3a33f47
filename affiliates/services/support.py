"""What happens to a call for help: it is opened by an update, taken, answered, or closed."""

from datetime import datetime

from affiliates.deadlines import SUPPORT
from affiliates.models import ContactUpdate, SupportRequest
from affiliates.promised_days import calendar_of
from affiliates.review_policies import program_review_policy
from workflows.review_policy import REVIEWERS
from workflows.services.deadlines import open_deadline
from workflows.services.digests import Told, tell


def open_support_request(*, update: ContactUpdate, now: datetime) -> SupportRequest:
    """A group has asked for help: we owe it an answer by a day.

    Effects, in the caller's transaction: the call, its deadline "support", and the mail of the day
    to those who look after the program's affiliates.
    """
    affiliation = update.affiliation
    calendar = calendar_of(affiliation.program)
    due_on = calendar.add(calendar.day_of(now), affiliation.program.support_days)
    call = SupportRequest.objects.create(
        affiliation=affiliation,
        update=update,
        text=update.text,
        needs=update.needs,
        opened_at=now,
        due_on=due_on,
    )
    open_deadline(kind=SUPPORT, subject=call, due_at=calendar.moment(due_on), now=now)
    people = program_review_policy(affiliation.program).audience(REVIEWERS)
    tell([Told(person, calendar, now) for person in people], now=now)
    return call

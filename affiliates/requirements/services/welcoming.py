"""Send imported groups their welcome and the first request to affirm, some on each day."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from affiliates.affiliations.services.lifecycle import never_welcomed
from affiliates.audit.affiliate_log import log_all
from affiliates.audit.permissions import may_manage_all
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.mail.contacts import reachable
from affiliates.models import Affiliation, Commitment
from affiliates.models.fields import know
from affiliates.programs.days_off import calendar_for
from affiliates.programs.promised_days import today_at
from affiliates.programs.review_policies import load_programs
from affiliates.requirements.clocks import first_due, run_clocks, save_days, set_due
from affiliates.requirements.mails import group_welcomes
from affiliates.requirements.queries import asked_commitments
from workflows.mail.outbox import queue

WELCOMED = "affiliates.welcomed"  # log action of the affiliation


def to_welcome(affiliations: QuerySet[Affiliation]) -> list[Affiliation]:
    """Those never welcomed that can be reached by email, in the order of their names."""
    found = list(never_welcomed(affiliations).order_by("name", "pk"))
    load_programs(found)
    know(Affiliation, {one.pk: one for one in found}, "contacts")
    return [one for one in found if reachable(one)]


def welcome(*, affiliations: QuerySet[Affiliation], per_day: int, user: User, now: datetime) -> int:
    """Queue the welcome for ``per_day`` groups on each business day, the first ones now; returns
    for how many groups. Effects, in one transaction: the emails; what the group has not affirmed
    yet falls due after the requirement's first days; log entries. A group is welcomed once. Raises
    TransitionNotAllowed.
    """
    with transaction.atomic():
        rows = Affiliation.objects.select_for_update(of=("self",), no_key=True)
        found = to_welcome(rows.filter(pk__in=affiliations.order_by().values("pk")))
        programs = {one.program_id: one.program for one in found}
        if not all(may_manage_all(user, program) for program in programs.values()):
            raise TransitionNotAllowed
        for number, affiliation in enumerate(found):
            affiliation.welcomed_at = _moment(affiliation, number // per_day, now)
        Affiliation.objects.bulk_update(found, ["welcomed_at"], batch_size=500)
        _ask_to_affirm(found, now)
        queue(*(mail for one in found for mail in _mails(one, now)), now=now)
        log_all(found, WELCOMED, user=user, now=now)
    return len(found)


def _moment(affiliation: Affiliation, days: int, now: datetime) -> datetime:
    return calendar_for(affiliation).after(now, days) if days else now


def _mails(affiliation: Affiliation, now: datetime) -> Iterable:
    at = affiliation.welcomed_at
    return group_welcomes(affiliation, not_before=at if at and at > now else None)


def _ask_to_affirm(affiliations: Sequence[Affiliation], now: datetime) -> None:
    """Also what fell due before the group had heard of it."""
    welcomed = {one.pk: one for one in affiliations}
    unproved: QuerySet[Commitment] = asked_commitments().filter(
        affiliation__in=welcomed, requirement__kind="reaffirm", proved_on=None, waived_on=None
    )
    commitments = list(unproved.select_for_update(of=("self",), no_key=True))
    for commitment in commitments:
        commitment.affiliation = affiliation = welcomed[commitment.affiliation_id]
        day = today_at(affiliation.program, affiliation.welcomed_at or now)
        set_due(commitment, first_due(commitment, day))
    save_days(commitments)
    run_clocks(commitments, outcome="welcomed", now=now)

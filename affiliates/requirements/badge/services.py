"""Looks at the websites of groups, and what comes of it. Each group has a row that says when to
look next; a lease on it keeps other workers away from that host.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from affiliates.affiliations.standing.requirements import state_of
from affiliates.core.batches import do_each
from affiliates.core.conf import settings
from affiliates.core.networks.links import host_of
from affiliates.core.states import (
    SIGHTINGS,
    Actor,
    AffiliationState,
    BadgeFinding,
    RequirementState,
)
from affiliates.core.text import for_staff
from affiliates.models import Affiliation, BadgeLook, Commitment, Proof
from affiliates.programs.promised_days import today_at
from affiliates.requirements.badge.addresses import (
    WantedOfProgram,
    first_websites,
    site_address,
    wanted_of,
    websites_of,
)
from affiliates.requirements.badge.findings import sentence_of
from affiliates.requirements.badge.looking import Seen, look_for
from affiliates.requirements.badge.visits import LONGEST_ADDRESS, Visitor
from affiliates.requirements.clocks import today_of
from affiliates.requirements.queries import held
from affiliates.requirements.services.proving import cannot_tell, fall_due, prove

BATCH = 20
"""Read at once: soon enough before the last of them is looked at."""

LEASE = timedelta(minutes=10)
HOST_REST = timedelta(minutes=1)
ONE_DAY = timedelta(days=1)
RENEWED_AFTER = timedelta(days=28)
"""A sighting becomes a proof if the last one is older: weekly looks would fill the history."""

LOADED_DAYS = 7
"""How long it counts that the website showed the badge to a visitor."""


MEANWHILE = ("link", "next_at", "loaded_on", "seen_on", "missed_on", "missing_on")
"""What may have changed while we looked: a link was sent, or the badge was loaded."""


def begin_looking(commitments: Sequence[Commitment], now: datetime) -> None:
    """Nobody is asked before we have looked: unknown at first, where there is a website. In the
    caller's transaction, before the clocks start.
    """
    websites = websites_of([commitment.affiliation for commitment in commitments])
    BadgeLook.objects.bulk_create(
        BadgeLook(commitment=one, host=host_of(websites.get(one.affiliation_id, "")), next_at=now)
        for one in commitments
    )
    reason = for_staff(lambda: _("We have not looked at the website yet."))
    unknown = [one for one in commitments if one.affiliation_id in websites] if _may_look() else []
    for commitment in unknown:
        commitment.unknown_on, commitment.reason = today_of(commitment, now), reason
    Commitment.objects.bulk_update(unknown, ["unknown_on", "reason"], batch_size=1000)


def look_again(proof: Proof) -> None:
    """Somebody has told where it is shown: look there, in the caller's transaction."""
    if proof.actor != Actor.SYSTEM:
        link = str(proof.data.get("link", ""))
        looks = BadgeLook.objects.filter(commitment=proof.commitment)
        looks.update(link=link, next_at=proof.at, missed_on=None, missing_on=None)


def note_load(*, affiliation: Affiliation, referer: str, now: datetime) -> None:
    """The badge was loaded by its own address. Only the first load of a day from the host of the
    group's website writes anything, and that is the day. It proves nothing: the next look decides.
    """
    host = host_of(referer)
    if not host:
        return
    today = today_at(affiliation.program, now)
    fresh = BadgeLook.objects.filter(commitment__affiliation=affiliation, host=host).filter(
        Q(loaded_on=None) | Q(loaded_on__lt=today)
    )
    keys = list(fresh.values_list("pk", flat=True))
    if keys:
        soon = Case(When(finding__in=SIGHTINGS, then=F("next_at")), default=Value(now))
        BadgeLook.objects.filter(pk__in=keys).update(loaded_on=today, next_at=soon)


def look_for_badges(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Look at each website that is due, one after the other; returns how many. What comes of each
    is committed by itself. Processes may run it concurrently, but not in a transaction.
    """
    if not _may_look():
        return 0
    return do_each(
        _claimed(now, should_stop),
        partial(_look_at, of_programs={}, now=now),
        failure="Look %s for a badge failed",
    )


def _may_look() -> bool:
    return settings.BADGE_LOOK_DAYS > 0


def _claimed(now: datetime, should_stop: Callable[[], bool]) -> Iterator[BadgeLook]:
    BadgeLook.objects.filter(leased_until__lt=now).update(leased_until=None)
    while looks := list(_with_website(_due(now))[:BATCH]):
        for look in looks:
            if should_stop():
                return
            if _claim(look, now):
                yield look


def _due(now: datetime) -> QuerySet[BadgeLook]:
    """Those of active affiliates whose host nobody has visited within the last minute."""
    near = BadgeLook.objects.filter(host=OuterRef("host")).exclude(host="")
    visited = near.filter(Q(leased_until__isnull=False) | Q(looked_at__gt=now - HOST_REST))
    return BadgeLook.objects.filter(
        ~Exists(visited),
        next_at__lte=now,
        leased_until=None,
        commitment__affiliation__state=AffiliationState.ACTIVE,
        commitment__requirement__retired_at=None,
    ).order_by("next_at", "pk")


def _claim(look: Any, now: datetime) -> bool:
    """Lease it, unless another worker was faster here or at the same host, and read the link as it
    is by then. If this worker dies, it is looked at a day later.
    """
    free = _due(now).filter(pk=look.pk)
    lease = {"host": host_of(look.website), "leased_until": now + LEASE, "next_at": now + ONE_DAY}
    try:
        with transaction.atomic():
            is_ours = bool(free.update(**lease))
    except IntegrityError:
        free.update(next_at=now + HOST_REST)
        return False
    for name, value in lease.items():
        setattr(look, name, value)
    if is_ours:
        look.refresh_from_db(fields=["link"])
    return is_ours


def _with_website(looks: QuerySet[BadgeLook]) -> QuerySet[Any]:
    """Each with its ``website``, the address of the group's page on the web or ``""``."""
    page = "commitment__affiliation__page"
    websites = first_websites().filter(affiliate=OuterRef(page)).values("url")
    return looks.select_related(page).annotate(website=Coalesce(Subquery(websites[:1]), Value("")))


def _look_at(look: Any, *, of_programs: dict[int, WantedOfProgram], now: datetime) -> int:
    affiliation = look.commitment.affiliation
    starts = [url for url in dict.fromkeys((look.link, look.website)) if url]
    wanted = wanted_of(affiliation, of_programs)
    seen = look_for(wanted, starts, Visitor(site_address(affiliation.program)))
    note_seen(look=look, seen=seen, now=now)
    return 1


@transaction.atomic
def note_seen(*, look: BadgeLook, seen: Seen, now: datetime) -> None:
    """What a look comes to. Effects, in one transaction: the row with the next look; a
    sighting proves; a second miss on another day falls due, with notice; a website that could not
    be looked at makes it unknown, unless somebody told us where to look.
    """
    found = held([look.commitment])
    if not found or found[0].affiliation.state != AffiliationState.ACTIVE:
        BadgeLook.objects.filter(pk=look.pk).update(leased_until=None)
        return
    [commitment] = found
    today = today_of(commitment, now)
    look.refresh_from_db(fields=MEANWHILE)
    is_wanted_again = look.leased_until is not None and look.next_at < now + ONE_DAY
    if seen.finding not in (*SIGHTINGS, BadgeFinding.MISSED) and _is_loaded(look, today):
        seen = Seen(BadgeFinding.LOADED, seen.address)
    look.finding, look.address = seen.finding, seen.address[:LONGEST_ADDRESS]
    look.looked_at, look.leased_until = now, None
    act = _ACTS.get(seen.finding, _unclear)
    days = act(look, commitment, state_of(commitment, today), today, now)
    if not is_wanted_again:
        look.next_at = now + timedelta(days=days)
    look.save()


def _is_loaded(look: BadgeLook, today: date) -> bool:
    return look.loaded_on is not None and (today - look.loaded_on).days <= LOADED_DAYS


def _seen(look: BadgeLook, commitment: Commitment, state: str, today: date, now: datetime) -> int:
    look.seen_on, look.missed_on, look.missing_on = today, None, None
    if state != RequirementState.WAIVED and _is_worth_a_proof(commitment, state, today):
        data = {"how": look.finding, "link": look.address}
        prove(commitment=commitment, actor=Actor.SYSTEM, data=data, now=now)
    return settings.BADGE_LOOK_DAYS


def _is_worth_a_proof(commitment: Commitment, state: str, today: date) -> bool:
    """Also if it would be asked for before long."""
    proved_on, ask_on = commitment.proved_on, commitment.ask_on
    if state != RequirementState.KEPT or proved_on is None or today - proved_on >= RENEWED_AFTER:
        return True
    return proved_on < today and ask_on is not None and ask_on - today <= RENEWED_AFTER


def _missed(look: BadgeLook, commitment: Commitment, state: str, today: date, now: datetime) -> int:
    look.missed_on = look.missed_on or today
    if look.missed_on < today:
        look.missing_on = look.missing_on or today
        if state in (RequirementState.KEPT, RequirementState.UNKNOWN):
            _ask(look, commitment, now)
    return _days_to_next(look.missed_on, today)


def _ask(look: BadgeLook, commitment: Commitment, now: datetime) -> None:
    reason = for_staff(partial(sentence_of, look))
    fall_due(commitments=[commitment], reason=reason, with_notice=True, now=now)


def _unclear(
    look: BadgeLook, commitment: Commitment, state: str, today: date, now: datetime
) -> int:
    if state == RequirementState.KEPT and not _was_told(commitment):
        cannot_tell(commitment=commitment, reason=for_staff(partial(sentence_of, look)), now=now)
        return 1
    since = commitment.unknown_on or look.missed_on
    return _days_to_next(since, today) if since else settings.BADGE_LOOK_DAYS


def _was_told(commitment: Commitment) -> bool:
    """Whether the group or staff gave the last proof."""
    last = commitment.proofs.first()
    return last is not None and last.actor != Actor.SYSTEM


def _without_website(
    look: BadgeLook, commitment: Commitment, state: str, today: date, now: datetime
) -> int:
    if state == RequirementState.UNKNOWN:
        _ask(look, commitment, now)
    return settings.BADGE_LOOK_DAYS


def _days_to_next(since: date, today: date) -> int:
    """Tomorrow at first, and less and less often, if it goes on like this."""
    return min(max((today - since).days, 1), settings.BADGE_LOOK_DAYS)


_ACTS = {
    **dict.fromkeys(SIGHTINGS, _seen),
    BadgeFinding.MISSED: _missed,
    BadgeFinding.NO_WEBSITE: _without_website,
}

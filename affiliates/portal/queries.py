"""What a contact sees of the affiliation. The number of queries does not grow with its history."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.forms import Form
from django.utils.translation import gettext as _

from affiliates.affiliations.services.listing import hidden_at
from affiliates.affiliations.standing.requirements import RequirementStatus
from affiliates.affiliations.standing.rules import StandingReport, standing_of
from affiliates.core.exceptions import PageNotPublic
from affiliates.core.scopes import where
from affiliates.core.states import (
    AffiliationState,
    ContactRole,
    SupportState,
    UpdateKind,
    UpdateRequestState,
)
from affiliates.models import (
    AffiliatePage,
    Affiliation,
    ContactUpdate,
    ProfileChange,
)
from affiliates.models.updates_routes import public_url
from affiliates.portal.profile import Profile, as_shown, labels, profile_of
from affiliates.programs.days_off import calendar_for
from affiliates.programs.promised_days import today_at
from affiliates.requirements.kinds import RequirementKind, found_out, get_kind
from affiliates.updates.queries import going_live, is_decided, published_updates_of, read_by
from workflows.core.due import long_date
from workflows.deadlines.services import open_deadlines
from workflows.reviews.policy import REVIEW

MOST = 20


@dataclass(frozen=True)
class SentUpdate:
    """An update and its outcome. ``read_by`` is set while it is under review."""

    update: ContactUpdate
    became: str
    read_by: date | None
    url: str | None
    can_change: bool

    @property
    def period(self) -> str | None:
        return self.update.request.period.label if self.update.request else None

    @property
    def asked_changes(self) -> str:
        return self.update.asked_changes if self.can_change else ""

    @property
    def version(self) -> str | None:
        return f"{self.update.key}.{self.update.version}" if self.can_change else None


@dataclass(frozen=True)
class ProposedChange:
    """A proposal for display. ``read_by`` is set while it is under review."""

    change: ProfileChange
    wanted: Profile
    read_by: date | None

    @property
    def facts(self) -> list[tuple[str, str]]:
        known = labels()
        return [(str(known[name]), after) for name, after in self.wanted.items()]


def own_details(affiliation: Affiliation, now: datetime) -> dict[str, Any]:
    """Context of the page. ``affiliation`` must have its program and page loaded."""
    today = today_at(affiliation.program, now)
    page = affiliation.page if affiliation.page and affiliation.page.live else None
    updates, change = _sent_updates(affiliation, today), newest_change(affiliation, today)
    is_past = Q(due_on__lt=today)
    requests = list(affiliation.update_requests.order_by("-period_start").annotate(is_late=is_past))
    owed = [one for one in requests if one.state == UpdateRequestState.OPEN]
    calls = affiliation.support_requests.annotate(is_late=is_past & Q(state=SupportState.OPEN))
    contacts = list(affiliation.contacts.all())
    paused_until = affiliation.reminders_paused_until
    standing = standing_of(affiliation, now)
    return {
        "affiliation": affiliation,
        "program": affiliation.program,
        "is_hidden": hidden_at(affiliation) is not None,
        "is_ended": affiliation.state == AffiliationState.ENDED,
        "page": page,
        "links": affiliation.program.shown_links(page.links.all()) if page else [],
        "where": where(page.scope, page.region, page.locality) if page else "",
        "contacts": contacts,
        "has_second_contact": any(one.role == ContactRole.ALTERNATE for one in contacts),
        "standing": standing,
        "checklist": checklist(standing),
        "owed": sorted(owed, key=lambda one: one.due_on),
        "periods": [one for one in requests if one not in owed][:MOST],
        "calls": list(calls[:MOST]),
        "updates": updates,
        "change": change,
        "asked_updates": [one for one in updates if one.asked_changes],
        "asked_change": change if page and change and change.change.is_asked else None,
        "paused_until": paused_until if paused_until and paused_until > today else None,
    }


@dataclass(frozen=True)
class Promise:
    """A requirement for display: how the group keeps it, and what it can do about it."""

    status: RequirementStatus
    kind: RequirementKind
    found_out: str = ""
    """What we know of it, in a sentence."""

    @property
    def asks(self) -> Any:
        return self.status.requirement.sentence or self.kind.asks

    @property
    def can_prove(self) -> bool:
        return self.kind.form is not None and self.status.commitment is not None

    @property
    def is_one_press(self) -> bool:
        return self.can_prove and self.kind.is_one_press


def checklist(standing: StandingReport) -> list[Promise]:
    known = found_out([one.commitment for one in standing.requirements if one.commitment])
    return [
        Promise(
            status,
            get_kind(status.requirement.kind),
            known.get(status.commitment.pk, "") if status.commitment else "",
        )
        for status in standing.requirements
    ]


def is_contact_of(affiliation: Affiliation, form: Form) -> bool:
    if not form.is_valid():
        return False
    return affiliation.contacts.filter(email__iexact=form.cleaned_data["email"]).exists()


def public_page(affiliation: Affiliation) -> AffiliatePage:
    """Raises PageNotPublic."""
    page = affiliation.page
    if page is None or not page.live or affiliation.state == AffiliationState.ENDED:
        raise PageNotPublic
    return page


def open_changes() -> QuerySet[ProfileChange]:
    undecided = ProfileChange.objects.filter(accepted_at=None, declined_at=None)
    return undecided.select_related("affiliation__program")


def open_change(affiliation: Affiliation) -> ProfileChange | None:
    return affiliation.profile_changes.filter(accepted_at=None, declined_at=None).first()


def public_profile(affiliation: Affiliation) -> Profile:
    """The public facts, without links that the program does not show. Raises PageNotPublic."""
    return as_shown(profile_of(public_page(affiliation)), affiliation.program.network_names)


def wanted_profile(affiliation: Affiliation, change: ProfileChange | None) -> Profile:
    """The public facts with an open proposal applied. Raises PageNotPublic."""
    public = public_profile(affiliation)
    wanted = change.wanted if change else {}
    return {name: wanted.get(name, value) for name, value in public.items()}


def newest_change(affiliation: Affiliation, today: date) -> ProposedChange | None:
    """Includes a decided proposal until there is a newer one."""
    change = affiliation.profile_changes.first()
    if change is None:
        return None
    known = labels()
    wanted = {name: after for name, after in change.wanted.items() if name in known}
    return ProposedChange(change, wanted, _change_read_by(affiliation, change, today))


def _sent_updates(affiliation: Affiliation, today: date) -> list[SentUpdate]:
    updates = list(affiliation.updates.select_related("request")[:MOST])
    public = set(published_updates_of(affiliation).values_list("pk", flat=True))
    for update in updates:
        update.affiliation = affiliation
    later = going_live(updates)
    return [_sent(one, one.pk in public, later.get(one.pk), today) for one in updates]


def _sent(
    update: ContactUpdate, is_public: bool, goes_live_at: datetime | None, today: date
) -> SentUpdate:
    is_over = is_decided(update, goes_live_at)
    is_being_read = update.may_be_public and not is_over and not update.asked_changes
    day = read_by(update)
    return SentUpdate(
        update,
        became=_became(update, goes_live_at),
        read_by=day if is_being_read and day >= today else None,
        url=public_url(update) if is_public else None,
        can_change=not is_over,
    )


def _became(update: ContactUpdate, goes_live_at: datetime | None) -> str:
    if update.kind == UpdateKind.QUIET:
        return _("You told us that nothing was new.")
    if update.kind == UpdateKind.HELP:
        return _("Only our team sees this. Our answer appears under “Calls for help”.")
    if not update.may_publish:
        return _("Kept private: only our team sees it.")
    if update.live:
        return _("Published.")
    if goes_live_at:
        day = today_at(update.affiliation.program, goes_live_at)
        return _("It will be published on %(day)s.") % {"day": long_date(day)}
    if is_decided(update, goes_live_at):
        return _("Not public. Our team read it.")
    if update.asked_changes:
        return _("Our team asked you to change it.")
    return _("Our team is reading it.")


def _change_read_by(affiliation: Affiliation, change: ProfileChange, today: date) -> date | None:
    """The review's due date, or an estimate before it starts; None if past."""
    if not change.is_open or change.is_asked:
        return None
    calendar = calendar_for(affiliation)
    review = affiliation.page.current_workflow_task_state if affiliation.page else None
    deadline = open_deadlines(kind=REVIEW, subject=review).first() if review else None
    estimate = calendar.add(calendar.day_of(change.sent_at), affiliation.program.review_days)
    day = calendar.day_of(deadline.due_at) if deadline else estimate
    return day if day >= today else None

"""Why an affiliation stands as it does, in sentences for staff and for the group."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.utils import get_user_display_name

from affiliates.affiliations.standing.queries import Facts
from affiliates.affiliations.standing.requirements import RequirementStatus, has_break
from affiliates.core.states import Actor, AffiliationState, RequirementState
from affiliates.mail.contacts import reachable
from affiliates.models import Affiliation, UpdateRequest
from affiliates.programs.promised_days import today_at


@dataclass(frozen=True)
class Reason:
    """``for_group`` replaces ``text`` for the group, where staff read more. ``on_checklist``: the
    group reads it there. ``on_record``: staff read it on the record, among the requirements and
    updates.
    """

    text: str
    is_fault: bool = False
    for_group: str = ""
    on_checklist: bool = False
    on_record: bool = False

    def __str__(self) -> str:
        return self.text


def reasons_of(facts: Facts, kept: Iterable[RequirementStatus]) -> Iterator[Reason]:
    """The most important first. ``kept``: how each requirement is kept."""
    yield from _state_reasons(facts)
    yield from _faults(facts, kept)
    yield from _notes(facts, kept)


def _state_reasons(facts: Facts) -> Iterator[Reason]:
    state, moved = facts.affiliation.state, facts.moved
    if state == AffiliationState.ACTIVE:
        return
    if moved is None:
        yield Reason(_("Paused.") if state == AffiliationState.PAUSED else _("Ended."))
        return
    values = {"date": date_format(today_at(facts.affiliation.program, moved.at))}
    if moved.actor == Actor.CONTACT:
        hidden, left = _("Hidden by the group since %(date)s."), _("The group left on %(date)s.")
        plain = (hidden if state == AffiliationState.PAUSED else left) % values
        yield Reason(f"{plain} {moved.reason}".strip(), for_group=plain)
        return
    if state == AffiliationState.PAUSED:
        plain = _("Paused since %(date)s.") % values
        by_staff = _("Paused since %(date)s by %(name)s.")
    else:
        plain = _("Ended on %(date)s.") % values
        by_staff = _("Ended on %(date)s by %(name)s.")
    full = by_staff % {**values, "name": get_user_display_name(moved.user)} if moved.user else plain
    yield Reason(f"{full} {moved.reason}".strip(), for_group=plain)


def _faults(facts: Facts, kept: Iterable[RequirementStatus]) -> Iterator[Reason]:
    if facts.affiliation.state != AffiliationState.ACTIVE:
        return
    on_break = has_break(facts.affiliation, facts.today)
    for request in facts.open_requests:
        if request.due_on < facts.today:
            said = _how_late(request, facts.today)
            yield Reason(said, is_fault=not on_break, on_record=True)
    for status in _apart_from_updates(kept):
        if status.state == RequirementState.LATE:
            yield Reason(_named(status), is_fault=True, on_checklist=True, on_record=True)
    if not reachable(facts.affiliation):
        yield Reason(_why_unreachable(facts.affiliation), is_fault=True)


def _how_late(request: UpdateRequest, today: date) -> str:
    days = (today - request.due_on).days
    return ngettext(
        "The update for %(period)s is %(count)d day late.",
        "The update for %(period)s is %(count)d days late.",
        days,
    ) % {"period": request.period.label, "count": days}


def _why_unreachable(affiliation: Affiliation) -> str:
    if affiliation.primary_contact or affiliation.alternate_contact:
        return _("Nobody can be reached: email to each contact bounced.")
    return _("Nobody can be reached: there is no contact.")


_WORTH_A_NOTE = (RequirementState.DUE, RequirementState.UNKNOWN, RequirementState.WAIVED)


def _apart_from_updates(kept: Iterable[RequirementStatus]) -> Iterator[RequirementStatus]:
    """Of updates there is more to say than of the others, unless they are waived."""
    for status in kept:
        if not status.requirement.is_of_updates or status.state == RequirementState.WAIVED:
            yield status


def _named(status: RequirementStatus) -> str:
    return f"{status.requirement.name}: {status.why}"


def _notes(facts: Facts, kept: Iterable[RequirementStatus]) -> Iterator[Reason]:
    for status in _apart_from_updates(kept):
        if status.state in _WORTH_A_NOTE:
            said = f"{_named(status)} {status.reason}".strip()
            yield Reason(said, on_checklist=True, on_record=True)
    yield from _coming(facts)
    yield from _received(facts)
    yield from _accepted(facts)


def _coming(facts: Facts) -> Iterator[Reason]:
    affiliation, today = facts.affiliation, facts.today
    if affiliation.state != AffiliationState.ACTIVE:
        return
    until = affiliation.reminders_paused_until
    if until and has_break(affiliation, today):
        day = date_format(until)
        yield Reason(_("Reminders are paused until %(date)s.") % {"date": day})
    for request in facts.open_requests:
        if request.due_on >= today:
            values = {"period": request.period.label, "date": date_format(request.due_on)}
            said = _("The update for %(period)s is due on %(date)s.") % values
            yield Reason(said, on_record=True)
    if affiliation.next_ask_on and not facts.open_requests:
        day = date_format(max(affiliation.next_ask_on, today))
        is_first = not facts.was_asked and facts.last_update is None
        text = (
            _("We will ask for the first update on %(date)s.")
            if is_first
            else _("We will ask for the next update on %(date)s.")
        )
        yield Reason(text % {"date": day})


def _received(facts: Facts) -> Iterator[Reason]:
    update = facts.last_update
    if update:
        day = today_at(facts.affiliation.program, update.sent_at)
        values = {"date": date_format(day), "kind": update.get_kind_display()}
        yield Reason(_("Last update on %(date)s: “%(kind)s”.") % values, on_record=True)


def _accepted(facts: Facts) -> Iterator[Reason]:
    if not facts.acceptances:
        yield _asks_nothing(_("We have no record that the group accepted the beliefs."))
        return
    last = max(row.accepted_at for row in facts.acceptances)
    day = date_format(today_at(facts.affiliation.program, last))
    yield Reason(_("Accepted the beliefs as of %(date)s.") % {"date": day})
    known = {row.statement_id: row.text_hash for row in facts.acceptances}
    today = facts.texts
    changed = sum(key in known and known[key] not in counts for key, counts in today.items())
    added = len(today.keys() - known.keys())
    if changed:
        text = ngettext(
            "%(count)d belief or obligation has changed since then.",
            "%(count)d beliefs or obligations have changed since then.",
            changed,
        )
        yield _asks_nothing(text % {"count": changed})
    if added:
        text = ngettext(
            "%(count)d belief or obligation was added since then.",
            "%(count)d beliefs or obligations were added since then.",
            added,
        )
        yield _asks_nothing(text % {"count": added})


def _asks_nothing(text: str) -> Reason:
    return Reason(text, for_group=_("%s You do not need to do anything.") % text)

"""Emails that ask a group for what it owes: one a day to each contact, whatever has come due."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from affiliates.affiliations.mails.contacts import HOW_OFTEN
from affiliates.affiliations.standing.requirements import counts, due_text, has_break
from affiliates.core.states import AffiliationState, ContactRole
from affiliates.links.tokens import affiliate_url, reminders_url
from affiliates.mail.contacts import reachable, recipient_of, register_kind, to_contact
from affiliates.mail.placeholders import FIRST_CONTACT, GROUP_PAGE, OWN_PAGE
from affiliates.models import Affiliation, Commitment, Contact
from affiliates.programs.promised_days import today_at
from affiliates.requirements.kinds import found_out, get_kind
from workflows.core.due import long_date
from workflows.mail.kinds import ListItem, Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail


def open_commitments(affiliation: Affiliation, today: date) -> list[Commitment]:
    """What the group has been asked for and still owes, the most urgent first."""
    found = [
        one
        for one in affiliation.commitments.all()
        if one.requirement.retired_at is None
        and one.requirement.program_id == affiliation.program_id
        and counts(one, today)
        and one.ask_on is not None
        and one.ask_on <= today
    ]
    return sorted(found, key=lambda one: (one.due_on, one.requirement.sort_order))


def _item(commitment: Commitment, today: date, known: str) -> ListItem:
    requirement = commitment.requirement
    asks = requirement.sentence or str(get_kind(requirement.kind).asks)
    return ListItem(requirement.name, details=(due_text(commitment.due_on, today), asks, known))


def _asked(affiliation: Affiliation, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    today = today_at(affiliation.program, timezone.now())
    owed = open_commitments(affiliation, today)
    known = found_out(owed)
    items = [_item(one, today, known.get(one.pk, "")) for one in owed]
    first = affiliation.primary_contact
    return {
        "open_requirements": items,
        "own_url": affiliate_url(affiliation, contact),
        "contact": first.name if first else "",
        "what_follows": gettext("If we do not hear from you, someone on our team will call you."),
    }


def _is_owed(mail: OutgoingMail) -> bool:
    affiliation: Any = mail.subject
    if affiliation is None or affiliation.state != AffiliationState.ACTIVE:
        return False
    contact, today = recipient_of(mail), today_at(affiliation.program, timezone.now())
    is_reachable = contact is not None and contact.bounced_at is None
    is_asked = is_reachable and not has_break(affiliation, today)
    return is_asked and bool(open_commitments(affiliation, today))


def _unsubscribe(mail: OutgoingMail) -> Mapping[str, str]:
    """Headers for one-click unsubscribe (RFC 8058), which pauses reminders."""
    affiliation: Any = mail.subject
    contact = recipient_of(mail)
    if contact is None:
        return {}
    return {
        "List-Unsubscribe": f"<{reminders_url(affiliation, contact)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


_register = partial(
    register_kind,
    FIRST_CONTACT,
    Placeholder(
        "open_requirements",
        _("What the group owes, each with the day on which it is due."),
        _("A contact who answers. Due on March 1, 2027. Tell us that we still write to you."),
        is_list=True,
    ),
    OWN_PAGE,
    Placeholder(
        "what_follows",
        _("What we do if nothing comes."),
        _("If we do not hear from you, someone on our team will call you."),
    ),
    templates="affiliates/requirements/mail",
    says=(_asked,),
    related=("program", "contacts", "commitments__requirement", "commitments__badge_look"),
    still_owed=_is_owed,
    headers=_unsubscribe,
)

REQUIREMENTS_OPEN = _register(
    name="requirements_open",
    label=_("Open requirements"),
    sent_when=_(
        "Before a requirement is due, on that day and when it is late, to the contact. One email a"
        " day lists all that is open."
    ),
)
REQUIREMENTS_ALTERNATE = _register(
    name="requirements_alternate",
    label=_("Open requirements, to the second contact"),
    sent_when=_("When the contact has not answered for a while, to the second contact."),
)


def affirm_by(affiliation: Affiliation) -> date | None:
    """The day by which the group affirms for the first time, if the program asks for that."""
    found = (
        one.due_on
        for one in affiliation.commitments.all()
        if one.requirement.kind == "reaffirm"
        and one.requirement.retired_at is None
        and one.requirement.program_id == affiliation.program_id
        and one.proved_on is None
    )
    return next(found, None)


def _welcomed(affiliation: Affiliation, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    due_on, page, months = affirm_by(affiliation), affiliation.page, affiliation.interval_months
    asks = gettext("We ask you for one thing now: affirm our beliefs and obligations by %(date)s.")
    return {
        "since": long_date(affiliation.since),
        "how_often": ngettext("every month", "every %(count)d months", months) % {"count": months},
        "affirm_request": asks % {"date": long_date(due_on)} if due_on else "",
        "page_url": page.full_url if page and page.live else "",
        "own_url": affiliate_url(affiliation, contact),
    }


def _is_still_new(mail: OutgoingMail) -> bool:
    affiliation: Any = mail.subject
    is_active = affiliation is not None and affiliation.state == AffiliationState.ACTIVE
    return is_active and recipient_of(mail) is not None


GROUP_WELCOME = register_kind(
    Placeholder("since", _("The day since which it is an affiliate."), _("March 1, 2024")),
    HOW_OFTEN,
    Placeholder(
        "affirm_request",
        _("A sentence that asks to affirm the beliefs and obligations. Empty if not asked for."),
        _("We ask you for one thing now: affirm our beliefs and obligations by March 1, 2027."),
    ),
    GROUP_PAGE,
    OWN_PAGE,
    name="group_welcome",
    templates="affiliates/requirements/mail",
    label=_("Welcome to a group that did not apply here"),
    sent_when=_("When staff send the welcome to imported groups, to each contact."),
    says=(_welcomed,),
    related=("program", "contacts", "commitments__requirement", "page"),
    still_owed=_is_still_new,
)


def group_welcomes(affiliation: Affiliation, *, not_before: datetime | None) -> list[NewMail]:
    """One to each contact, ever."""
    return [
        to_contact(
            GROUP_WELCOME,
            affiliation,
            contact,
            about=affiliation,
            occurrence="first",
            not_before=not_before,
        )
        for contact in reachable(affiliation)
    ]


def asked_of_first(affiliation: Affiliation, *, occurrence: str) -> list[NewMail]:
    """Asks the first reachable contact; returns no email if there is none."""
    contacts = reachable(affiliation)[:1]
    return [_mail(REQUIREMENTS_OPEN, affiliation, contact, occurrence) for contact in contacts]


def asked_of_all(affiliation: Affiliation, *, occurrence: str) -> list[NewMail]:
    kinds: dict[str, str] = {ContactRole.ALTERNATE: REQUIREMENTS_ALTERNATE}
    return [
        _mail(kinds.get(contact.role, REQUIREMENTS_OPEN), affiliation, contact, occurrence)
        for contact in reachable(affiliation)
    ]


def _mail(kind: str, affiliation: Affiliation, contact: Contact, occurrence: str) -> NewMail:
    return to_contact(kind, affiliation, contact, about=affiliation, occurrence=occurrence)

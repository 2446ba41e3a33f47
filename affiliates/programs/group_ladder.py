"""The ladder on which a group is asked for something, and what staff read about it."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from affiliates.models import Affiliation
from affiliates.programs.deadlines import staff_of_affiliate
from workflows.core.calendars import Calendar
from workflows.core.ladders import Ladder, Step
from workflows.core.people import Recipient
from workflows.models import Deadline
from workflows.reviews.policy import REVIEWERS


class GroupStep(TextChoices):
    ASK = "ask", _("Contact asked")
    DUE = "due", _("Due: contact told")
    REMIND = "remind", _("Contact reminded")
    ALTERNATE = "alternate", _("Second contact asked, too")
    ATTENTION = "attention", _("Needs attention: staff told")
    CALL = "call", _("Staff asked to call")
    OFFER_PAUSE = "offer_pause", _("Staff offered to pause the listing")


CONTACT = "contact"
CONTACTS = "contacts"

AUDIENCES = (CONTACT, CONTACT, CONTACT, CONTACTS, REVIEWERS, REVIEWERS, REVIEWERS)


@lru_cache(maxsize=4096)
def group_ladder(calendar: Calendar, ask_days: int, *days_after: int) -> Ladder:
    """``days_after``: of each step that follows the due day, see ``GroupStep``. Where a group has
    only some numbers of its own, a step may come no earlier than the one before it.
    """
    offsets = (-ask_days, *accumulate((0, *days_after), max))
    steps = zip(offsets, GroupStep, AUDIENCES, strict=True)
    return Ladder(tuple(Step(*step) for step in steps), calendar)


def staff_of_group(deadline: Deadline, audience: str) -> Sequence[Recipient]:
    return () if audience in (CONTACT, CONTACTS) else staff_of_affiliate(deadline, audience)


def notes_for_staff(
    affiliation: Affiliation, late: int, *, call_days: int, pause_days: int
) -> Iterable[str]:
    """``late``: days since it was due."""
    contact = affiliation.primary_contact
    if late < call_days:
        yield gettext("Nothing has come in yet. We keep reminding the group.")
        return
    if contact and contact.phone:
        names = {"name": contact.name, "phone": contact.phone}
        yield gettext("Please call: %(name)s, %(phone)s.") % names
    elif contact:
        names = {"name": contact.name, "email": contact.email}
        yield gettext("Please write: %(name)s, %(email)s.") % names
    else:
        yield gettext("We have no one to call. Please find out who speaks for the group.")
    if late >= pause_days:
        yield gettext("If nobody answers, you can pause the listing.")

"""Log entries about changes of an affiliate's contacts: the role and who did it, no addresses."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from affiliates.core.states import ContactRole
from affiliates.models import Affiliation, Contact
from affiliates.signals import contact_acted

NAMED = "affiliates.contact_named"
READDRESSED = "affiliates.contact_readdressed"
CHANGED = "affiliates.contact_changed"
REMOVED = "affiliates.contact_removed"
PAUSED = "affiliates.reminders_paused"
RESUMED = "affiliates.reminders_resumed"
HIDDEN = "affiliates.listing_hidden"
SHOWN = "affiliates.listing_shown"
LEFT = "affiliates.left"

ACTIONS = {
    NAMED: (_("Name a contact"), _("Another person was named")),
    READDRESSED: (_("Change a contact's address"), _("Address changed")),
    CHANGED: (_("Change a contact's details"), _("Name or phone changed")),
    REMOVED: (_("Remove a contact"), _("Person removed")),
    PAUSED: (_("Pause reminders"), _("Reminders paused")),
    RESUMED: (_("Resume reminders"), _("Reminders resumed")),
    HIDDEN: (_("Hide the listing"), _("Listing hidden by the group")),
    SHOWN: (_("Show the listing again"), _("Listing shown again by the group")),
    LEFT: (_("Leave the program"), _("Group has left")),
}

WRITES_TO_SOMEBODY_NEW = (NAMED, READDRESSED)


def note(affiliation: Affiliation, action: str, *, by: Contact, now: datetime, **data: Any) -> None:
    log(instance=affiliation, action=action, data={"by": by.name, **data}, timestamp=now)
    contact_acted.send(Contact, contact=by, affiliation=affiliation, now=now)


def named_by(affiliation: Affiliation, role: ContactRole) -> str:
    """Name of the contact who named the person with this role; empty if unknown."""
    entries = _entries(affiliation).filter(action=NAMED).order_by("-timestamp", "-pk")
    found = (entry.data.get("by", "") for entry in entries if entry.data.get("role") == role)
    return next(found, "")


def left_by(affiliation: Affiliation) -> str:
    """Name of the contact who said last that the group leaves; empty if unknown."""
    last = _entries(affiliation).filter(action=LEFT).order_by("-timestamp", "-pk").first()
    return last.data.get("by", "") if last else ""


def number_since(affiliation: Affiliation, action: str, start: datetime) -> int:
    return _entries(affiliation).filter(action=action, timestamp__gt=start).count()


def new_addresses_since(affiliation: Affiliation, start: datetime) -> int:
    recent = _entries(affiliation).filter(timestamp__gt=start)
    return recent.filter(action__in=WRITES_TO_SOMEBODY_NEW).count()


def _entries(affiliation: Affiliation) -> QuerySet[ModelLogEntry]:
    return ModelLogEntry.objects.for_instance(affiliation)

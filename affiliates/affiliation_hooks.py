"""Where affiliations join Wagtail's admin; see ``wagtail_hooks.py``."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from affiliates.services.contact_editing import CONTACT_CHANGED, CONTACT_REMOVED
from affiliates.services.endings import ENDED, REINSTATED

LOG_ACTIONS = {
    ENDED: (_("End the affiliation"), _("Affiliation ended")),
    REINSTATED: (_("Take the end of the affiliation back"), _("Affiliation reinstated")),
    CONTACT_CHANGED: (_("Change a contact"), _("Contact changed")),
    CONTACT_REMOVED: (_("Remove a contact"), _("Contact removed")),
}


@hooks.register("register_log_actions")
def register_log_actions(actions):
    for name, (label, message) in LOG_ACTIONS.items():
        actions.register_action(name, label, message)

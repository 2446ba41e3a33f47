"""Changes that a contact proposes, and what reviewers do about them in Wagtail."""

from django.utils import timezone

from affiliates.models import AffiliatePage, ProfileChange
from affiliates.portal.queries import open_change, wanted_profile
from affiliates.portal.services.profile_changes import propose_change
from affiliates.portal.services.profile_changes import put_waiting_changes as put


def proposed(affiliation, *, version=None, now=None, **values):
    """A change that the contact sent, as the form would have it; no worker has looked yet."""
    change = open_change(affiliation)
    if version is None:
        version = change.version if change else 0
    return propose_change(
        affiliation=affiliation,
        contact=affiliation.primary_contact,
        values=wanted_profile(affiliation, change) | values,
        version=version,
        now=now or timezone.now(),
    )


def under_review(affiliation, **values):
    """The same, and a worker has put it before the reviewers."""
    change = proposed(affiliation, **values)
    put(now=timezone.now())
    return now_of(change)


def now_of(change):
    """The proposal as it is in the database."""
    return ProfileChange.objects.select_related("affiliation__page").get(pk=change.pk)


def page_of(affiliation):
    return AffiliatePage.objects.get(pk=affiliation.page_id)


def act(affiliation, user, action, comment=""):
    """Press one of the buttons that Wagtail's editor shows to a reviewer."""
    state = page_of(affiliation).current_workflow_task_state
    state.task.specific.on_action(state, user, action, comment=comment)

"""What a template needs to show one affiliate's record in the admin."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from wagtail.admin.admin_url_finder import AdminURLFinder

from affiliates.affiliations.admin.exports import region_of
from affiliates.affiliations.admin.story import story_of
from affiliates.affiliations.standing.rules import has_break, standing_of
from affiliates.audit.permissions import may_manage
from affiliates.core.states import AffiliationState, ContactRole, UpdateRequestState
from affiliates.models import Affiliation
from affiliates.programs.promised_days import today_at

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MOST_ROWS = 20
"""Of each kind, the newest."""


def affiliation_context(affiliation: Affiliation, user: "User") -> dict[str, Any]:
    """All that is known about it, with links to where ``user`` may go.

    Costs no query that grows with what there is to tell.
    """
    urls = AdminURLFinder(user)
    kept = standing_of(affiliation, timezone.now())
    requests = list(affiliation.update_requests.order_by("-period_start")[:MOST_ROWS])
    today = today_at(affiliation.program, timezone.now())
    page, may_act = affiliation.page, may_manage(user, affiliation)
    # Whoever looks after the affiliate may see all that belongs to it: asked once, not by row.
    of_affiliation = AdminURLFinder()
    return {
        "affiliation": affiliation,
        "kept": kept,
        "may_manage": may_act,
        "is_active": affiliation.state == AffiliationState.ACTIVE,
        "is_paused": affiliation.state == AffiliationState.PAUSED,
        "is_ended": affiliation.state == AffiliationState.ENDED,
        "today": today,
        "reminders_rest": has_break(affiliation, today),
        "region": region_of(affiliation),
        "page_url": urls.get_edit_url(page) if page else None,
        "program_url": urls.get_edit_url(affiliation.program),
        "contacts": [(role, affiliation.contact(role)) for role in ContactRole],
        "requests": [(item, item.state == UpdateRequestState.OPEN) for item in requests],
        "updates": [
            (update, of_affiliation.get_edit_url(update) if may_act else None)
            for update in affiliation.updates.all()[:MOST_ROWS]
        ],
        "calls": [
            (call, of_affiliation.get_edit_url(call))
            for call in affiliation.support_requests.select_related("assigned_to")[:MOST_ROWS]
        ],
        "notices": affiliation.notices.filter(seen_at=None),
        "story": [
            (line, urls.get_edit_url(line.mail) if line.mail else None)
            for line in story_of(affiliation)
        ],
    }

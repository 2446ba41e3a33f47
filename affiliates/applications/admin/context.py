"""Template context for an application, on its own page and in the editor of its affiliate page."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import TaskState

from affiliates.applications import details
from affiliates.applications.admin.exports import answer_as_text
from affiliates.applications.admin.story import story_of
from affiliates.applications.services.look_alikes import look_alikes
from affiliates.audit.permissions import may_decide
from affiliates.core.look_alike_letters import disguised
from affiliates.core.states import ApplicationState, ContactRole
from affiliates.models import Application
from affiliates.models.base_page import Page
from workflows.models import ReviewTaskState


def application_context(application: Application, user: User) -> dict[str, Any]:
    """What the admin shows about it, linked for ``user``. The number of queries is constant."""
    urls = AdminURLFinder(user)
    accepted = details.accepted_statements(application)
    return {
        "application": application,
        "application_url": urls.get_edit_url(application),
        "state": details.state_of(application),
        "is_draft": application.state == ApplicationState.DRAFT,
        "is_open": details.is_open(application),
        "is_stopped": details.is_stopped(application),
        "may_decide": may_decide(user, application),
        "next_step": details.next_step(application),
        "due_on": details.due_on(application),
        "waits_for_group": details.waits_for_group(application),
        "today": timezone.localdate(),
        "review": open_reviews([application]).get(application.pk),
        "page_url": urls.get_edit_url(application.affiliate) if application.affiliate else None,
        "region": details.region_of(application),
        "program_url": urls.get_edit_url(application.program),
        "links": details.links_of(application),
        "contacts": [
            *filter(None, (details.contact_of(application, role) for role in ContactRole))
        ],
        "answers": [
            {"label": answer["label"], "value": answer_as_text(answer["value"])}
            for answer in application.answers
        ],
        "questions": application.information_requests.select_related("asked_by"),
        "accepted": accepted,
        "added_since": details.added_since(application.program, accepted),
        "disguised_as": disguised(application.name),
        "look_alikes": [
            (item, item._meta.verbose_name, urls.get_edit_url(item))
            for item in look_alikes(application)
        ],
        "story": [
            (line, urls.get_edit_url(line.mail) if line.mail else None)
            for line in story_of(application)
        ],
    }


def open_reviews(applications: Iterable[Application]) -> dict[int, ReviewTaskState]:
    """The open review of each application, by the application's key. One query."""
    by_page = {str(item.affiliate_id): item.pk for item in applications if item.affiliate_id}
    running = ReviewTaskState.objects.select_related(
        "task", "workflow_state", "assigned_to"
    ).filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__base_content_type=ContentType.objects.get_for_model(Page),
        workflow_state__object_id__in=by_page,
    )
    return {by_page[review.workflow_state.object_id]: review for review in running}

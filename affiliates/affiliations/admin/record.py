"""An affiliate's record in the admin: standing, open requests and history."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q
from django.forms import Media
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.panels import Panel
from wagtail.models import ModelLogEntry

from affiliates.affiliations.admin.columns import region_of
from affiliates.affiliations.services.lifecycle import affiliation_of
from affiliates.affiliations.standing.requirements import has_break
from affiliates.affiliations.standing.rules import standing_of
from affiliates.audit import promise_log
from affiliates.audit.permissions import may_manage, may_see_affiliation
from affiliates.audit.story import StoryLine, by_name, by_whom, mail_line, name_of
from affiliates.core.states import AffiliationState, ContactRole, UpdateRequestState
from affiliates.models import (
    Affiliation,
    ContactUpdate,
    Notice,
    SupportRequest,
    Transition,
    UpdateRequest,
)
from affiliates.programs.promised_days import today_at
from workflows.deadlines.policies import get_policy
from workflows.models import OutgoingMail, TakenStep


class AffiliationPanel(Panel):
    """Read only; hidden without an affiliation or permission to see it."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "affiliates/affiliations/admin/affiliation_panel.html"

        @cached_property
        def affiliation(self) -> Any:
            if self.request is None or self.instance.pk is None:
                return None
            found = affiliation_of(self.instance)
            return found if found and may_see_affiliation(self.request.user, found) else None

        def is_shown(self) -> bool:
            return self.affiliation is not None

        @cached_property
        def kept(self) -> Any:
            return standing_of(self.affiliation, timezone.now())

        @property
        def record_url(self) -> str | None:
            return AdminURLFinder().get_edit_url(self.affiliation)

        @property
        def media(self) -> Media:
            return Media(css={"all": ["affiliates/admin/records.css"]})


MOST_ROWS = 20  # the newest of each kind


def affiliation_context(affiliation: Affiliation, user: User) -> dict[str, Any]:
    """Template context; links only lead where ``user`` may go. Constant query count."""
    urls = AdminURLFinder(user)
    kept = standing_of(affiliation, timezone.now())
    requests = list(affiliation.update_requests.order_by("-period_start")[:MOST_ROWS])
    today = today_at(affiliation.program, timezone.now())
    page, may_act = affiliation.page, may_manage(user, affiliation)
    # Who may see the affiliate may see its records: no permission check per row.
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
            for update in affiliation.updates.select_related("entered_by")[:MOST_ROWS]
        ],
        "calls": [
            (call, of_affiliation.get_edit_url(call))
            for call in affiliation.support_requests.select_related("assigned_to")[:MOST_ROWS]
        ],
        "notes": affiliation.notes.select_related("written_by")[:MOST_ROWS],
        "notices": affiliation.notices.filter(seen_at=None),
        "story": [
            (line, urls.get_edit_url(line.mail) if line.mail else None)
            for line in story_of(affiliation)
        ],
    }


Keys = dict[type[Model], list[str]]

HAPPENED: dict[tuple[type[Model], str], Promise] = {
    (Affiliation, "pause"): gettext_lazy("Paused"),
    (Affiliation, "resume"): gettext_lazy("Resumed"),
    (Affiliation, "end"): gettext_lazy("Affiliation ended"),
    (Affiliation, "reinstate"): gettext_lazy("Affiliation reinstated"),
    (UpdateRequest, "answer"): gettext_lazy("Update received"),
    (UpdateRequest, "waive"): gettext_lazy("Update waived"),
    (SupportRequest, "answer"): gettext_lazy("Call for help answered"),
    (SupportRequest, "close"): gettext_lazy("Call for help closed without an answer"),
    (SupportRequest, "reopen"): gettext_lazy("Call for help opened again"),
}

MOST_LINES = 200  # the newest


def story_of(affiliation: Affiliation) -> list[StoryLine]:
    """Transitions, deadline steps, emails and log entries, newest first. Constant query count."""
    about = _records(affiliation)
    lines = [
        *_transition_lines(about),
        *_step_lines(about),
        *_mail_lines(about),
        *_log_lines(affiliation),
    ]
    return sorted(lines, key=attrgetter("at"), reverse=True)[:MOST_LINES]


def _records(affiliation: Affiliation) -> Keys:
    found: Keys = {Affiliation: [str(affiliation.pk)]}
    for model in (UpdateRequest, SupportRequest, ContactUpdate, Notice):
        rows = model._default_manager.filter(affiliation=affiliation)
        found[model] = [str(key) for key in rows.values_list("pk", flat=True)]
    return found


def _any_of(about: Keys, *, prefix: str = "") -> Q:
    condition = Q(pk__in=[])
    for model, keys in about.items():
        content_type = ContentType.objects.get_for_model(model)
        its_rows = {f"{prefix}content_type": content_type, f"{prefix}object_id__in": keys}
        condition |= Q(**its_rows)
    return condition


def _transition_lines(about: Keys) -> Iterator[StoryLine]:
    rows = Transition.objects.filter(_any_of(about))
    for row in rows.select_related("user").order_by("-at", "-pk")[:MOST_LINES]:
        model = ContentType.objects.get_for_id(row.content_type_id).model_class()
        what = HAPPENED.get((model, row.action), row.action) if model else row.action
        yield StoryLine(row.at, str(what), by_whom(row), row.reason)


def _step_lines(about: Keys) -> Iterator[StoryLine]:
    steps = TakenStep.objects.filter(_any_of(about, prefix="deadline__"))
    for step in steps.select_related("deadline").order_by("-taken_at", "-pk")[:MOST_LINES]:
        yield StoryLine(step.taken_at, get_policy(step.deadline.kind).step_label(step.name))


def _mail_lines(about: Keys) -> Iterator[StoryLine]:
    mails = OutgoingMail.objects.filter(_any_of(about)).defer("message")
    yield from map(mail_line, mails.order_by("-created_at", "-pk")[:MOST_LINES])


def _log_lines(affiliation: Affiliation) -> Iterator[StoryLine]:
    entries = ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Affiliation), object_id=str(affiliation.pk)
    )
    for entry in entries.select_related("user").order_by("-timestamp", "-pk")[:MOST_LINES]:
        if entry.action == promise_log.MOVED:
            yield promise_log.line_of(entry)
            continue
        reason = entry.data.get("reason", "")
        yield StoryLine(entry.timestamp, _what(entry), _by_whom(entry), reason)


def _what(entry: ModelLogEntry) -> str:
    role = dict(ContactRole.choices).get(entry.data.get("role", ""))
    about = entry.data.get("about") or entry.data.get("requirement") or role
    return f"{entry.message} ({about})" if about else str(entry.message)


def _by_whom(entry: ModelLogEntry) -> str:
    if entry.user:
        return name_of(entry.user)
    contact = entry.data.get("by", "")
    return by_name(contact) if contact else ""

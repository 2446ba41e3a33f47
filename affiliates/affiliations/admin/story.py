"""The story of an affiliation: what happened, in order, and who did it.

Put together from what is written down anyway: transitions, steps of deadlines, mails, and the log.
"""

from collections.abc import Iterator
from operator import attrgetter

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from wagtail.models import ModelLogEntry

from affiliates.audit.story import StoryLine, by_name, by_whom, mail_line, name_of
from affiliates.core.states import ContactRole
from affiliates.models import Affiliation, ContactUpdate, SupportRequest, Transition, UpdateRequest
from affiliates.models.affiliation import Notice
from workflows.deadlines.policies import get_policy
from workflows.models import OutgoingMail, TakenStep

HAPPENED: dict[tuple[type[Model], str], Promise] = {
    (Affiliation, "pause"): gettext_lazy("Paused"),
    (Affiliation, "resume"): gettext_lazy("Resumed"),
    (Affiliation, "end"): gettext_lazy("Affiliation ended"),
    (Affiliation, "reinstate"): gettext_lazy("End taken back"),
    (UpdateRequest, "answer"): gettext_lazy("Update received"),
    (UpdateRequest, "waive"): gettext_lazy("Update done without"),
    (SupportRequest, "answer"): gettext_lazy("Call for help answered"),
    (SupportRequest, "close"): gettext_lazy("Call for help closed without an answer"),
    (SupportRequest, "reopen"): gettext_lazy("Call for help opened again"),
}

MOST_LINES = 200
"""The newest; nobody reads what happened ten years ago on this page."""


def story_of(affiliation: Affiliation) -> list[StoryLine]:
    """What happened to it, newest first. Costs the same queries for any story."""
    about = _records(affiliation)
    lines = [
        *_transition_lines(about),
        *_step_lines(about),
        *_mail_lines(about),
        *_log_lines(affiliation),
    ]
    return sorted(lines, key=attrgetter("at"), reverse=True)[:MOST_LINES]


def _records(affiliation: Affiliation) -> dict[type[Model], list[int]]:
    """The keys of all that belongs to it, by model."""
    found: dict[type[Model], list[int]] = {Affiliation: [affiliation.pk]}
    for model in (UpdateRequest, SupportRequest, ContactUpdate, Notice):
        rows = model._default_manager.filter(affiliation=affiliation)
        found[model] = list(rows.values_list("pk", flat=True))
    return found


def _any_of(about: dict[type[Model], list[int]], *, prefix: str = "", as_text: bool = True) -> Q:
    condition = Q(pk__in=[])
    for model, keys in about.items():
        wanted = [str(key) for key in keys] if as_text else keys
        condition |= Q(
            **{
                f"{prefix}content_type": ContentType.objects.get_for_model(model),
                f"{prefix}object_id__in": wanted,
            }
        )
    return condition


def _transition_lines(about: dict[type[Model], list[int]]) -> Iterator[StoryLine]:
    rows = Transition.objects.filter(_any_of(about, as_text=False))
    for row in rows.select_related("user").order_by("-at", "-pk")[:MOST_LINES]:
        model = ContentType.objects.get_for_id(row.content_type_id).model_class()
        what = HAPPENED.get((model, row.action), row.action) if model else row.action
        yield StoryLine(row.at, str(what), by_whom(row), row.reason)


def _step_lines(about: dict[type[Model], list[int]]) -> Iterator[StoryLine]:
    steps = TakenStep.objects.filter(_any_of(about, prefix="deadline__"))
    for step in steps.select_related("deadline").order_by("-taken_at", "-pk")[:MOST_LINES]:
        yield StoryLine(step.taken_at, get_policy(step.deadline.kind).step_label(step.name))


def _mail_lines(about: dict[type[Model], list[int]]) -> Iterator[StoryLine]:
    mails = OutgoingMail.objects.filter(_any_of(about)).defer("message")
    yield from map(mail_line, mails.order_by("-created_at", "-pk")[:MOST_LINES])


def _log_lines(affiliation: Affiliation) -> Iterator[StoryLine]:
    entries = ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Affiliation), object_id=str(affiliation.pk)
    )
    for entry in entries.select_related("user").order_by("-timestamp", "-pk")[:MOST_LINES]:
        yield StoryLine(entry.timestamp, _what(entry), _by_whom(entry))


def _what(entry: ModelLogEntry) -> str:
    role = dict(ContactRole.choices).get(entry.data.get("role", ""))
    return f"{entry.message} ({role})" if role else str(entry.message)


def _by_whom(entry: ModelLogEntry) -> str:
    if entry.user:
        return name_of(entry.user)
    contact = entry.data.get("by", "")
    return by_name(contact) if contact else ""

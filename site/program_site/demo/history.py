"""The demo's past: what happened to its applications, through the services that always do it.

Each event happens at its own time, in the order of time, so every row has the date that it would
have. No mail is sent here: they wait in the outbox for the demo's worker.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.contrib.auth import get_user_model
from wagtail.log_actions import LogContext

from affiliates.applications.forms.application import ApplicationForm
from affiliates.applications.forms.fields import PREFIX, accept_name, shown_name
from affiliates.applications.services.information import answer_request
from affiliates.applications.services.starting import start_review
from affiliates.applications.services.submission import submit_application
from affiliates.models import AffiliateProgramPage, Application
from affiliates.programs.days_off import calendar_of
from program_site.demo.clock import set_back
from program_site.demo.groups import GROUPS, ApplyingGroup, Deed, Event

Happening = tuple[datetime, ApplyingGroup, Event]


def relive(program: AffiliateProgramPage, *, now: datetime) -> None:
    """Let everything happen that the stories of the groups tell, up to ``now``."""
    happenings = [
        (moment_of(event, program, now), group, event) for group in GROUPS for event in group.story
    ]
    # Sorting keeps the order of what one group does at the same hour.
    for at, group, event in sorted(happenings, key=lambda happening: happening[0]):
        with set_back(at):
            HOW[event.deed](program, group, event, at)


def moment_of(event: Event, program: AffiliateProgramPage, now: datetime) -> datetime:
    calendar = replace(calendar_of(program), hour=event.hour)
    return calendar.moment(calendar.add(calendar.day_of(now), -event.days_ago))


def key_of(group: ApplyingGroup) -> UUID:
    """The same in every demo, so that links and tests may name an application."""
    return uuid5(NAMESPACE_URL, f"application/{group.fields['contact_email']}")


def application_of(group: ApplyingGroup) -> Application:
    return Application.objects.get(submission_key=key_of(group))


def submit(
    program: AffiliateProgramPage, group: ApplyingGroup, event: Event, now: datetime
) -> None:
    form = ApplicationForm(program, sent_by(group, program))
    if not form.is_valid():
        raise ValueError(f"{group.fields['name']}: {form.errors.as_json()}")
    submit_application(form=form, program=program, key=key_of(group), now=now)


def sent_by(group: ApplyingGroup, program: AffiliateProgramPage) -> dict[str, str]:
    """The fields as a browser sends them, with each statement ticked as it was shown."""
    fields = {"language": "en", **group.fields}
    for _kind, statement in program.statements_to_accept():
        fields |= {accept_name(statement): "on", shown_name(statement): statement.text_hash}
    for question, text in zip(program.questions.all(), group.answers, strict=True):
        fields[f"{PREFIX}{question.clean_name}"] = text
    return fields


def start(program: AffiliateProgramPage, group: ApplyingGroup, event: Event, now: datetime) -> None:
    start_review(application=application_of(group), now=now)


def answer(
    program: AffiliateProgramPage, group: ApplyingGroup, event: Event, now: datetime
) -> None:
    answer_request(application=application_of(group), answer=event.text, now=now)


def act_in_wagtail(
    program: AffiliateProgramPage, group: ApplyingGroup, event: Event, now: datetime
) -> None:
    """As the buttons of the page editor do."""
    user = get_user_model().objects.get(username=event.by)
    state = application_of(group).affiliate.current_workflow_task_state.specific
    with LogContext(user=user):
        state.task.specific.on_action(state, user, event.deed.value, comment=event.text)


HOW: dict[Deed, Callable[[AffiliateProgramPage, ApplyingGroup, Event, datetime], None]] = {
    Deed.SUBMIT: submit,
    Deed.START: start,
    Deed.ANSWER: answer,
    Deed.ASK: act_in_wagtail,
    Deed.APPROVE: act_in_wagtail,
    Deed.DECLINE: act_in_wagtail,
}

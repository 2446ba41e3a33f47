"""The email to the submitter of a declined review."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from wagtail.admin.utils import get_latest_str, get_user_display_name
from wagtail.models import TaskState

from workflows.core.exceptions import NoLongerOwed
from workflows.core.people import recipients
from workflows.mail import kinds
from workflows.mail.kinds import MailKind, Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail, ReviewTaskState


def _context(mail: OutgoingMail) -> dict[str, Any]:
    """Raises NoLongerOwed if the reviewed object is gone: the code that deleted it says why."""
    state: Any = mail.subject
    if state is None or state.reviewed is None:
        raise NoLongerOwed
    return {
        "name": mail.recipient_name,
        "title": get_latest_str(state.reviewed),
        "reason": state.comment,
        "reviewer": get_user_display_name(state.finished_by) if state.finished_by else "",
    }


REVIEW_DECLINED = kinds.register(
    MailKind(
        name="review_declined",
        templates="affiliate_workflows/mail",
        label=_("Review declined"),
        is_personal=True,
        sent_when=_("When a reviewer declines, to the person who asked for the review."),
        placeholders=(
            Placeholder("name", _("The person’s name."), _("Robin Lee")),
            Placeholder("title", _("The name of what was reviewed."), _("Summer meeting")),
            Placeholder(
                "reason",
                _("What the reviewer wrote."),
                _("We announced this meeting last week."),
                multiline=True,
            ),
            Placeholder("reviewer", _("The reviewer’s name."), _("Kim Park")),
        ),
        context=_context,
        still_owed=lambda mail: (
            isinstance(mail.subject, ReviewTaskState)
            and mail.subject.status == TaskState.STATUS_REJECTED
        ),
        why=_("You get this email because you asked for a review."),
    )
)


def declined_mails(state: ReviewTaskState, user: User) -> Iterable[NewMail]:
    """An email to the submitter of the workflow, unless there is none or the submitter declined."""
    author = state.workflow_state.requested_by
    if author is None or author == user:
        return
    for person in recipients([author]):
        yield NewMail(
            kind=REVIEW_DECLINED,
            to=person.email,
            to_name=person.name,
            subject=state,
            occurrence="declined",
            language=person.language,
        )

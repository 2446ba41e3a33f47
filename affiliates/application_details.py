"""What the admin tells about one application: where it stands, what was accepted, its story."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from django.contrib.contenttypes.models import ContentType
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.models import Acceptance, AffiliateProgramPage, Application, Transition
from affiliates.models.program_page import Statement
from affiliates.regions import region_name
from affiliates.states import Action, Actor, ApplicationState, ContactRole, Network
from workflows.exceptions import UnknownMailKind
from workflows.mail_kinds import get_kind
from workflows.models import OutgoingMail

NEXT_STEP = {
    ApplicationState.DRAFT: gettext_lazy(
        "The group is still writing. What it wrote is shown here once it sends the application."
    ),
    ApplicationState.SUBMITTED: gettext_lazy("Somebody needs to read and review this application."),
    ApplicationState.IN_REVIEW: gettext_lazy("The review is under way. It needs a decision."),
    ApplicationState.INFORMATION_NEEDED: gettext_lazy(
        "The group was asked for more information. Wait for its answer, or call."
    ),
    ApplicationState.APPROVED: gettext_lazy("Nothing to do. The application was approved."),
    ApplicationState.DECLINED: gettext_lazy("Nothing to do. The application was declined."),
    ApplicationState.WITHDRAWN: gettext_lazy("Nothing to do. The application was withdrawn."),
}

HAPPENED: dict[str, Promise] = {
    Action.SUBMIT: gettext_lazy("Application sent"),
    Action.START_REVIEW: gettext_lazy("Review started"),
    Action.REQUEST_INFORMATION: gettext_lazy("More information asked for"),
    Action.ANSWER: gettext_lazy("Question answered"),
    Action.APPROVE: gettext_lazy("Application approved"),
    Action.DECLINE: gettext_lazy("Application declined"),
    Action.WITHDRAW: gettext_lazy("Application withdrawn"),
}

BY_WHOM: dict[str, Promise] = {
    Actor.APPLICANT: gettext_lazy("by the applicant"),
    Actor.STAFF: gettext_lazy("by staff"),
    Actor.SYSTEM: gettext_lazy("automatically"),
}


@dataclass(frozen=True)
class Link:
    """Where the group can be found. ``href`` is empty if the address is nothing to press."""

    network: str
    url: str

    @property
    def label(self) -> str:
        return str(dict(Network.choices).get(self.network, self.network))

    @property
    def href(self) -> str:
        return self.url if self.url.startswith(("https://", "http://")) else ""


@dataclass(frozen=True)
class Accepted:
    """A statement as the group accepted it, and what the program says in its place today."""

    acceptance: Acceptance
    today: Statement | None

    @property
    def is_removed(self) -> bool:
        return self.today is None

    @property
    def is_changed(self) -> bool:
        return self.today is not None and self.today.text_hash != self.acceptance.text_hash


@dataclass(frozen=True)
class StoryLine:
    """Something that happened. ``mail`` is set if it was a mail."""

    at: datetime
    what: str
    detail: str = ""
    reason: str = ""
    mail: OutgoingMail | None = None


def links_of(application: Application) -> list[Link]:
    return [Link(link["network"], link["url"]) for link in application.links]


def region_of(application: Application) -> str:
    return region_name(application.region)


def contact_of(application: Application, role: ContactRole):
    """The contact with this role, or None. Costs no query if the contacts are prefetched."""
    contacts = (contact for contact in application.contacts.all() if contact.role == role)
    return next(contacts, None)


def accepted_statements(application: Application) -> list[Accepted]:
    """What the group accepted, in its order, beside the program's text of today."""
    today = {item.id: item for _kind, item in application.program.statements_to_accept()}
    return [
        Accepted(acceptance, today.get(acceptance.statement_id))
        for acceptance in application.acceptances.all()
    ]


def added_since(program: AffiliateProgramPage, accepted: Iterable[Accepted]) -> list[Statement]:
    """Statements that the program asks for today and that the group never saw."""
    seen = {item.acceptance.statement_id for item in accepted}
    return [item for _kind, item in program.statements_to_accept() if item.id not in seen]


def mails_about(application: Application) -> list[OutgoingMail]:
    """The mails about an application, without their bytes."""
    return list(
        OutgoingMail.objects.filter(
            content_type=ContentType.objects.get_for_model(Application),
            object_id=str(application.pk),
        ).defer("message")
    )


def story_of(application: Application) -> list[StoryLine]:
    """All that happened to an application, oldest first."""
    lines = [
        *_saving_line(application),
        *_transition_lines(application),
        *map(_mail_line, mails_about(application)),
    ]
    return sorted(lines, key=attrgetter("at"))


def _saving_line(application: Application) -> Iterator[StoryLine]:
    """Nothing for those that were sent right away: they were saved in the same moment."""
    sent_at = application.submitted_at
    if sent_at is None or sent_at - application.created_at > timedelta(minutes=1):
        yield StoryLine(application.created_at, _("Draft saved by the applicant"))


def _transition_lines(application: Application) -> Iterator[StoryLine]:
    rows = Transition.objects.filter(
        content_type=ContentType.objects.get_for_model(Application), object_id=application.pk
    ).select_related("user")
    for row in rows:
        yield StoryLine(
            row.at, str(HAPPENED.get(row.action, row.action)), _by_whom(row), row.reason
        )


def _by_whom(row: Transition) -> str:
    if row.user is None:
        return str(BY_WHOM.get(row.actor, row.actor))
    return _("by %(name)s") % {"name": row.user.get_full_name() or row.user.get_username()}


def _mail_line(mail: OutgoingMail) -> StoryLine:
    return StoryLine(
        mail.sent_at or mail.created_at,
        _("Mail: %(kind)s") % {"kind": _kind_label(mail.kind)},
        _("to %(address)s") % {"address": mail.recipient},
        mail=mail,
    )


def _kind_label(name: str) -> str:
    """The kind's label, or its name if the app that had it is gone."""
    try:
        return str(get_kind(name).label)
    except UnknownMailKind:
        return name

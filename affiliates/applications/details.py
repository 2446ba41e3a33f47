"""The state and content of an application, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.networks import label_of
from affiliates.core.regions import region_name
from affiliates.core.states import OPEN, Action, ApplicationState, ContactRole
from affiliates.models import Acceptance, AffiliateProgramPage, Application, Transition
from affiliates.models.fields import Statement
from affiliates.programs.promised_days import review_due_on

NEXT_STEP = {
    ApplicationState.DRAFT: gettext_lazy(
        "The group is still writing. What it wrote is shown here once it sends the application."
    ),
    ApplicationState.SUBMITTED: gettext_lazy(
        "Someone needs to read and review this application. Its review starts by itself."
    ),
    ApplicationState.IN_REVIEW: gettext_lazy("The review is under way. It needs a decision."),
    ApplicationState.INFORMATION_NEEDED: gettext_lazy(
        "The group was asked for more information. Wait for its answer, or call."
    ),
    ApplicationState.APPROVED: gettext_lazy("Nothing to do. The application was approved."),
    ApplicationState.DECLINED: gettext_lazy("Nothing to do. The application was declined."),
    ApplicationState.WITHDRAWN: gettext_lazy("Nothing to do. The application was withdrawn."),
}

STOPPED = gettext_lazy("Someone needs to start the review again. It does not start by itself.")


def is_open(application: Application) -> bool:
    return application.state in OPEN


def due_on(application: Application) -> date | None:
    return review_due_on(application) if is_open(application) else None


def waits_for_group(application: Application) -> bool:
    """Whether the group owes an answer, which pauses the review's deadline."""
    return application.state == ApplicationState.INFORMATION_NEEDED


def is_stopped(application: Application) -> bool:
    """Whether its review was ended without a decision, so that someone has to restart it."""
    waits = application.state == ApplicationState.SUBMITTED
    return waits and application.review_stopped_at is not None


def state_of(application: Application) -> str:
    if is_stopped(application):
        return _("Review stopped")
    return application.get_state_display()


def next_step(application: Application) -> Promise:
    if is_stopped(application):
        return STOPPED
    return NEXT_STEP[ApplicationState(application.state)]


@dataclass(frozen=True)
class Link:
    """A link of the group. ``href`` is empty if the address is not an HTTP URL."""

    network: str
    url: str

    @property
    def label(self) -> str:
        return label_of(self.network)

    @property
    def href(self) -> str:
        return self.url if self.url.startswith(("https://", "http://")) else ""


@dataclass(frozen=True)
class Accepted:
    acceptance: Acceptance
    today: Statement | None

    @property
    def is_removed(self) -> bool:
        return self.today is None

    @property
    def is_changed(self) -> bool:
        return self.today is not None and self.today.text_hash != self.acceptance.text_hash


def links_of(application: Application) -> list[Link]:
    return [Link(link["network"], link["url"]) for link in application.links]


def region_of(application: Application) -> str:
    return region_name(application.region)


def declined(application: Application) -> Transition | None:
    row = {
        "content_type": ContentType.objects.get_for_model(Application),
        "object_id": application.pk,
    }
    return Transition.objects.filter(**row, action=Action.DECLINE).last()


def contact_of(application: Application, role: ContactRole):
    """The contact with this role, or None. No query if the contacts are prefetched."""
    contacts = (contact for contact in application.contacts.all() if contact.role == role)
    return next(contacts, None)


def accepted_statements(application: Application) -> list[Accepted]:
    today = {item.id: item for _kind, item in application.program.statements_to_accept()}
    return [
        Accepted(acceptance, today.get(acceptance.statement_id))
        for acceptance in application.acceptances.all()
    ]


def added_since(program: AffiliateProgramPage, accepted: Iterable[Accepted]) -> list[Statement]:
    seen = {item.acceptance.statement_id for item in accepted}
    return [item for _kind, item in program.statements_to_accept() if item.id not in seen]

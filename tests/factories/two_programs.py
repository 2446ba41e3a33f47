"""Two programs with one record of each kind, and people with different rights on them.

All that belongs to a program has the name of its tree in it, so that a page tells whose it shows.
Names begin like formulas, as strangers may write them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page, WorkflowState

from affiliates.core.states import NoticeKind
from affiliates.models import (
    AffiliateProgramPage,
    Closure,
    ContactUpdate,
    Document,
    ImportUpload,
    Notice,
    Proof,
    Requirement,
    StaffNote,
    StatementChange,
)
from affiliates.programs.services import ensure_review_workflow
from affiliates.updates.services.moderation import start_moderation
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.application_rows import DraftFactory
from tests.factories.pages import ProgramPageFactory
from tests.factories.requirements import commitment, requirement
from tests.factories.reviews import under_review
from tests.factories.support import call_for_help
from tests.factories.tables import checked_upload
from tests.factories.updates import published, sent
from tests.factories.users import GroupFactory, UserFactory
from tests.workflows.webhooks.webhooks import make_endpoint
from workflows.models import OutgoingMail, WebhookDelivery

TREES = ("cedar", "willow")
TITLES = {"cedar": "Evergreens", "willow": "Broadleaves"}

SITE_WIDE = {
    "reader": ("view",),
    "manager": ("view", "change", "publish", "add", "delete"),
}
"""People with permissions on models, which count for all programs."""

PERSONS = (*TREES, "publisher", "clerk", *SITE_WIDE)
"""Two reviewers, who publishes the pages of the first program, staff without rights, and those."""

MODELS = (
    *("application", "affiliation", "contactupdate"),
    *("outgoingmail", "mailwording", "webhookendpoint", "webhookdelivery"),
)


@dataclass(frozen=True)
class Tree:
    """A program and one record of each kind; ``waiting`` and ``live`` are updates."""

    name: str
    program: AffiliateProgramPage
    application: Any
    draft: Any
    group: Any
    request: Any
    waiting: Any
    live: Any
    call: Any
    notice: Any
    upload: ImportUpload
    delivery: WebhookDelivery
    requirement: Requirement
    proof: Proof
    change: StatementChange
    note: StaffNote
    closure: Closure

    @property
    def mail(self) -> OutgoingMail:
        return OutgoingMail.objects.filter(recipient=f"applicant@{self.name}.example").latest("pk")

    @property
    def review(self) -> Any:
        return Page.objects.get(pk=self.application.affiliate_id).current_workflow_task_state

    @property
    def moderation(self) -> Any:
        return self.waiting.current_workflow_task_state

    @property
    def workflow_state(self) -> WorkflowState:
        return self.waiting.current_workflow_state


def plant(name: str) -> Tree:
    program = ProgramPageFactory(title=TITLES[name], slug=TITLES[name].lower())
    reviewers = GroupFactory(name=f"{name} reviewers")
    _give_pages(reviewers, program)
    program.review_group = reviewers
    program.save()
    ensure_review_workflow(program=program)
    reviewer = _person(name, groups=[reviewers.name])
    now = timezone.now()
    application = under_review(
        program,
        name=f"=1+{name} application",
        contact_name=f"{name} applicant",
        contact_email=f"applicant@{name}.example",
    )
    group = affiliation(
        program,
        title=f"=1+{name} group",
        contact__name=f"{name} contact",
        contact__email=f"contact@{name}.example",
    )
    live = published(group, f"=1+{name} published: we met the board.")
    waiting = sent(group, f"=1+{name} waiting: we met the board again.")
    start_moderation(update=waiting, now=now)
    application.refresh_from_db()
    waiting.refresh_from_db()
    call = call_for_help(group, now=now, text=f"=1+{name} help: a speaker.")
    hook = make_endpoint(description=f"{name} hook")
    asked = requirement(program, name=f"=1+{name} requirement", first_days=5)
    requirement(program, "reaffirm", name="Words")
    return Tree(
        name=name,
        program=program,
        application=application,
        draft=DraftFactory(program=program, draft_email=f"draft@{name}.example"),
        group=group,
        request=UpdateRequestFactory(affiliation=group),
        waiting=waiting,
        live=live,
        call=call,
        notice=Notice.objects.create(
            affiliation=group, kind=NoticeKind.BOUNCED, text=f"{name} notice", noted_at=now
        ),
        upload=checked_upload(
            program, reviewer, f"region,name,about\nAtlantis,{name} lost,Words\n", f"{name}.csv"
        ),
        delivery=WebhookDelivery.objects.create(
            endpoint=hook,
            event_type="thing.happened",
            message_id=name,
            key=name,
            body=b'{"thing": 1}',
        ),
        requirement=asked,
        proof=proof_of(group, asked, name),
        note=StaffNote.objects.create(
            affiliation=group, text=f"{name} remark", written_by=reviewer, written_at=now
        ),
        closure=Closure.objects.create(
            program=program,
            first_day=date(2099, 1, 1),
            last_day=date(2099, 1, 2),
            reason=f"=1+{name} closure",
        ),
        change=StatementChange.objects.create(
            program=program, kind="belief", after=f"=1+{name} change", changed_at=now
        ),
    )


def proof_of(group, asked, name: str) -> Proof:
    """With a file; the requirement is owed all the same."""
    owed = commitment(group, asked)
    proof = Proof.objects.create(
        commitment=owed, proved_on=owed.due_on, actor="contact", note=name, at=timezone.now()
    )
    Document.objects.create(
        proof=proof, name="a.pdf", content_type="application/pdf", size=1, content=name.encode()
    )
    return proof


def two_programs() -> dict[str, Tree]:
    trees = {name: plant(name) for name in TREES}
    pages = GroupFactory(name="Publishers")
    _give_pages(pages, trees["cedar"].program)
    _person("publisher", groups=[pages.name])
    _person("clerk")
    for name, actions in SITE_WIDE.items():
        _person(name, permissions=[*_permissions(actions)])
    everywhere = GroupFactory(name="Managers")
    for tree in trees.values():
        _give_pages(everywhere, tree.program)
    UserFactory._meta.model.objects.get(username="manager").groups.add(everywhere)
    return trees


def _permissions(actions):
    # Wagtail makes it when a site migrates, which asks for its addresses; tests do not.
    publish = {"codename": "publish_contactupdate", "name": "Can publish update"}
    update = ContentType.objects.get_for_model(ContactUpdate)
    Permission.objects.get_or_create(content_type=update, **publish)
    existing = Permission.objects.filter(
        content_type__app_label__in=["affiliates", "affiliate_workflows"],
        codename__in=[f"{action}_{model}" for action in actions for model in MODELS],
    )
    for one in existing.select_related("content_type"):
        yield f"{one.content_type.app_label}.{one.codename}"


def _person(username, *, permissions=(), **fields):
    """By a name that has nothing of a tree in it."""
    shown = {"first_name": "Pat", "last_name": f"Person {PERSONS.index(username)}"}
    email = f"person{PERSONS.index(username)}@staff.example"
    access = ["wagtailadmin.access_admin", *permissions]
    return UserFactory(username=username, email=email, permissions=access, **shown, **fields)


def _give_pages(group, program):
    for action in ("add", "change", "publish"):
        GroupPagePermission.objects.create(group=group, page=program, permission_type=action)

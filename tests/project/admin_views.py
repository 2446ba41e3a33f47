"""Every view of ours in Wagtail's admin, with who may see and do what there.

A view that is missing here makes ``test_admin_rights.py`` fail.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from affiliates.core.states import AffiliationState, SupportState
from tests.affiliates.directory.test_pages import program_form
from tests.affiliates.requirements.test_requirements_admin import form_data
from tests.factories.two_programs import Tree
from tests.factories.users import UserFactory
from tests.project.walks import (
    MANAGER,
    NOBODY,
    PUBLISHERS,
    READERS,
    REVIEWERS,
    SITE_STAFF,
    WILLOW,
    WORKERS,
    Walk,
)
from workflows.models import MailWording


def group(tree: Tree) -> list:
    return [tree.group.pk]


def call(tree: Tree) -> list:
    return [tree.call.pk]


def live(tree: Tree) -> list:
    return [tree.live.pk]


def waiting(tree: Tree) -> list:
    return [tree.waiting.pk]


def application(tree: Tree) -> list:
    return [tree.application.pk]


def reason(tree: Tree) -> dict[str, Any]:
    return {"reason": "It has to be."}


def text(tree: Tree) -> dict[str, Any]:
    return {"headline": "News", "text": "We met."}


def state(value: str) -> Callable[[Tree], Any]:
    def prepare(tree: Tree) -> None:
        tree.group.state = value
        tree.group.save()

    return prepare


def promise(tree: Tree) -> list:
    return [tree.group.pk, tree.requirement.pk]


def asked(tree: Tree) -> list:
    return [tree.requirement.pk]


def closure(tree: Tree) -> list:
    return [tree.closure.pk]


def typed_closure(tree: Tree) -> dict[str, Any]:
    days = {"first_day": "2099-03-01", "last_day": "2099-03-02"}
    return {**days, "program": tree.program.pk, "regions": "", "reason": "Snow"}


def with_heir(tree: Tree) -> None:
    """Another person who works for the program, and a group that somebody looks after."""
    UserFactory(
        username="heir", email="heir@staff.example", groups=[tree.program.review_group.name]
    )
    tree.group.owner_id = tree.upload.user_id
    tree.group.save()


def heir(tree: Tree) -> Any:
    return get_user_model().objects.get(username="heir")


def heir_as_owner(tree: Tree) -> dict[str, Any]:
    return {"owner": heir(tree).pk, "backup": ""}


def heard(tree: Tree) -> dict[str, Any]:
    key = "8e03978e-40d5-43dd-bc93-6894a57f9324"
    told = {"kind": "news", "text": "They met us."}
    return {**told, "contact": tree.group.primary_contact.pk, "key": key}


def typed_requirement(tree: Tree) -> dict[str, Any]:
    return {**form_data(tree.program), "look_ahead_seen": "1"}


def closed(tree: Tree) -> None:
    tree.call.state = SupportState.CLOSED
    tree.call.save()


def stopped(tree: Tree) -> None:
    tree.review.workflow_state.cancel()


def scheduled(tree: Tree) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    tree.waiting.latest_revision.approved_go_live_at = tomorrow
    tree.waiting.latest_revision.save()


def typed_table(tree: Tree) -> dict[str, Any]:
    content = b"State,Group name,Description\nOhio,New,Words\n"
    return {"program": tree.program.pk, "file": SimpleUploadedFile("new.csv", content)}


def upload(tree: Tree) -> list:
    return [tree.upload.pk]


def chosen_columns(tree: Tree) -> dict[str, Any]:
    return {"column-0": "region", "column-1": "name", "column-2": "about"}


def typed_cell(tree: Tree) -> dict[str, Any]:
    return {"row-2-region": "Ohio"}


def person(tree: Tree) -> dict[str, Any]:
    address = f"contact@{tree.name}.example"
    return {"address": address, "again": address, "action": "erase"}


def on_group(**kwargs: Any) -> Walk:
    return Walk(**{"sees": WORKERS, "acts": WORKERS, "args": group, "data": reason, **kwargs})


def on_update(**kwargs: Any) -> Walk:
    return Walk(**{"sees": WORKERS, "args": waiting, **kwargs})


AFFILIATIONS = {
    "index": Walk(READERS, rows=("group", "contact"), exports=True),
    "index_results": Walk(READERS, rows=("group", "contact")),
    "inspect": Walk(READERS, args=group, rows=("group", "contact", "help", "notice")),
    "pause": on_group(),
    "resume": on_group(prepare=state(AffiliationState.PAUSED)),
    "end": on_group(),
    "reinstate": on_group(prepare=state(AffiliationState.ENDED)),
    "send_link": on_group(),
    "contact": on_group(
        args=lambda tree: [tree.group.pk, "primary"],
        rows=("contact",),
        data=lambda tree: {"name": "Kim", "email": "kim@new.example"},
    ),
    "tick_off": on_group(args=lambda tree: [tree.group.pk, tree.notice.pk], rows=("notice",)),
    "waive": on_group(args=lambda tree: [tree.group.pk, tree.request.pk]),
    "ask_again": on_group(args=lambda tree: [tree.group.pk, tree.request.pk]),
    "owners": on_group(data=heir_as_owner, prepare=with_heir),
    "enter_update": on_group(data=heard),
    "write_note": on_group(data=lambda tree: {"text": "They called."}),
    "remove_note": on_group(args=lambda tree: [tree.group.pk, tree.note.pk], rows=("remark",)),
    "proofs": Walk(READERS, args=promise, rows=("requirement", "group")),
    "prove": on_group(args=promise, rows=("requirement",), data=lambda tree: {"note": "Seen."}),
    "adjust": on_group(args=promise, rows=("requirement",), data=lambda tree: {"ask_days": 9}),
    "document": Walk(READERS, args=lambda tree: [tree.group.pk, tree.proof.pk]),
}

REQUIREMENTS = {
    "index": Walk(WORKERS, rows=("requirement",)),
    "index_results": Walk(WORKERS, rows=("requirement",)),
    "add": Walk(NOBODY),
    "add_kind": Walk(NOBODY, WORKERS, lambda tree: ["declared"], data=typed_requirement),
    "edit": Walk(WORKERS, WORKERS, asked, rows=("requirement",), data=typed_requirement),
    "retire": Walk(WORKERS, WORKERS, asked, rows=("requirement",)),
}

CLOSURES = {
    "index": Walk(READERS, rows=("closure",)),
    "index_results": Walk(READERS, rows=("closure",)),
    "add": Walk(NOBODY, WORKERS, lambda tree: [], data=typed_closure),
    "edit": Walk(WORKERS, WORKERS, closure, rows=("closure",), data=typed_closure),
    "delete": Walk(WORKERS, WORKERS, closure, rows=("closure",)),
}


def on_chosen(data: Callable[[Tree], dict[str, Any]], **kwargs: Any) -> Walk:
    return Walk(
        WORKERS,
        WORKERS,
        lambda tree: [],
        rows=("group",),
        data=data,
        query=lambda tree: f"?group={tree.group.pk}",
        **kwargs,
    )


CHOSEN = {
    "affiliates_chosen_owners": on_chosen(
        lambda tree: {**heir_as_owner(tree), "roles": ["owner"]}, prepare=with_heir
    ),
    "affiliates_welcome": on_chosen(lambda tree: {"per_day": 5}),
    "affiliates_hand_over": Walk(
        NOBODY,
        WORKERS,
        lambda tree: [],
        data=lambda tree: {"of": tree.upload.user_id, "to": heir(tree).pk},
        prepare=with_heir,
    ),
}

FIRST_PROGRAM = {**REVIEWERS, "manager": WILLOW, "reader": WILLOW}
"""The matrix shows one program at a time, by title."""


def on_matrix(data: Callable[[Tree], dict[str, Any]]) -> Walk:
    return Walk(
        WORKERS,
        WORKERS,
        lambda tree: [],
        rows=("requirement", "group"),
        data=data,
        query=lambda tree: f"?requirement={tree.requirement.pk}&group={tree.group.pk}",
    )


MATRIX = {
    "affiliates_matrix": Walk(FIRST_PROGRAM, rows=("group", "requirement"), exports=True),
    "affiliates_matrix_results": Walk(FIRST_PROGRAM, rows=("group", "requirement")),
    "affiliates_matrix_ask": on_matrix(lambda tree: {}),
    "affiliates_matrix_waive": on_matrix(lambda tree: {"reason": "It has to be."}),
    "affiliates_matrix_put_off": on_matrix(
        lambda tree: {"until": timezone.localdate(), "reason": "It has to be."}
    ),
    "affiliates_changes": Walk(
        PUBLISHERS,
        PUBLISHERS,
        lambda tree: [tree.program.pk],
        rows=("change",),
        data=lambda tree: {f"change_{tree.change.pk}": "correction"},
    ),
}

CALLS = {
    "index": Walk(READERS, rows=("group",), exports=True),
    "index_results": Walk(READERS, rows=("group",)),
    "inspect": Walk(
        READERS, WORKERS, call, rows=("help",), data=lambda tree: {"text": "We will come."}
    ),
    "assign": Walk(WORKERS, WORKERS, call, data=lambda tree: {"take": "1"}),
    "close": Walk(WORKERS, WORKERS, call, data=reason),
    "reopen": Walk(WORKERS, WORKERS, call, prepare=closed),
}

APPLICATIONS = {
    "index": Walk(SITE_STAFF, rows=("application", "applicant"), exports=True),
    "index_results": Walk(SITE_STAFF, rows=("application", "applicant")),
    "inspect": Walk({**READERS, **PUBLISHERS}, args=application, rows=("application", "applicant")),
    "restart": Walk(NOBODY, PUBLISHERS, application, prepare=stopped),
}

UPDATES = {
    "list": Walk(READERS, rows=("waiting", "published", "group"), exports=True),
    "list_results": Walk(READERS, rows=("waiting", "published", "group")),
    "edit": on_update(acts=WORKERS, rows=("waiting", "group"), data=text),
    "history": on_update(rows=("waiting",)),
    "history_results": on_update(),
    "revisions_revert": on_update(
        acts=WORKERS,
        args=lambda tree: [tree.waiting.pk, tree.waiting.latest_revision_id],
        rows=("waiting",),
        data=text,
    ),
    "revisions_compare": on_update(
        args=lambda tree: [tree.waiting.pk, "earliest", "latest"], rows=("waiting",)
    ),
    "revisions_unschedule": on_update(
        acts=WORKERS,
        args=lambda tree: [tree.waiting.pk, tree.waiting.latest_revision_id],
        prepare=scheduled,
    ),
    "unpublish": on_update(acts=WORKERS, args=live, rows=("published",)),
    "workflow_action": on_update(
        acts=REVIEWERS,
        sees=REVIEWERS,
        args=lambda tree: [tree.waiting.pk, "reject", tree.moderation.pk],
        data=lambda tree: {"comment": "Why?"},
    ),
    "collect_workflow_action_data": on_update(
        sees=REVIEWERS, args=lambda tree: [tree.waiting.pk, "reject", tree.moderation.pk]
    ),
    "confirm_workflow_cancellation": on_update(),
    "workflow_history": on_update(),
    "workflow_history_detail": on_update(
        args=lambda tree: [tree.waiting.pk, tree.workflow_state.pk], rows=("waiting",)
    ),
}


def of_mail(tree: Tree) -> list:
    return [tree.mail.pk]


def hook(tree: Tree) -> list:
    return [tree.delivery.endpoint_id]


def delivery(tree: Tree) -> list:
    return [tree.delivery.pk]


MAILS = {
    "index": Walk(SITE_STAFF, rows=("applicant@",), exports=True),
    "index_results": Walk(SITE_STAFF, rows=("applicant@",)),
    "inspect": Walk(SITE_STAFF, args=of_mail, rows=("applicant@",)),
    "send_again": Walk(MANAGER, MANAGER, of_mail, prepare=lambda tree: fail(tree.mail)),
    "download": Walk(NOBODY, args=of_mail),
}


def fail(work: Any) -> None:
    work.state = "failed"
    work.save()


def reworded(tree: Tree) -> None:
    MailWording.objects.create(kind=WORDING[0], language="en", subject="S", text="T")


WORDING = ["waiting_for_you", "en"]
WORDINGS = {
    "index": Walk(MANAGER),
    "edit": Walk(
        MANAGER, MANAGER, lambda tree: WORDING, data=lambda tree: {"subject": "S", "text": "T"}
    ),
    "reset": Walk(MANAGER, MANAGER, lambda tree: WORDING, prepare=reworded),
}

ENDPOINTS = {
    "index": Walk(SITE_STAFF, rows=("hook",), exports=True),
    "index_results": Walk(SITE_STAFF, rows=("hook",)),
    "add": Walk(
        MANAGER,
        MANAGER,
        data=lambda tree: {
            "description": "New",
            "address": "https://93.184.215.14/new",
            "event_types": ["application.received"],
        },
    ),
    "edit": Walk(
        MANAGER,
        MANAGER,
        hook,
        rows=("hook",),
        data=lambda tree: {
            "description": "Changed",
            "address": "https://93.184.215.14/hooks",
            "event_types": ["application.received"],
        },
    ),
    "delete": Walk(MANAGER, MANAGER, hook, rows=("hook",)),
    "history": Walk(MANAGER, args=hook, rows=("hook",)),
    "history_results": Walk(MANAGER, args=hook),
    "usage": Walk(MANAGER, args=hook, rows=("hook",)),
    "inspect": Walk(SITE_STAFF, args=hook, rows=("hook",)),
    "secret": Walk(MANAGER, MANAGER, hook, rows=("hook",), data=lambda tree: {"renew": "1"}),
    "test": Walk(NOBODY, MANAGER, hook),
}

DELIVERIES = {
    "index": Walk(SITE_STAFF, rows=("hook",), exports=True),
    "index_results": Walk(SITE_STAFF, rows=("hook",)),
    "inspect": Walk(SITE_STAFF, args=delivery, rows=("hook",)),
    "send_again": Walk(MANAGER, MANAGER, delivery, prepare=lambda tree: fail(tree.delivery)),
}

SINGLE = {
    "affiliates_standing": Walk(READERS, rows=("group",), exports=True),
    "affiliates_standing_results": Walk(READERS, rows=("group",)),
    "affiliates_person": Walk(MANAGER, MANAGER, data=person),
    "affiliates_import": Walk(PUBLISHERS, PUBLISHERS, data=typed_table),
    "affiliates_import_example": Walk(PUBLISHERS),
    "affiliates_import_result": Walk(REVIEWERS, REVIEWERS, upload),
    "affiliates_import_columns": Walk(REVIEWERS, REVIEWERS, upload, data=chosen_columns),
    "affiliates_import_errors": Walk(REVIEWERS, REVIEWERS, upload, data=typed_cell),
    "affiliates_import_errors_sheet": Walk(REVIEWERS, args=upload),
    "affiliates_export": Walk(
        PUBLISHERS,
        args=lambda tree: [tree.program.pk, "csv"],
        rows=("group",),
        hidden=("contact",),
    ),
    "affiliates_policy_preview": Walk(
        NOBODY,
        PUBLISHERS,
        lambda tree: [tree.program.pk],
        hidden=("application", "group", "applicant"),
        data=lambda tree: program_form(),
    ),
    "workflows_numbers": Walk({}),
    "workflows_open_reviews": Walk(PUBLISHERS, rows=("application",), exports=True),
    "workflows_open_reviews_results": Walk(PUBLISHERS, rows=("application",)),
}


def of_review(action: str = "") -> list[Callable[[Tree], list]]:
    more = [action] if action else []
    return [
        lambda tree: [tree.review.pk, *more],
        lambda tree: [tree.moderation.pk, *more],
    ]


REVIEWS = {
    "workflows_review_words": [Walk(REVIEWERS, args=args) for args in of_review("reject")],
    "workflows_review_pass": [Walk(REVIEWERS, args=args) for args in of_review("approve")],
    "workflows_decide_review": [
        Walk(REVIEWERS, REVIEWERS, args, data=lambda tree: {"comment": "Why?"})
        for args in of_review("reject")
    ],
    "workflows_assign_review": [
        Walk(who, who, args, data=lambda tree: {"assignee": tree.upload.user_id})
        for who, args in zip((PUBLISHERS, WORKERS), of_review(), strict=True)
    ],
}


def _named(namespace: str, views: dict[str, Walk]) -> dict[str, list[Walk]]:
    return {f"{namespace}:{name}": [walk] for name, walk in views.items()}


VIEWS: dict[str, list[Walk]] = {
    **_named("affiliates_affiliation", AFFILIATIONS),
    **_named("affiliates_support", CALLS),
    **_named("affiliates_requirement", REQUIREMENTS),
    **_named("affiliates_closure", CLOSURES),
    **_named("affiliates_application", APPLICATIONS),
    **_named("affiliates_update", UPDATES),
    **_named("outgoing_mail", MAILS),
    **_named("mail_wording", WORDINGS),
    **_named("webhook_endpoint", ENDPOINTS),
    **_named("webhook_delivery", DELIVERIES),
    **{name: [walk] for name, walk in (SINGLE | MATRIX | CHOSEN).items()},
    **REVIEWS,
}

"""Who can log in to the demo."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    password: str
    is_superuser: bool
    what: str

    @property
    def email(self) -> str:
        return f"{self.username}@example.org"


# These open nothing but a demo on somebody's own machine.
PEOPLE = (
    Person("admin", "Ada Admin", "demo", True, "may do everything"),
    Person("reviewer", "Robin Reviewer", "demo", False, "sees applications, edits pages"),
)

REVIEW_GROUP = "Affiliate reviewers"

REVIEW_PERMISSIONS = (
    "wagtailadmin.access_admin",
    "affiliates.view_application",
    "affiliates.change_application",
    "affiliate_workflows.view_outgoingmail",
    "affiliate_workflows.change_outgoingmail",
    "affiliate_workflows.view_mailwording",
    "affiliate_workflows.change_mailwording",
)

PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page")
COLLECTION_PERMISSIONS = (
    "wagtailimages.add_image",
    "wagtailimages.choose_image",
    "wagtaildocs.add_document",
    "wagtaildocs.choose_document",
)

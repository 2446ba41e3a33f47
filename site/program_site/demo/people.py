"""Who works in the demo: the groups with what they may do, and who can log in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Team:
    """A group of users. Its page permissions are for the programs and the affiliates below them."""

    name: str
    permissions: tuple[str, ...]
    page_permissions: tuple[str, ...] = ()
    collection_permissions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    what: str
    team: Team | None = None
    """None: an administrator, who may do everything."""

    password: str = "demo"  # noqa: S105 (It opens nothing but a demo on somebody's own machine.)

    @property
    def email(self) -> str:
        return f"{self.username}@example.org"


SEES_APPLICATIONS = (
    "wagtailadmin.access_admin",
    "affiliates.view_application",
    "affiliates.view_affiliation",
    "affiliate_workflows.view_outgoingmail",
)
DECIDES = (
    *SEES_APPLICATIONS,
    "affiliates.change_application",
    "affiliates.change_affiliation",
)
USES_PICTURES = ("wagtailimages.add_image", "wagtailimages.choose_image")

# Wagtail publishes in the name of the last one who approves, so each of them has to be allowed to.
EDITS_PAGES = ("add_page", "change_page", "publish_page")

REVIEWERS = Team("Affiliate reviewers", DECIDES, EDITS_PAGES, USES_PICTURES)

LEADS = Team(
    "Affiliate leads",
    (
        *DECIDES,
        "affiliate_workflows.change_outgoingmail",
        "affiliate_workflows.view_mailwording",
        "affiliate_workflows.change_mailwording",
    ),
    EDITS_PAGES,
    USES_PICTURES,
)

DIRECTORS = Team("Directors", DECIDES, EDITS_PAGES)

TEAMS = (REVIEWERS, LEADS, DIRECTORS)

ADMIN = Person("admin", "Ada Admin", "may do everything")
DIRECTOR = Person("director", "Dana Director", "is told when nothing else helped", DIRECTORS)
PEOPLE = (
    ADMIN,
    Person("reviewer", "Robin Reviewer", "reviews applications", REVIEWERS),
    Person("colleague", "Casey Colleague", "reviews applications, too", REVIEWERS),
    Person("lead", "Lee Lead", "is told when a review is late", LEADS),
    DIRECTOR,
)

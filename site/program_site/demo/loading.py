"""Loads the demo's pages and people into an empty site, once, as an editor would make them."""

from collections.abc import Iterable
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.files.images import ImageFile
from django.db import transaction
from wagtail.images.models import Image
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
)

from affiliates.models import AffiliateProgramPage, ApplicationQuestion
from program_site.demo import content, people, second_program
from program_site.demo.statements import statements
from program_site.models import HomePage

AFFILIATES = Path(__file__).with_name("affiliates.csv")
BADGE = Path(__file__).with_name("badge.png")


def is_loaded() -> bool:
    return HomePage.objects.exists()


def stand_at(address: str) -> None:
    """Let links to pages lead to this address; each start may have another port."""
    parts = urlsplit(address)
    site = Site.objects.get(is_default_site=True)
    site.hostname = parts.hostname or "localhost"
    site.port = parts.port or (443 if parts.scheme == "https" else 80)
    site.save()


@transaction.atomic
def load_site() -> AffiliateProgramPage:
    """The home page in place of Wagtail's welcome page, the program, and who works on it."""
    teams = {team: Group.objects.create(name=team.name) for team in people.TEAMS}
    for person in people.PEOPLE:
        add_person(person, teams)
    home = add_home_page()
    program = add_program(home, teams)
    programs = (program, second_program.load(home))
    for team, group in teams.items():
        permit(group, team, programs)
    return program


def add_home_page() -> HomePage:
    site = Site.objects.get(is_default_site=True)
    welcome = site.root_page
    home = HomePage(
        title=content.HOME_TITLE,
        slug="affiliate-network",
        headline=content.HOME_HEADLINE,
        lead=content.HOME_LEAD,
        body=content.HOME_BODY,
    )
    Page.objects.get(depth=1).add_child(instance=home)
    site.root_page, site.site_name = home, content.SITE_NAME
    site.save()
    welcome.delete()
    return home


def add_program(home: HomePage, teams: dict[people.Team, Group]) -> AffiliateProgramPage:
    program = AffiliateProgramPage(
        title=content.PROGRAM_TITLE,
        slug=content.PROGRAM_SLUG,
        show_in_menus=True,
        introduction=content.INTRODUCTION,
        beliefs=statements("belief", content.BELIEFS),
        obligations=statements("obligation", content.OBLIGATIONS),
        benefits=statements("benefit", content.BENEFITS),
        how_to_apply=content.HOW_TO_APPLY,
        badge=add_badge(),
        contact_name=content.CONTACT_NAME,
        contact_email=content.CONTACT_EMAIL,
        review_group=teams[people.REVIEWERS],
        escalation_group=teams[people.LEADS],
        director=get_user_model().objects.get(username=people.DIRECTOR.username),
    )
    program.questions = [
        ApplicationQuestion(sort_order=number, **question)
        for number, question in enumerate(content.QUESTIONS)
    ]
    home.add_child(instance=program)
    program.save_revision().publish()
    return program


def add_badge() -> Image:
    with BADGE.open("rb") as file:
        return Image.objects.create(title=content.BADGE_TITLE, file=ImageFile(file, BADGE.name))


def permit(group: Group, team: people.Team, programs: Iterable[AffiliateProgramPage]) -> None:
    group.permissions.set(permission(name) for name in team.permissions)
    for page, codename in product(programs, team.page_permissions):
        GroupPagePermission.objects.create(
            group=group, page=page, permission=permission(f"wagtailcore.{codename}")
        )
    for name in team.collection_permissions:
        GroupCollectionPermission.objects.create(
            group=group,
            collection=Collection.get_first_root_node(),
            permission=permission(name),
        )


def permission(name: str) -> Permission:
    """The permission called ``app_label.codename``. Raises Permission.DoesNotExist."""
    app_label, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


def add_person(person: people.Person, teams: dict[people.Team, Group]) -> None:
    first_name, last_name = person.name.split()
    user = get_user_model().objects.create_user(
        person.username,
        person.email,
        person.password,
        first_name=first_name,
        last_name=last_name,
        is_superuser=person.team is None,
    )
    if person.team:
        user.groups.add(teams[person.team])

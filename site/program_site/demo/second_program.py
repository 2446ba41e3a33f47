"""A second, small program in another country: a network that is made up, with four groups."""

from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from affiliates.models import AffiliateProgramPage
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.services.importing import import_affiliates
from program_site.demo import people
from program_site.demo.statements import statements
from program_site.models import HomePage

GROUPS = Path(__file__).with_name("inclusive_schools.csv")

TITLE = "Inclusive Schools Network"
SLUG = "inclusive-schools"
COUNTRIES = [("country", {"country": "IE", "regions": "small"})]
NETWORKS = ("website", "mastodon", "bluesky", "facebook", "instagram", "linkedin", "meetup")
INTRODUCTION = """
<p>The Inclusive Schools Network brings together groups in Ireland who want disabled children to
learn beside their friends, in the school around the corner.</p>
"""
BELIEFS = (
    "Every child belongs in the school of its own neighborhood.",
    "Schools change to fit children, not the other way round.",
)
OBLIGATIONS = ("We name one person as our contact.", "We tell the network twice a year what we do.")
BENEFITS = ("A meeting of all groups each spring.", "Help with letters to schools and ministries.")
HOW_TO_APPLY = "<p>The form takes about five minutes. Your group needs no papers.</p>"
CONTACT_NAME = "Network team"
CONTACT_EMAIL = "network@example.org"


def load(home: HomePage) -> AffiliateProgramPage:
    """Below the home page, after the first program; the same people review for it."""
    program = AffiliateProgramPage(
        title=TITLE,
        slug=SLUG,
        show_in_menus=True,
        introduction=INTRODUCTION,
        beliefs=statements("school belief", BELIEFS),
        obligations=statements("school obligation", OBLIGATIONS),
        benefits=statements("school benefit", BENEFITS),
        how_to_apply=HOW_TO_APPLY,
        countries=COUNTRIES,
        networks=[("network", name) for name in NETWORKS],
        time_zone="Europe/Dublin",
        contact_name=CONTACT_NAME,
        contact_email=CONTACT_EMAIL,
        review_group=Group.objects.get(name=people.REVIEWERS.name),
        escalation_group=Group.objects.get(name=people.LEADS.name),
        director=get_user_model().objects.get(username=people.DIRECTOR.username),
        update_interval_months=6,
    )
    home.add_child(instance=program)
    program.save_revision().publish()
    import_affiliates(
        program=program,
        table=read_table(GROUPS.read_bytes()),
        by=get_user_model().objects.get(username=people.ADMIN.username),
    )
    return program

"""The badge's own address, and what a group sees and sends."""

from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from affiliates.affiliations.services.endings import end_affiliation
from affiliates.models import BadgeLook, Proof
from tests.factories.affiliations import affiliation
from tests.factories.own_pages import opened_own, own_path
from tests.factories.requirements import commitment, requirement
from tests.factories.reviews import reviewer
from tests.standing import stands

# Wagtail leaves the file of a new rendition open.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Exception ignored in. <function SpooledTemporaryFile"),
]

SITE = "https://www.group.org/"


@stands()
def program(reviewed_program):
    picture = get_image_model().objects.create(title="Badge", file=get_test_image_file())
    reviewed_program.badge = picture
    reviewed_program.save()
    return reviewed_program


@stands()
def group(program):
    return affiliation(program, links={"website": SITE})


@stands()
def asked(program, group):
    made = requirement(program, "badge")
    BadgeLook.objects.update(host="group.org", next_at=timezone.now() + timedelta(days=5))
    return made


def path_of(group):
    return reverse("affiliates:badge", args=[group.group_key])


def words(response):
    return " ".join(unescape(response.content.decode()).split())


def test_badge_has_an_address_of_its_own_for_each_group(client, group):
    response = client.get(path_of(group))
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response["Cache-Control"] == "public, max-age=86400"
    assert not response.cookies
    again = client.get(path_of(group), headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_badge_goes_away_with_the_affiliation(client, group, program):
    by = reviewer(program)
    end_affiliation(affiliation=group, user=by, reason="Why", tell=False, now=timezone.now())
    assert client.get(path_of(group)).status_code == 404
    assert client.get(reverse("affiliates:badge", args=[uuid4()])).status_code == 404


def test_load_from_the_website_is_noted_as_a_day_and_hastens_the_look(client, group, asked):
    client.get(path_of(group), headers={"Referer": "https://GROUP.org/about?visitor=kim"})
    look = BadgeLook.objects.get()
    assert look.loaded_on is not None
    assert look.next_at <= timezone.now()
    assert not Proof.objects.exists()
    assert "kim" not in str(BadgeLook.objects.values())


@pytest.mark.parametrize(
    "referer", ["", "https://other.org/", "https://group.org.evil.org/", "http://[", "group.org"]
)
def test_load_from_elsewhere_writes_nothing(client, group, asked, referer):
    client.get(path_of(group), headers={"Referer": referer})
    assert BadgeLook.objects.get().loaded_on is None


def test_head_writes_nothing(client, group, asked):
    client.head(path_of(group), headers={"Referer": SITE})
    assert BadgeLook.objects.get().loaded_on is None


def test_thousand_loads_a_day_write_once(client, group, asked, django_assert_num_queries):
    for _load in range(2):
        client.get(path_of(group), headers={"Referer": SITE})
    with django_assert_num_queries(2):  # the group, and that there is nothing to note
        client.get(path_of(group), headers={"Referer": SITE})


def test_load_for_one_group_says_nothing_of_another(client, program, group, asked):
    other = affiliation(program, links={"website": "https://other.org/"})
    client.get(path_of(other), headers={"Referer": SITE})
    assert not BadgeLook.objects.exclude(loaded_on=None).exists()


# The group's own page


def test_group_copies_html_that_leads_to_its_page(client, group, asked, program):
    html = opened_own(client, group).get(own_path(group, f"requirements/{asked.pk}/"))
    said = words(html)
    address = f"http://localhost{path_of(group)}"
    link = f'<a href="{group.page.full_url}"><img src="{address}" alt="Affiliate of'
    assert link in said
    assert "We have not looked at the website yet." in said


def test_name_of_the_organization_cannot_break_the_html(client, group, asked, settings):
    settings.WAGTAIL_SITE_NAME = 'A "B" <c>'
    html = opened_own(client, group).get(own_path(group, f"requirements/{asked.pk}/"))
    assert 'alt="Affiliate of A &quot;B&quot; &lt;c&gt;"' in words(html)


def test_program_without_a_picture_gives_a_link(client, group, asked, program):
    type(program).objects.filter(pk=program.pk).update(badge=None)
    html = opened_own(client, group).get(own_path(group, f"requirements/{asked.pk}/"))
    assert ">Affiliate of Affiliates</a>" in words(html)
    assert client.get(path_of(group)).status_code == 404


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("facebook.com/group/posts/1", "https://facebook.com/group/posts/1"),
        (" www.group.org/about ", "https://www.group.org/about"),
    ],
)
def test_group_sends_a_link_to_where_it_is(client, group, asked, typed, kept):
    own = opened_own(client, group)
    own.post(own_path(group, f"requirements/{asked.pk}/"), {"link": typed})
    assert Proof.objects.get().data == {"link": kept}
    assert commitment(group, asked).proved_on is not None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Please give a link to the page or post."),
        ("on our page", "A link cannot have spaces"),
        ("http://localhost/x", "Others cannot open this link."),
        ("javascript:alert(1)", "This is no link to a web page."),
        ("http://a:b@group.org", "user name or password"),
        (f"group.org/{'x' * 600}", "This link is too long."),
    ],
)
def test_link_that_leads_nowhere_is_refused_and_kept(client, group, asked, typed, said):
    own = opened_own(client, group)
    refused = own.post(own_path(group, f"requirements/{asked.pk}/"), {"link": typed})
    assert refused.status_code == 422
    assert said in words(refused)
    assert typed in unescape(refused.content.decode())


def test_own_page_says_what_we_saw(client, group, asked):
    html = words(opened_own(client, group).get(own_path(group)))
    assert "We have not looked at the website yet." in html


OWN_PAGE = 23
"""Queries: of session and group, and of what stands there, each kind of thing once."""


@pytest.mark.parametrize("number", [1, 3])
def test_own_page_costs_the_same_for_more_badges(
    client, group, program, django_assert_num_queries, number
):
    for count in range(number):
        requirement(program, "badge", name=f"Badge {count}")
    own = opened_own(client, group)
    own.get(own_path(group))
    with django_assert_num_queries(OWN_PAGE):
        own.get(own_path(group))

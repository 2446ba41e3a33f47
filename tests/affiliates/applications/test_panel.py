"""Reviewers read the application beside the page that it became, and others do not."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from affiliates.applications.services.information import answer_request
from affiliates.applications.services.look_alikes import name_fingerprint
from affiliates.models import AffiliatePage, Fingerprint
from tests.factories.pages import AffiliatePageFactory
from tests.factories.reviews import now_of, request_changes, reviewer, under_review
from tests.factories.users import UserFactory
from tests.standing import stands

TAB = 'id="tab-label-application"'


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def application(program):
    return under_review(program, contact_name="Rosa Diaz")


def editor_of(client, user, page):
    client.force_login(user)
    response = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_reviewer_without_other_rights_reads_the_application_in_the_editor(
    client, program, application
):
    page = editor_of(client, reviewer(program), now_of(application).affiliate)
    assert TAB in page
    assert "Rosa Diaz" in page
    assert '<a href="tel:+1-614-555-0123">614 555 0123</a>' in page
    for acceptance in application.acceptances.all():
        assert acceptance.text in page
    assert "Application sent" in page
    assert reverse("affiliates_application:inspect", args=[application.pk]) in page


def test_link_from_the_editor_leads_the_reviewer_to_the_application(client, program, application):
    client.force_login(reviewer(program))
    url = reverse("affiliates_application:inspect", args=[application.pk])
    page = client.get(url)
    assert page.status_code == 200
    assert reverse("affiliates_application:index") not in page.content.decode()
    assert client.get(reverse("affiliates_application:index")).status_code == 302


def test_answers_stand_below_their_questions(client, program, application):
    user = reviewer(program)
    request_changes(application, user, "How many <b>members</b>?")
    application = now_of(application)
    answer_request(application=application, answer="Forty of us", now=timezone.now())
    page = editor_of(client, user, now_of(application).affiliate)
    assert "How many &lt;b&gt;members&lt;/b&gt;?" in page
    assert "Forty of us" in page
    assert f"Asked by {user.get_full_name()}" in page


def test_look_alikes_are_shown_to_reviewers(client, program, application):
    twin = AffiliatePageFactory(parent=program, title="Columbus Twins", region=application.region)
    value = name_fingerprint(twin.title, twin.region)
    Fingerprint.objects.create(application=application, value=value)
    page = editor_of(client, reviewer(program), now_of(application).affiliate)
    assert "This may be the same group as" in page
    assert "Columbus Twins" in page


@pytest.mark.parametrize(
    ("name", "look"),
    [
        ("Оhiо Раrеnts", "Ohio Parents"),
        ("Ohio Parénts", ""),
        ("Родители Огайо", ""),
        ("Kırıkkale Gönüllüleri", ""),
    ],
)
def test_name_in_letters_that_only_look_latin_is_pointed_out(client, program, name, look):
    page = editor_of(client, reviewer(program), under_review(program, name=name).affiliate)
    assert ("The name looks like another one" in page) is bool(look)
    assert not look or f"It looks like “{look}”" in page


def test_page_that_came_from_no_application_has_no_such_tab(client, program, admin_user):
    assert TAB not in editor_of(client, admin_user, AffiliatePageFactory(parent=program))


def test_page_that_is_being_added_has_no_such_tab(admin_client, program):
    url = reverse("wagtailadmin_pages:add", args=["affiliates", "affiliatepage", program.pk])
    assert TAB not in admin_client.get(url).content.decode()


def test_editor_of_pages_who_may_not_decide_does_not_see_it(client, program, application):
    user = UserFactory(groups=["Editors"])
    page = editor_of(client, user, now_of(application).affiliate)
    assert TAB not in page
    assert "Rosa Diaz" not in page
    url = reverse("affiliates_application:inspect", args=[application.pk])
    assert client.get(url).status_code == 302


def test_application_stays_beside_the_page_after_approval(client, admin_user, application):
    AffiliatePage.objects.get(application=application).save_revision(user=admin_user).publish(
        user=admin_user
    )
    page = editor_of(client, admin_user, now_of(application).affiliate)
    assert "Rosa Diaz" in page
    assert "Nothing to do. The application was approved." in page


def test_nothing_of_the_application_can_be_changed_in_the_editor(client, program, application):
    page = editor_of(client, reviewer(program), now_of(application).affiliate)
    (section,) = re.findall(r'<section id="tab-application".*?(?=<section id="tab-)', page)
    assert not re.search(r"<(input|textarea|select|form)\b", section)


def test_panel_costs_as_many_queries_with_three_of_each_as_with_one(
    client, program, application, django_assert_max_num_queries
):
    user = reviewer(program)

    def ask_and_answer():
        request_changes(application, user)
        answer_request(application=now_of(application), answer="Ten", now=timezone.now())

    ask_and_answer()
    page = now_of(application).affiliate
    editor_of(client, user, page)  # What Wagtail does once for each person is done from here on.
    with django_assert_max_num_queries(250) as before:
        editor_of(client, user, page)
    ask_and_answer()
    ask_and_answer()
    page = now_of(application).affiliate
    with django_assert_max_num_queries(len(before)):
        editor_of(client, user, page)

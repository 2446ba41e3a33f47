"""Our pages in Wagtail's own API: what is public, and nothing else."""

import json

import pytest
from django.test import override_settings
from django.urls import path
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet

from affiliates.models import AffiliatePage, AffiliateProgramPage
from program_site.urls import urlpatterns as site_urlpatterns
from tests.factories.affiliations import affiliation
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory
from tests.factories.users import GroupFactory

router = WagtailAPIRouter("pages_api")
router.register_endpoint("pages", PagesAPIViewSet)
urlpatterns = [path("api/v2/", router.urls), *site_urlpatterns]

PUBLIC = {
    AffiliateProgramPage: {
        "introduction",
        "beliefs",
        "obligations",
        "benefits",
        "how_to_apply",
        "badge",
        "applications_open",
        "contact_email",
        "review_days",
        "update_interval_months",
    },
    AffiliatePage: {
        "region",
        "scope",
        "locality",
        "summary",
        "body",
        "logo",
        "links",
        "affiliated_since",
    },
}


@pytest.fixture
def api(client, db):
    with override_settings(ROOT_URLCONF=__name__):
        yield lambda page: client.get(f"/api/v2/pages/{page.pk}/").json()


@pytest.mark.parametrize(("model", "public"), PUBLIC.items())
def test_public_fields_are_chosen_one_by_one(model, public):
    assert {field.name for field in model.api_fields} == public


def test_program_in_the_api_has_statements_with_ids(program, api):
    answer = api(program)
    assert answer["beliefs"] == [
        {"id": item.id, "text": item.text} for item in program.statements("beliefs")
    ]
    assert answer["applications_open"] is True
    assert set(answer) >= PUBLIC[AffiliateProgramPage]


def test_links_in_rich_text_have_real_addresses(api):
    program = ProgramPageFactory()
    program.introduction = f'<p><a linktype="page" id="{program.pk}">Here</a></p>'
    program.save()
    assert f'href="{program.url}"' in api(program)["introduction"]


def test_affiliate_in_the_api_has_its_links(program, api):
    page = AffiliatePageFactory(parent=program, links={"website": "https://a.example.org"})
    (link,) = api(page)["links"]
    assert (link["network"], link["url"]) == ("website", "https://a.example.org")


def test_nothing_private_is_in_the_api(api):
    group = GroupFactory(name="Secret group")
    program = ProgramPageFactory(
        contact_name="Secret name", review_group=group, escalation_group=group
    )
    page = affiliation(program, contact__name="Secret contact").page
    answers = json.dumps([api(program), api(page)]).lower()
    assert "secret" not in answers

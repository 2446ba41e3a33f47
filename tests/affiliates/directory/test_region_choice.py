"""What editors choose: the countries of a program, and the region of a group."""

from bs4 import BeautifulSoup
from django.urls import reverse

from affiliates.affiliations.admin.filters import AffiliationFilterSet
from affiliates.core.states import Scope
from affiliates.models import AffiliatePage, AffiliateProgramPage
from tests.factories.countries import countries, program_in
from tests.factories.pages import AffiliatePageFactory


def options(client, page, name):
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    select = BeautifulSoup(client.get(url).content, "html.parser").find("select", {"name": name})
    chosen = select.find("option", selected=True)
    return [option["value"] for option in select.find_all("option")], chosen["value"]


def test_new_program_works_in_the_us_and_canada(program):
    assert [row["country"] for row in program.country_rows] == ["US", "CA"]
    assert (len(program.coverage.codes), program.coverage.label) == (70, "State or province")


def test_countries_stay_with_the_page_in_revisions_and_copies(db):
    program = program_in("Bundesland", DE="large", AT="none")
    assert program.save_revision().as_object().coverage == program.coverage
    copy = program.copy(update_attrs={"slug": "copy"})
    assert AffiliateProgramPage.objects.get(pk=copy.pk).coverage == program.coverage


def test_editor_is_offered_the_regions_and_scopes_of_the_program(editor_client, db):
    page = AffiliatePageFactory(parent=program_in(IE="small"), region="IE-D", scope="regional")
    regions, chosen = options(editor_client, page, "region")
    assert (len(regions), chosen) == (1 + 26 + 1, "IE-D")
    scopes, _chosen = options(editor_client, page, "scope")
    assert scopes == ["", Scope.REGIONAL, Scope.LOCAL, Scope.NATIONAL, Scope.ONLINE]


def test_region_of_a_country_that_was_taken_away_can_still_be_kept(editor_client, program):
    page = AffiliatePageFactory(parent=program, region="US-OH", scope="state")
    program.countries = countries(IE="none")
    program.save()
    assert options(editor_client, page, "region") == (["", "IE", "US-OH"], "US-OH")
    assert options(editor_client, page, "scope")[1] == "state"


def test_regions_are_filters_where_groups_are(program):
    AffiliatePageFactory(parent=program, region="CA-QC", scope="provincial")
    AffiliatePageFactory(parent=program_in(DE="large"), region="DE-BY", scope="regional")
    choices = AffiliationFilterSet({}).form.fields["region"].choices
    assert [str(name) for _code, name in choices] == ["All", "Bavaria", "Quebec"]


def test_group_is_found_by_its_region_in_any_language(program):
    page = AffiliatePageFactory(parent=program, region="CA-BC", scope="provincial")
    for word in ("columbia", "colombie", "britanica"):
        found = AffiliatePage.objects.filter(directory_words__contains=word)
        assert list(found) == [page]

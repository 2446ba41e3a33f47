"""The networks that a program shows: where they stand, and what becomes of the others."""

import pytest
from django.test import override_settings

from affiliates.models import AffiliateLink
from affiliates.portal.services.profile_changes import put_waiting_changes
from affiliates.transfer.exporting.affiliates import export_affiliates
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.services.importing import import_affiliates
from tests.affiliates.api import calls
from tests.affiliates.directory.test_sharing import html, structured
from tests.factories.affiliations import affiliation
from tests.factories.own_pages import opened_own, own_path, profile_data
from tests.factories.profile_changes import page_of
from tests.standing import stands

pytestmark = pytest.mark.django_db

API = "/api/affiliates/v1/programs"
BLUESKY = "https://bsky.app/profile/a.example.org"
MASTODON = "https://a.example.org/@group"
LINKS = {
    "website": "https://a.example.org",
    "facebook": "https://facebook.com/group",
    "bluesky": BLUESKY,
    "mastodon": MASTODON,
}
SHOWN = {"mastodon": MASTODON, "website": LINKS["website"], "bluesky": BLUESKY}


def choose(program, *networks):
    program.networks = [("network", name) for name in networks]
    program.save_revision().publish()
    return program


@stands()
def program(reviewed_program):
    return choose(reviewed_program, *SHOWN)


def order_in(text, *parts):
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_page_directory_and_apis_show_them_in_the_programs_order(program, client):
    group = affiliation(program, links=LINKS).page
    address = f"{API}/{program.slug}/affiliates/"
    urls = [*SHOWN.values()]
    assert structured(html(client, group.url))["sameAs"] == urls
    for page in (html(client, group.url), html(client, program.url)):
        order_in(page, *(f'href="{url}"' for url in urls))
        assert LINKS["facebook"] not in page
    wanted = [{"network": name, "url": url} for name, url in SHOWN.items()]
    for answer in (client.get(f"{address}{group.slug}/"), client.get(address)):
        found = answer.json()
        assert (found.get("items") or [found])[0]["links"] == wanted
    assert client.get(f"{address}?network=bluesky").json()["count"] == 1
    assert client.get(f"{address}?network=facebook").json()["count"] == 0
    with override_settings(ROOT_URLCONF="tests.affiliates.api.test_pages_api"):
        found = client.get(f"/api/v2/pages/{group.pk}/").json()["links"]
    assert [link["url"] for link in found] == urls


def test_only_the_groups_own_page_says_that_its_links_are_itself(program, client):
    group = affiliation(program, links=LINKS).page
    assert html(client, group.url).count('rel="me noopener"') == 3
    assert 'rel="me' not in html(client, program.url)


def test_program_without_networks_asks_for_none_and_shows_none(program, client):
    group = affiliation(choose(program), links=LINKS).page
    assert "Where people find you" not in html(client, program.apply_url)
    assert "has no public page of its own" in html(client, group.url)
    assert client.get(f"{API}/{program.slug}/affiliates/").json()["items"][0]["links"] == []
    schema = client.get(f"{API}/{program.slug}/application-form/").json()
    assert schema["properties"]["group"]["properties"]["links"]["maxItems"] == 0


def test_form_asks_for_them_in_the_programs_order_with_help(program, client):
    page = html(client, program.apply_url)
    order_in(page, "link_mastodon", "@group@mastodon.social", "link_website", "link_bluesky")
    assert "link_facebook" not in page
    schema = client.get(f"{API}/{program.slug}/application-form/").json()
    links = schema["properties"]["group"]["properties"]["links"]
    networks = links["items"]["properties"]["network"]["anyOf"]
    assert [(each["const"], each["title"]) for each in networks] == [
        ("mastodon", "Mastodon"),
        ("website", "Website"),
        ("bluesky", "Bluesky"),
    ]


def test_api_says_which_networks_a_program_asks_for(program, client):
    links = [
        {"network": "mastodon", "url": "@group@a.example.org"},
        {"network": "facebook", "url": "facebook.com/group"},
    ]
    body = calls.application(program, group=calls.group(links=links))
    (place, mistake), *others = calls.mistakes(calls.send(client, program, body)).items()
    assert not others
    assert place == ("group", "links", 1, "network")
    assert "mastodon (Mastodon), website (Website), bluesky (Bluesky)" in mistake["message"]


def test_group_changes_what_is_shown_and_the_rest_stays(program, client):
    group = affiliation(program, links={name: LINKS[name] for name in ("facebook", "bluesky")})
    path = own_path(group, "profile/")
    opened_own(client, group)
    order_in(html(client, path), "link_mastodon", "link_website", "link_bluesky")
    assert LINKS["facebook"] not in html(client, path)
    sent = client.post(path, profile_data(client, group, link_mastodon=MASTODON, link_bluesky=""))
    assert sent.status_code == 302
    change = group.profile_changes.get()
    assert set(change.changes) == {"link_mastodon", "link_bluesky"}
    put_waiting_changes(now=change.sent_at)
    draft = page_of(group).get_latest_revision_as_object()
    assert {link.network for link in draft.links.all()} == {"facebook", "mastodon"}


def test_import_reads_all_networks_and_export_has_those_in_use(program, client):
    table = "region,name,about,Website,X,Mastodon handle\nMI,A,Us,meetup.com/group/events/1,@a,\n"
    report = import_affiliates(program=program, table=read_table(table.encode()), by=None)
    assert not report.findings
    links = AffiliateLink.objects.values_list("network", "url")
    assert sorted(links) == [
        ("twitter", "https://x.com/a"),
        ("website", "https://meetup.com/group"),
    ]
    content = b"".join(export_affiliates(program, file_format="csv", with_contacts=False))
    headings, row, *_others = content.decode().split("\r\n")
    assert headings.endswith("locality,website,twitter,mastodon,bluesky")
    assert row.endswith(",https://meetup.com/group,https://x.com/a,,")

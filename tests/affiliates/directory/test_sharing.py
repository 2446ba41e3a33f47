"""What machines and other sites read of public pages: schema.org, and the picture beside a link."""

import io
import json
import re
from datetime import date
from html import unescape

import pytest
from PIL import Image
from wagtail.models import PageViewRestriction

from affiliates.directory.pictures import SIZE, draw_card
from tests.factories.affiliations import affiliation
from tests.factories.many import add_many
from tests.factories.pages import AffiliatePageFactory
from tests.factories.updates import published

MARKUP = "</script><script>alert(1)</script><!-- & “x”"
NASTY = "</script><script>alert(1)</script><!-- & \u2028 “x”"


def structured(page):
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    data = json.loads(text)
    assert data.pop("@context") == "https://schema.org"
    return data


def meta(page, name):
    (content,) = re.findall(f'<meta property="{name}" content="([^"]*)">', page)
    return unescape(content)


def html(client, url):
    return client.get(url).content.decode()


def card_path(client, page):
    """The address of the picture, as somebody else's server would ask for it."""
    url = meta(html(client, page.url), "og:image")
    assert url.startswith("http://")
    return "/" + url.split("/", 3)[3]


def test_affiliate_page_says_who_where_and_where_else(program, client):
    page = AffiliatePageFactory(
        parent=program,
        title="Open Doors",
        scope="local",
        locality="Lansing",
        affiliated_since=date(2024, 5, 1),
        links={"website": "https://doors.org", "facebook": "https://facebook.com/doors"},
    )
    assert structured(html(client, page.url)) == {
        "@type": "NGO",
        "@id": f"{page.full_url}#group",
        "name": "Open Doors",
        "url": page.full_url,
        "description": page.summary,
        "areaServed": {
            "@type": "Place",
            "name": "Lansing",
            "containedInPlace": {"@type": "State", "name": "Michigan", "identifier": "US-MI"},
        },
        "sameAs": ["https://doors.org", "https://facebook.com/doors"],
        "memberOf": {
            "@type": "Organization",
            "@id": f"{program.full_url}#program",
            "name": program.title,
            "url": program.full_url,
        },
    }


def test_affiliate_without_links_is_the_same_as_nothing(affiliate, client):
    assert "sameAs" not in structured(html(client, affiliate.url))


def test_program_page_lists_its_affiliates(program, affiliate, client):
    organization, listed = structured(html(client, program.url))["@graph"]
    assert organization["@type"] == "Organization"
    assert organization["name"] == program.title
    assert listed == {
        "@type": "ItemList",
        "numberOfItems": 1,
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": 1,
                "name": affiliate.title,
                "url": affiliate.full_url,
            }
        ],
    }


def test_second_page_of_a_directory_goes_on_counting(program, client):
    add_many(program, 25)
    _organization, listed = structured(html(client, f"{program.url}?page=2"))["@graph"]
    assert listed["numberOfItems"] == 25
    assert [item["position"] for item in listed["itemListElement"]] == [21, 22, 23, 24, 25]


def test_program_without_affiliates_has_no_empty_list(program, client):
    (organization,) = structured(html(client, program.url))["@graph"]
    assert organization["url"] == program.full_url


def test_text_of_a_group_never_ends_the_data(program, client):
    page = AffiliatePageFactory(parent=program, title=f"A {NASTY}", slug="nasty", summary=NASTY)
    for url in (page.url, program.url):
        content = html(client, url)
        assert "<script>alert" not in content
        data = structured(content)
    assert data["@graph"][1]["itemListElement"][0]["name"] == page.title


def test_data_has_nothing_of_a_contact(program, client):
    secrets = {"name": "Secret Person", "email": "secret@example.org", "phone": "555-0199"}
    found = affiliation(program, **{f"contact__{name}": value for name, value in secrets.items()})
    content = html(client, found.page.url) + html(client, program.url)
    assert found.page.title in content
    assert [secret for secret in (*secrets.values(), found.reference) if secret in content] == []


def test_shared_link_shows_a_picture_of_its_words(affiliate, client):
    answer = client.get(card_path(client, affiliate))
    assert answer["Content-Type"] == "image/png"
    assert "max-age=86400" in answer["Cache-Control"]
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == SIZE
        assert len(picture.convert("RGB").getcolors(100)) > 2
    page = html(client, affiliate.url)
    assert '<meta name="twitter:card" content="summary_large_image">' in page
    assert meta(page, "og:image:alt") == affiliate.title


def test_program_has_a_picture_too(program, client):
    assert client.get(card_path(client, program)).status_code == 200


def test_update_has_a_picture_and_says_whose_it_is(program, client):
    news = published(affiliation(program, title="Ohio Parents"), MARKUP, headline="A law passed")
    page = html(client, f"{program.url}updates/{news.pk}/")
    assert meta(page, "og:image:alt") == "A law passed"
    picture = client.get("/" + meta(page, "og:image").split("/", 3)[3])
    assert picture["Content-Type"] == "image/png"
    data = structured(page)
    assert (data["@type"], data["headline"], data["articleBody"]) == (
        "Article",
        "A law passed",
        MARKUP,
    )
    assert data["author"]["name"] == "Ohio Parents"
    assert data["publisher"]["name"] == program.title


def test_update_that_is_not_public_has_no_picture(program, client):
    news = published(affiliation(program), "We met.")
    news.unpublish()
    for key in (news.pk, 10**30):
        assert client.get(f"/join/{program.slug}/update/{key}.png").status_code == 404


def test_picture_is_not_sent_twice_and_another_name_is_another_picture(affiliate, client):
    path = card_path(client, affiliate)
    tag = client.get(path)["ETag"]
    answer = client.get(path, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    affiliate.title = "Another name"
    affiliate.save()
    assert card_path(client, affiliate) != path
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_group_that_is_not_public_has_no_picture(program, client):
    draft = AffiliatePageFactory(parent=program, slug="draft", live=False)
    private = AffiliatePageFactory(parent=program, slug="private")
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    AffiliatePageFactory(parent=program, slug="shown")
    for slug in (draft.slug, private.slug, "no-such-group", "shown%00", "%F0%9F%90%A6"):
        assert client.get(f"/join/{program.slug}/card/{slug}.png").status_code == 404


@pytest.mark.parametrize(
    "title",
    ["", " ", "W" * 255, "word " * 60, "東京の会", "🐦", "É\u0301\u0301 Łódź", NASTY, "\uffff"],
)
def test_any_title_can_be_drawn(title):
    with Image.open(io.BytesIO(draw_card(title, above="Michigan", below="Program"))) as picture:
        assert picture.size == SIZE


def test_letters_that_the_font_lacks_are_drawn_without_accents():
    assert draw_card("Éducation") == draw_card("Education")
    assert draw_card("東京の会", above="Alberta") == draw_card("Alberta")


def test_site_sets_colors_of_pictures(settings):
    before = draw_card("Parents")
    settings.AFFILIATES = {"CARD_COLORS": ("#000000", "#ffffff", "#ff0000")}
    assert draw_card("Parents") != before

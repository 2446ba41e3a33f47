"""Links at intake: the "Links" family of bad input."""

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from hypothesis import given
from hypothesis import strategies as st

from affiliates.core.networks import names
from affiliates.core.networks.links import clean_link, link_key, network_at

CHANNEL = "UC" + "a" * 22


@pytest.mark.parametrize(
    ("network", "typed", "link"),
    [
        ("website", "www.endsar-mi.org", "https://www.endsar-mi.org"),
        ("website", "  http://example.org/a  ", "http://example.org/a"),
        ("website", "<https://example.org/>", "https://example.org/"),
        ("website", "//example.org", "https://example.org"),
        ("website", "HTTPS://Example.ORG/About", "https://example.org/About"),
        ("website", "example.org:443/a", "https://example.org/a"),
        ("website", "example.org.", "https://example.org"),
        ("website", "https://example.org/#news", "https://example.org/#news"),
        ("website", "bücher.example.org", "https://xn--bcher-kva.example.org"),
        ("website", "example.org/für uns".replace(" ", ""), "https://example.org/f%C3%BCruns"),
        ("website", "example.org/a%20b?c=100%", "https://example.org/a%20b?c=100%25"),
        ("website", "example.org/?utm_source=x&p=2&fbclid=y", "https://example.org/?p=2"),
        ("website", 'example.org/"><script>', "https://example.org/%22%3E%3Cscript%3E"),
        ("website", "exa\u200bmple.org\x00", "https://example.org"),
        ("facebook", "www.facebook.com/EndSaRMI", "https://www.facebook.com/EndSaRMI"),
        ("facebook", "m.facebook.com/EndSaRMI", "https://www.facebook.com/EndSaRMI"),
        ("facebook", "de-de.facebook.com/EndSaRMI", "https://www.facebook.com/EndSaRMI"),
        ("facebook", "http://fb.com/EndSaRMI", "https://fb.com/EndSaRMI"),
        ("facebook", "facebook.com/groups/1234/", "https://facebook.com/groups/1234/"),
        (
            "facebook",
            "facebook.com/profile.php?id=12&fbclid=z",
            "https://facebook.com/profile.php?id=12",
        ),
        ("facebook", "@EndSaRMI", "https://www.facebook.com/EndSaRMI"),
        ("twitter", "twitter.com/JusticeForOurA2", "https://twitter.com/JusticeForOurA2"),
        ("twitter", "mobile.twitter.com/a_b", "https://www.twitter.com/a_b"),
        ("twitter", "https://x.com/a_b", "https://x.com/a_b"),
        ("twitter", "@a_b", "https://x.com/a_b"),
        ("twitter", "a_b", "https://x.com/a_b"),
        ("instagram", "@just.ice_20", "https://www.instagram.com/just.ice_20"),
        ("instagram", "instagram.com/justice?igsh=x", "https://instagram.com/justice"),
        ("youtube", "@Group-1", "https://www.youtube.com/@Group-1"),
        ("youtube", "youtube.com/@Group", "https://youtube.com/@Group"),
        (
            "youtube",
            f"https://m.youtube.com/channel/{CHANNEL}/videos",
            f"https://www.youtube.com/channel/{CHANNEL}/videos",
        ),
        ("youtube", "youtube.com/c/Group", "https://youtube.com/c/Group"),
        ("youtube", "", ""),
        ("website", " \u200b ", ""),
    ],
)
def test_link_as_people_type_it_is_mended(network, typed, link):
    assert clean_link(network, typed) == link


@pytest.mark.parametrize(
    ("network", "typed", "code"),
    [
        ("youtube", "youtube.com/channel/", "incomplete"),
        ("youtube", "youtube.com/channel", "incomplete"),
        ("youtube", f"youtube.com/channel/{CHANNEL[:-1]}", "incomplete"),
        ("youtube", "youtube.com", "incomplete"),
        ("youtube", "https://www.youtube.com/watch?v=abcdefghijk", "incomplete"),
        ("youtube", "https://youtu.be/abcdefghijk", "incomplete"),
        ("facebook", "https://www.facebook.com/", "incomplete"),
        ("facebook", "facebook.com/groups/", "incomplete"),
        ("facebook", "facebook.com/profile.php", "incomplete"),
        ("facebook", "l.facebook.com/l.php?u=https://evil.org", "wrong_network"),
        ("facebook", "l.facebook.com/l.php", "incomplete"),
        ("instagram", "instagram.com/p/abc", "incomplete"),
        ("twitter", "x.com/home", "incomplete"),
        ("website", "javascript:alert(1)", "scheme"),
        ("website", "JavaScript://example.org/%0aalert(1)", "scheme"),
        ("website", "java\x00script:alert(1)", "scheme"),
        ("website", "data:text/html,hi", "scheme"),
        ("website", "ftp://example.org", "scheme"),
        ("website", "mailto:a@example.org", "scheme"),
        ("website", "https:example.org", "scheme"),
        ("website", "http:/example.org", "scheme"),
        ("website", "http://a:b@example.org", "credentials"),
        ("website", "a@example.org", "credentials"),
        ("facebook", "facebook.com@evil.org", "credentials"),
        ("website", "http://x.org\\@evil.org", "characters"),
        ("website", "https:\\\\example.org", "characters"),
        ("website", "our site example.org", "characters"),
        ("website", "http://169.254.169.254/", "private"),
        ("website", "http://127.0.0.1", "private"),
        ("website", "http://8.8.8.8", "private"),
        ("website", "http://2130706433", "private"),
        ("website", "http://0x7f.0.0.1", "private"),
        ("website", "http://127.1", "private"),
        ("website", "http://127.0.0.1.", "private"),
        ("website", "http://①②⑦.0.0.1", "private"),
        ("website", "http://localhost", "private"),
        ("website", "http://localhost:6379", "port"),
        ("website", "localhost:6379", "port"),
        ("website", "http://nas.local", "private"),
        ("website", "http://metadata.google.internal/", "private"),
        ("website", "http://[::ffff:7f00:1]", "invalid"),
        ("website", "http://[::1]:6379/", "port"),
        ("website", "http://[::1", "invalid"),
        ("website", "http://x.org:99999", "invalid"),
        ("website", "example.org:8000/a", "port"),
        ("website", "https://", "invalid"),
        ("website", "https://exa_mple.org", "invalid"),
        ("website", "https://-a.org", "invalid"),
        ("website", "https://a..org", "invalid"),
        ("website", "@group", "credentials"),
        ("website", "group", "private"),
        ("website", "https://example.org/" + "ü" * 400, "max_length"),
        ("website", "https://example.org/" + "a" * 500, "max_length"),
        ("twitter", "@a-b", "handle"),
        ("twitter", "@", "handle"),
        ("instagram", "https://www.facebook.com/EndSaRMI", "wrong_network"),
        ("website", "https://www.facebook.com/EndSaRMI", "wrong_network"),
        ("instagram", "https://example.org/group", "wrong_network"),
        ("facebook", "https://facebook.com.evil.org/group", "wrong_network"),
        ("facebook", "https://notfacebook.com/group", "wrong_network"),
    ],
)
def test_link_that_leads_nowhere_good_is_refused(network, typed, code):
    with pytest.raises(ValidationError) as refusal:
        clean_link(network, typed)
    assert refusal.value.code == code


def test_facebook_link_in_the_instagram_field_is_told_where_it_belongs():
    with pytest.raises(ValidationError) as refusal:
        clean_link("instagram", "facebook.com/EndSaRMI")
    assert refusal.value.messages == [
        "This link leads to Facebook. Please move it to the field “Facebook”."
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://twitter.com/Group", "https://x.com/group/"),
        ("https://www.facebook.com/Group", "https://fb.com/group"),
        ("http://www.example.org/", "https://example.org"),
    ],
)
def test_links_to_one_place_have_one_key(one, other):
    assert link_key(one) == link_key(other)


def test_links_to_two_places_have_two_keys():
    keys = {link_key(f"https://facebook.com/profile.php?id={number}") for number in (1, 2)}
    assert len(keys) == 2


def test_host_of_no_network_has_none():
    assert network_at("example.org") is None
    assert network_at("m.facebook.com").name == "facebook"


TELLING = (
    *("https://", "http:", "//", "@", ":", "[", "]", "\\", "/", "?", "#", "%", "%2", ".", "&"),
    *("example.org", "facebook.com", "youtube.com", "x.com", "127.0.0.1", "xn--", "。", "ß", "80"),
    *("channel/", "groups/", "profile.php", "utm_a=b", "id=7", "\u3000", " ", "<", '"'),
    *("/./", "/../", "%2e%2e", "l.facebook.com/l.php?u=", "google.com/url?q=", "#!/", "%2F"),
    *("bsky.app/profile/", "discord.gg/", "mastodon.social/", "/@", "@a@", "/users/", "/c/"),
)
PIECES = st.lists(st.one_of(st.text(max_size=8), st.sampled_from(TELLING)), max_size=8)


@given(st.sampled_from(names()), PIECES.map("".join))
def test_any_text_is_a_good_link_or_a_refusal(network, typed):
    try:
        link = clean_link(network, typed)
    except ValidationError:
        return
    if link:
        URLValidator(schemes=["http", "https"])(link)
        assert link.isascii()
        assert "@" not in link.split("/")[2]
    assert clean_link(network, link) == link

"""What becomes of links to each network: posts lead to their group, redirects are unwrapped."""

from contextlib import suppress
from urllib.parse import quote

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError

from affiliates.core.networks import get, names, register
from affiliates.core.networks.kinds import Network
from affiliates.core.networks.links import clean_link

CHANNEL = "UC" + "a" * 22

TO_THE_GROUP = {
    "facebook": (
        ("facebook.com/ourgroup/posts/123", "https://facebook.com/ourgroup"),
        ("https://www.facebook.com/groups/12/permalink/34/", "https://www.facebook.com/groups/12"),
        ("facebook.com/groups/12/?ref=share", "https://facebook.com/groups/12/"),
        (
            "facebook.com/permalink.php?story_fbid=1&id=2",
            "https://www.facebook.com/profile.php?id=2",
        ),
        ("facebook.com/pg/ourgroup/about/", "https://www.facebook.com/ourgroup"),
        ("facebook.com/share/1AbCdEfGhI/", "https://facebook.com/share/1AbCdEfGhI/"),
        ("facebook.com/share/g/1AbCdEfGhI", "https://facebook.com/share/g/1AbCdEfGhI"),
        ("m.facebook.com/people/A-B/1000123/?x=1", "https://www.facebook.com/people/A-B/1000123/"),
        ("facebook.com/#!/ourgroup", "https://facebook.com/ourgroup"),
        ("www.facebook.com/#!/profile.php?id=12", "https://www.facebook.com/profile.php?id=12"),
        ("facebook.com/#!/pages/Our-Group/12?ref=ts", "https://facebook.com/pages/Our-Group/12"),
        ("facebook.com/login/?next=https%3A%2F%2Ffb.com%2Fourgroup%2F", "https://fb.com/ourgroup/"),
    ),
    "twitter": (
        ("x.com/group/status/1?s=20&t=ab", "https://x.com/group"),
        ("twitter.com/#!/group", "https://twitter.com/group"),
        ("x.com/i/communities/12/about", "https://x.com/i/communities/12"),
    ),
    "instagram": (
        ("instagram.com/group/p/AbC/?img_index=1", "https://instagram.com/group"),
        ("instagram.com/group/reel/AbC/", "https://instagram.com/group"),
        ("instagram.com/stories/group/123/", "https://www.instagram.com/group"),
        ("instagram.com/_u/group", "https://www.instagram.com/group"),
        ("instagram.com/accounts/login/?next=%2Fgroup%2F", "https://instagram.com/group/"),
        (
            "l.instagram.com/?u=https%3A%2F%2Finstagram.com%2Fgroup&e=x",
            "https://instagram.com/group",
        ),
    ),
    "youtube": (
        ("youtube.com/@group/videos?si=x", "https://youtube.com/@group"),
        (f"studio.youtube.com/channel/{CHANNEL}", f"https://www.youtube.com/channel/{CHANNEL}"),
    ),
    "mastodon": (
        ("@group@mastodon.social", "https://mastodon.social/@group"),
        ("@group@bücher.de", "https://xn--bcher-kva.de/@group"),
        ("!group@lemmy.world", "https://lemmy.world/c/group"),
        ("mastodon.social/@group", "https://mastodon.social/@group"),
        ("http://mastodon.social/@group/112233", "https://mastodon.social/@group"),
        ("mastodon.social/@group@other.org/1122", "https://other.org/@group"),
        ("mastodon.social/web/@group", "https://mastodon.social/@group"),
        ("mastodon.social/users/group/statuses/1", "https://mastodon.social/@group"),
        ("lemmy.ml/c/group@lemmy.world", "https://lemmy.world/c/group"),
        ("lemmy.world/c/group/data_type/post", "https://lemmy.world/c/group"),
    ),
    "bluesky": (
        ("@group.bsky.social", "https://bsky.app/profile/group.bsky.social"),
        ("group.bsky.social", "https://bsky.app/profile/group.bsky.social"),
        ("@group.example.org", "https://bsky.app/profile/group.example.org"),
        ("bsky.app/profile/group.org/post/3k", "https://bsky.app/profile/group.org"),
        ("staging.bsky.app/profile/did:plc:ab2", "https://bsky.app/profile/did:plc:ab2"),
    ),
    "threads": (
        ("@group", "https://www.threads.com/@group"),
        ("threads.net/@group/post/AbC", "https://threads.net/@group"),
        ("l.threads.com/?u=https%3A%2F%2Fthreads.com%2F%40group", "https://threads.com/@group"),
    ),
    "linkedin": (
        ("linkedin.com/company/our-group/posts/?x=1", "https://linkedin.com/company/our-group"),
        ("de.linkedin.com/company/our-group", "https://www.linkedin.com/company/our-group"),
        ("linkedin.com/groups?gid=12&trk=x", "https://www.linkedin.com/groups/12"),
        ("linkedin.com/mwlite/company/our-group", "https://linkedin.com/company/our-group"),
        *(
            (f"linkedin.com/{path}?trk=x", f"https://linkedin.com/{path}")
            for path in ("showcase/ours", "groups/123/", "in/someone", "school/ours")
        ),
        (
            "linkedin.com/safety/go?url=https%3A%2F%2Flinkedin.com%2Fcompany%2Fours",
            "https://linkedin.com/company/ours",
        ),
    ),
    "tiktok": (
        ("@our.group", "https://www.tiktok.com/@our.group"),
        ("m.tiktok.com/@group/video/1?is_from_webapp=1", "https://www.tiktok.com/@group"),
    ),
    "whatsapp": (
        ("whatsapp.com/channel/0029VaABCDEFGH/12", "https://whatsapp.com/channel/0029VaABCDEFGH"),
    ),
    "discord": (
        ("discord.gg/AbC", "https://discord.com/invite/AbC"),
        ("discord.com/invite/our-group?event=1", "https://discord.com/invite/our-group"),
    ),
    "meetup": (
        ("meetup.com/our-group/events/123/", "https://meetup.com/our-group"),
        ("www.meetup.com/de-DE/our-group/", "https://www.meetup.com/our-group/"),
        ("meetup.com/pro/our-network/", "https://meetup.com/pro/our-network/"),
    ),
    "website": (
        ("l.facebook.com/l.php?u=https%3A%2F%2Fa.org%2F%3Ffbclid%3Dx&h=AT0", "https://a.org/"),
        ("lm.facebook.com/l.php?u=http%3A%2F%2Fa.org", "http://a.org"),
        ("facebook.com/flx/warn/?u=https%3A%2F%2Fa.org", "https://a.org"),
        ("youtube.com/redirect?event=x&q=https%3A%2F%2Fa.org", "https://a.org"),
        ("linkedin.com/redir/redirect?url=https%3A%2F%2Fa%2Eorg&x=1", "https://a.org"),
        ("google.co.uk/url?sa=t&q=https%3A%2F%2Fa.org", "https://a.org"),
        ("eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.org&data=x", "https://a.org"),
        ("mastodon.social/@group", "https://mastodon.social/@group"),
        ("a.org/#!/about", "https://a.org/#!/about"),
    ),
}


@pytest.mark.parametrize(
    ("network", "typed", "link"),
    [(network, *pair) for network, pairs in TO_THE_GROUP.items() for pair in pairs],
)
def test_link_leads_to_the_group_itself(network, typed, link):
    assert clean_link(network, typed) == link
    assert clean_link(network, link) == link


NOT_THE_GROUP = {
    "facebook": (
        *("facebook.com/share/p/1AbCdEfGhI", "facebook.com/watch/?v=1", "facebook.com/events/12"),
        *(
            "facebook.com/photo/?fbid=1",
            "facebook.com/hashtag/a",
            "fb.me/abc",
            "facebook.com/login/",
        ),
    ),
    "twitter": ("t.co/AbC", "x.com/i/status/12", "x.com/#!/search/a"),
    "instagram": (
        "instagram.com/p/AbC/",
        "instagram.com/reel/A",
        "instagram.com/stories/highlights/1",
    ),
    "youtube": ("youtube.com/shorts/A", "youtube.com/post/Ugk", "youtube.com/playlist?list=A"),
    "mastodon": ("mastodon.social", "mastodon.social/explore", "mastodon.social/@"),
    "bluesky": ("bsky.app", "bsky.app/profile/", "bsky.app/profile/group", "bsky.social"),
    "threads": ("threads.com/t/AbC", "threads.com/"),
    "linkedin": (
        *("linkedin.com/posts/ours_a-activity-1", "linkedin.com/feed/update/urn:li:activity:1"),
        *("lnkd.in/abc", "linkedin.com/company/", "linkedin.com/company/unavailable/"),
    ),
    "tiktok": ("vm.tiktok.com/ZM1", "tiktok.com/t/ZM1", "tiktok.com/foryou"),
    "whatsapp": ("chat.whatsapp.com/AbCdEfGhIjK", "wa.me/353871234567", "whatsapp.com/channel/"),
    "discord": ("discord.com/channels/1/2", "discord.gg/", "discord.com/app"),
    "meetup": ("meetup.com/find/?keywords=a", "meetup.com/de-DE/", "meetu.ps/e/A"),
    "website": ("t.co/AbC", "youtu.be/AbC"),
}


@pytest.mark.parametrize(
    ("network", "typed"),
    [(network, typed) for network, several in NOT_THE_GROUP.items() for typed in several],
)
def test_link_that_leads_elsewhere_is_refused_with_how_to_find_the_right_one(network, typed):
    with pytest.raises(ValidationError) as refusal:
        clean_link(network, typed)
    assert refusal.value.code == "incomplete"
    assert (
        "press" in refusal.value.messages[0]
        or "such as" in refusal.value.messages[0]
        or ("whatsapp.com/channel/" in refusal.value.messages[0])
    )


HOSTILE = {
    "handle": (
        *(("mastodon", "@group"), ("mastodon", "info@group.org"), ("mastodon", "@a@localhost")),
        *(("mastodon", "@a@b.org:80"), ("bluesky", "@group"), ("bluesky", "@a..b")),
        *(("linkedin", "our group"), ("whatsapp", "+353 87 123 4567"), ("discord", "our group#12")),
    ),
    "private": (
        *(("mastodon", "@a@b.local"), ("mastodon", "mastodon.social/@a@127.0.0.1")),
        *(("mastodon", "10.0.0.1/@a"), ("website", "l.facebook.com/l.php?u=http%3A%2F%2F10.0.0.1")),
        ("website", "google.com/url?q=localhost"),
    ),
    "port": (("mastodon", "mastodon.social:8443/@a"), ("website", "google.com/url?q=a.org:22")),
    "credentials": (("website", "google.com/url?q=https%3A%2F%2Fa%3Ab%40c.org"),),
    "characters": (("website", "google.com/url?q=https%3A%2F%2Fa.org%5C%40b.org"),),
    "scheme": (
        *(("website", "l.facebook.com/l.php?u=javascript%3Aalert(1)"),),
        ("facebook", "facebook.com/login/?next=data%3Atext%2Fhtml%2Ca"),
    ),
    "wrong_network": (
        *(("bluesky", "bsky.app.evil.org/profile/a.org"), ("discord", "discord.gg.evil.org/abc")),
        *(("linkedin", "notlinkedin.com/company/a"), ("threads", "xthreads.com/@a")),
        *(("mastodon", "tiktok.com/@a"), ("website", "bsky.app/profile/a.org")),
        *(("website", "twitter.com/#!/a"), ("instagram", "l.instagram.com.evil.org/?u=b.org")),
        ("facebook", "facebook.com/login/?next=%2F%2Fevil.org%2Fa"),
    ),
}


@pytest.mark.parametrize(
    ("network", "typed", "code"),
    [(*pair, code) for code, pairs in HOSTILE.items() for pair in pairs],
)
def test_look_alikes_and_hidden_addresses_are_refused(network, typed, code):
    with pytest.raises(ValidationError) as refusal:
        clean_link(network, typed)
    assert refusal.value.code == code


def redirected(times, address="a.org"):
    for _time in range(times):
        address = f"https://l.facebook.com/l.php?u={quote(address, safe='')}"
    return address


def test_three_layers_of_redirects_are_unwrapped_and_a_fourth_is_not():
    assert clean_link("website", redirected(3)) == "https://a.org"
    with pytest.raises(ValidationError, match="leads to another link"):
        clean_link("website", redirected(4))


@pytest.mark.parametrize(
    ("network", "typed", "shown", "said"),
    [
        ("website", "x.com/a", ["website", "twitter"], "move it to the field “X (Twitter)”"),
        ("facebook", "x.com/a", ["website", "facebook"], "may stand under “Website”"),
        ("facebook", "x.com/a", ["facebook"], "Please leave it out"),
        ("facebook", "a.org", ["facebook"], "This is not a link to Facebook."),
        ("website", "x.com/home", ["website"], "does not lead to the group on X (Twitter)"),
    ],
)
def test_person_is_told_what_to_do_with_a_link_of_another_network(network, typed, shown, said):
    with pytest.raises(ValidationError) as refusal:
        clean_link(network, typed, shown)
    assert said in refusal.value.messages[0]


def test_page_on_a_network_that_is_not_shown_may_be_the_groups_website():
    link = clean_link("website", "meetup.com/our-group/events/1", ["website", "facebook"])
    assert link == "https://meetup.com/our-group"


@pytest.mark.parametrize("name", ["", "Our", "1a", "a-b", "a" * 33, "a b", "ä"])
def test_network_with_a_name_that_cannot_be_kept_is_refused(name):
    with pytest.raises(ImproperlyConfigured, match="cannot be called"):
        register(Network(name, "Ours"))


@pytest.mark.parametrize("network", names())
def test_near_misses_are_read_in_one_go(network):
    """Each would take hours if a pattern tried all ways to divide it."""
    for part in ("a.", "a-", "/a", "@a", "a@a.", "id=1&", "/@a@b.", "1", "/c/a@"):
        for start in ("", "@", *(f"{domain}/" for domain in get(network).domains), "a.org/@"):
            with suppress(ValidationError):
                clean_link(network, start + part * (1_900 // len(part)) + "!")

"""A worker looks at the website of a group: real requests to a real server."""

import gzip
import socket
import threading
import zlib

import pytest

from affiliates.core.networks.links import link_key
from affiliates.core.states import BadgeFinding as Finding
from affiliates.requirements.badge import visits
from affiliates.requirements.badge.looking import (
    MOST_NAMED,
    MOST_PAGE_BYTES,
    MOST_PICTURES,
    Wanted,
    look_for,
)
from affiliates.requirements.badge.pictures import fingerprint
from affiliates.requirements.badge.visits import Visitor
from tests.affiliates.requirements.badge.conftest import drawing, saved

OURS = "https://network.org/affiliates/"
BADGE = "network.org/join/badge/1234.png"
LINKS = "<a href=/1><a href=/2><a href=/3>"


def look(website, *starts):
    wanted = Wanted(
        addresses=[BADGE],
        links=[link_key(OURS)],
        badge=lambda: fingerprint(saved(drawing())),
    )
    return look_for(wanted, starts or [website.address], Visitor(OURS))


@pytest.mark.parametrize(
    ("html", "finding"),
    [
        (f"<img src=https://{BADGE}>", Finding.ADDRESS),
        ("<img src=/i?url=https%3A%2F%2Fnetwork.org%2Fjoin%2Fbadge%2F1234.png>", Finding.ADDRESS),
        ("<a href='http://www.network.org/affiliates?utm_source=us'>", Finding.LINK),
        ("<a href='https://network.org/other/'>", Finding.MISSED),
        (f"<a href=https://{BADGE}>download</a>", Finding.MISSED),
        (f"<!-- <img src=https://{BADGE}> -->", Finding.MISSED),
        (f"<textarea><img src=https://{BADGE}></textarea>", Finding.MISSED),
        ("Welcome", Finding.MISSED),
    ],
)
def test_badge_or_link_on_the_first_page(website, html, finding):
    website.show("/", html)
    assert look(website).finding == finding


def test_copy_of_the_picture_on_any_page_is_found_with_its_page(website):
    website.show("/", f"{LINKS}<a href=/about/partners><img src=/cat.png>")
    website.show("/about/partners", "<img src=../seal.jpg class=badge>")
    website.show("/cat.png", saved(drawing(strange=True)), Content_Type="image/png")
    website.show("/seal.jpg", saved(drawing(side=200)), Content_Type="image/png")
    assert look(website) == look(website)
    assert look(website).address == f"{website.address}about/partners"
    assert look(website).finding == Finding.PICTURE


def test_promising_pages_are_looked_at_first_and_only_a_few(website):
    links = "".join(f"<a href=/page{number}>" for number in range(50))
    website.show("/", f"{links}<a href=/our-partners><a href=https://elsewhere.org/badge>")
    website.show("/our-partners", f"<img src=//{BADGE}>")
    assert look(website).finding == Finding.ADDRESS
    website.show("/our-partners", "nothing")
    website.asked.clear()
    assert look(website).finding == Finding.MISSED
    assert website.paths[:3] == ["/robots.txt", "/", "/our-partners"]
    assert len(website.paths) == 2 + MOST_NAMED


def test_only_so_many_pictures_are_fetched_likely_ones_first(website):
    pictures = "".join(f"<img src=/{number}.png>" for number in range(40))
    website.show("/", f"{pictures}<img src=/a.png alt='Our badge'>")
    assert look(website).finding == Finding.MISSED
    assert website.paths[2] == "/a.png"
    assert len(website.paths) == 2 + MOST_PICTURES


def test_we_say_who_we_are(website):
    website.show("/", "")
    look(website)
    assert {headers["User-Agent"] for _path, headers in website.asked} == {
        f"wagtail-affiliates (looks for a badge; +{OURS})"
    }


# What is asked of us


@pytest.mark.parametrize(
    ("robots", "finding"),
    [
        ("User-agent: *\nDisallow: /", Finding.ROBOTS),
        ("\ufeffUser-agent: *\nDisallow: /", Finding.ROBOTS),
        ("User-agent: wagtail-affiliates\nDisallow: /", Finding.ROBOTS),
        ("User-agent: other\nDisallow: /", Finding.ADDRESS),
        ("User-agent: *\nDisallow:", Finding.ADDRESS),
        ("User-agent: *\nDisallow: /\n\nUser-agent: wagtail-affiliates\nAllow: /", "address"),
        ("<html>no robots</html>", Finding.ADDRESS),
        ("\0\xff" * 1000, Finding.ADDRESS),
    ],
)
def test_robots_txt_is_obeyed(website, robots, finding):
    website.show("/", f"<img src=//{BADGE}>")
    website.show("/robots.txt", robots, Content_Type="text/plain")
    assert look(website).finding == finding
    assert ("/" in website.paths) == (finding != Finding.ROBOTS)


def test_robots_txt_that_cannot_be_read_now_forbids_all(website):
    website.show("/", f"<img src=//{BADGE}>")
    website.show("/robots.txt", "")
    website.pages["/robots.txt"].status = 503
    assert look(website).finding == Finding.ROBOTS


def test_page_that_robots_txt_closes_is_no_miss(website):
    website.show("/", f"{LINKS}<a href=/partners/>")
    website.show("/robots.txt", "User-agent: *\nDisallow: /partners/")
    assert look(website).finding == Finding.ROBOTS
    assert "/partners/" not in website.paths


def test_pause_between_two_requests_is_kept(website, settings, monkeypatch):
    settings.AFFILIATES = {**settings.AFFILIATES, "BADGE_PAUSE_SECONDS": 2}
    website.show("/", f"<img src=//{BADGE}>")
    website.show("/robots.txt", "User-agent: *\nCrawl-delay: 7")
    pauses = []
    monkeypatch.setattr(visits.time, "sleep", pauses.append)
    look(website)
    assert [round(pause) for pause in pauses] == [7]


# What is no miss


@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_first_page_that_does_not_open_is_no_miss(website, status):
    website.show("/", "")
    website.pages["/"].status = status
    assert look(website).finding == Finding.NO_ANSWER


def test_website_that_does_not_answer_is_no_miss(website):
    assert look(website, "http://127.0.0.1:1/").finding == Finding.NO_ANSWER


@pytest.mark.parametrize(
    ("html", "headers", "finding"),
    [
        ("<div id=app></div><script src=app.js></script>", {}, Finding.SCRIPTS),
        ("%PDF", {"Content_Type": "application/pdf"}, Finding.ELSEWHERE),
        ("x" * (MOST_PAGE_BYTES + 1), {}, Finding.TOO_MUCH),
        ("packed", {"Content_Encoding": "br"}, Finding.NO_ANSWER),
        ("not packed", {"Content_Encoding": "gzip"}, Finding.NO_ANSWER),
    ],
)
def test_page_that_cannot_be_read_is_no_miss(website, html, headers, finding):
    website.show("/", html, **headers)
    assert look(website).finding == finding


def test_page_on_a_network_is_left_to_people(website):
    assert look(website, "https://www.facebook.com/group").finding == Finding.ELSEWHERE
    assert website.asked == []


def test_page_that_is_gone_or_a_picture_that_does_not_load_is_a_miss(website):
    website.show("/", f"{LINKS}<a href=/about><img src=http://127.0.0.1:1/x.png>")
    assert look(website).finding == Finding.MISSED


def test_named_page_that_does_not_answer_now_is_no_miss(website):
    website.show("/", f"{LINKS}<a href=/about>")
    website.show("/about", "")
    website.pages["/about"].status = 502
    assert look(website) == look(website)
    assert look(website).finding == Finding.NO_ANSWER


def test_second_place_is_looked_at_if_the_first_does_not_answer(website):
    website.show("/", f"<img src=//{BADGE}>")
    assert look(website, "http://127.0.0.1:1/", website.address).finding == Finding.ADDRESS


# What others may do to us


def test_redirects_are_followed_a_few_times(website):
    website.redirect("/", "/home")
    website.show("/home", f"<img src=//{BADGE}>")
    assert look(website).address == f"{website.address}home"
    for nowhere in ("/", "http://["):
        website.redirect("/home", nowhere)
        assert look(website).finding == Finding.NO_ANSWER
    assert len(website.paths) < 20


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.7/",
        "http://2130706433/",
        "http://user:secret@127.0.0.1/",
        "file:///etc/passwd",
        "http://h%5B/",
        "http://127.0.0.1:1/",
    ],
)
def test_private_address_is_not_asked_nor_one_that_it_redirects_to(settings, website, target):
    website.show("/", f"<img src=//{BADGE}>")
    website.redirect("/moved", target)
    assert look(website, f"{website.address}moved").finding == Finding.NO_ANSWER
    settings.AFFILIATES = {"BADGE_PAUSE_SECONDS": 0}
    website.asked.clear()
    assert look(website, target, website.address).finding == Finding.NO_ANSWER
    assert website.asked == []


def test_bomb_is_unpacked_only_so_far(website):
    bomb = gzip.compress(b"<b>" * 20_000_000, compresslevel=1)
    website.show("/", bomb, Content_Encoding="gzip")
    fetched = Visitor(OURS).get(website.address, most=1000)
    assert (len(fetched.body), fetched.is_cut) == (1000, True)


@pytest.mark.parametrize(("packing", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_packed_page_is_read(website, packing, pack):
    website.show("/", pack(f"<img src=//{BADGE}>".encode()), Content_Encoding=packing)
    assert look(website).finding == Finding.ADDRESS


def test_number_of_requests_is_bounded(website, monkeypatch):
    monkeypatch.setattr(visits, "MOST_REQUESTS", 4)
    website.show("/", LINKS + "<a href=/4>")
    assert look(website).finding == Finding.TOO_MUCH
    assert len(website.paths) == 4


def test_page_that_comes_byte_by_byte_does_not_keep_us(website, monkeypatch):
    monkeypatch.setattr(visits, "LOOK_SECONDS", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=trickle, args=[server])
        thread.start()
        found = look(website, f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()
    assert found.finding == Finding.TOO_MUCH


def trickle(server):
    """No robots.txt, then a page without an end, until the other side has enough."""
    with server.accept()[0] as connection:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    with server.accept()[0] as connection:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        connection.settimeout(0.02)
        gone = False
        while not gone:
            try:
                connection.sendall(b"x")
                gone = connection.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                gone = True

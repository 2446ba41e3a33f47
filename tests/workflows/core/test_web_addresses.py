"""Where webhooks may not be sent to, however the address is written."""

import contextlib
import socket
import threading

import pytest
import requests

from tests.workflows.webhooks.webhooks import make_endpoint
from workflows.core.exceptions import AddressRefused
from workflows.core.guarded_requests import pinned
from workflows.core.web_addresses import check_address, clean_address, is_public
from workflows.models import WebhookDelivery
from workflows.webhooks import requests as web_requests
from workflows.webhooks.delivery import deliver_due_webhooks

PUBLIC = "93.184.215.14"
NAME = "hooks.rebinding.example"


@pytest.fixture
def resolver(monkeypatch):
    """A name server that gives ``NAME`` the answers of this list in turn, the last one for good."""
    answers = [PUBLIC]
    asked = []
    real = socket.getaddrinfo

    def getaddrinfo(host, *args, **kwargs):
        if host != NAME:
            return real(host, *args, **kwargs)
        asked.append(host)
        return real(answers.pop(0) if len(answers) > 1 else answers[0], *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return answers, asked


@pytest.fixture
def any_port(settings):
    settings.AFFILIATE_WORKFLOWS = {"WEBHOOK_PORTS": (), "WEBHOOK_ALLOW_HTTP": True}


PRIVATE = [
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://127.0.0.1/",
    "https://127.255.255.254/",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://192.0.2.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[fd00:ec2::254]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://①②⑦.⓪.⓪.①/",
]
NO_ADDRESS = [
    "",
    "   ",
    "https://",
    "https:///path",
    "https://2130706433/",
    "https://134744072/",
    "https://0177.0.0.1/",
    "https://127.0.0.01/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://127.1/",
    "https://1.2.3.4.5/",
    "https://example..org/",
    "https://.example.org/",
    "https://example.org./",
    "https://exa mple.org/",
    "https://example.org/\nx",
    "https://example.org\\@evil.example/",
    "https://example.org\0/",
    "https://exam\u2028ple.org/",
    "https://*.example.org/",
    "https://example.org:99999/",
    "https://example.org:x/",
    "https://[::1/",
    "https://[zz]/",
    "https://" + "a" * 64 + ".example/",
    "https://" + ".".join(["a" * 60] * 5) + "/",
    "https://example.org/" + "a" * 500,
    "javascript:alert(1)",
    "mailto:kim@example.org",
    "file:///etc/passwd",
    "//",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_address_in_a_private_network_is_refused(address):
    with pytest.raises(AddressRefused, match=r"private network|not a web address"):
        check_address(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_request_to_a_private_network_is_not_sent(address):
    reply = web_requests.post(address, body=b"{}", headers={})
    assert reply.status is None
    assert not reply.may_have_arrived
    assert "private network" in reply.trouble or "not a web address" in reply.trouble


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(AddressRefused):
        clean_address(address)


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("http://example.org/", "must begin with https://"),
        ("ftp://example.org/", "must begin with https://"),
        ("https://kim:secret@example.org/", "user name and the password"),
        ("https://kim@example.org/", "user name and the password"),
        ("https://example.org:6379/", "Port 6379 is not allowed. These are: 443, 80."),
    ],
)
def test_address_of_a_kind_that_is_not_allowed_is_refused(address, complaint):
    with pytest.raises(AddressRefused, match=complaint):
        clean_address(address)


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        (" https://example.org/hooks ", "https://example.org/hooks"),
        ("example.org/hooks?key=1", "https://example.org/hooks?key=1"),
        ("HTTPS://Example.ORG/Hooks", "https://example.org/Hooks"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://@example.org/", "https://example.org/"),
        ("https://example.org:443/", "https://example.org:443/"),
        ("example.org:443/x", "https://example.org:443/x"),
        (f"https://{PUBLIC}/", f"https://{PUBLIC}/"),
    ],
)
def test_good_address_is_kept_and_mended(typed, clean):
    assert clean_address(typed) == clean


def test_unknown_host_is_named(monkeypatch):
    def nobody(*args, **kwargs):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(AddressRefused, match=r"no host called example\.org"):
        check_address("https://example.org/")


def test_name_that_leads_to_a_private_network_is_refused(resolver):
    answers, _asked = resolver
    answers[:] = ["10.0.0.7"]
    with pytest.raises(AddressRefused, match="private network"):
        check_address(f"https://{NAME}/")


@pytest.mark.django_db
@pytest.mark.usefixtures("any_port")
def test_name_that_moves_into_our_network_after_it_was_saved_gets_nothing(
    resolver, receiver, happened, settings
):
    settings.AFFILIATE_WORKFLOWS = {"WEBHOOK_PORTS": (), "WEBHOOK_ALLOW_HTTP": True}
    answers, _asked = resolver
    answers[:] = [PUBLIC, "127.0.0.1"]
    address = check_address(f"http://{NAME}:{receiver.server.server_port}/hooks")
    make_endpoint(address)
    happened()

    deliver_due_webhooks()

    assert receiver.received == []
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.uncertain_attempts) == ("queued", 0)
    assert "private network" in delivery.answer


def test_name_is_looked_up_once_and_that_answer_is_connected_to(resolver):
    answers, asked = resolver
    answers[:] = [PUBLIC, "127.0.0.1"]
    request = requests.Request("POST", f"https://{NAME}/hooks", data=b"{}").prepare()
    adapter = pinned(request)

    host, pool = adapter.build_connection_pool_key_attributes(request, verify=True)

    assert (host["host"], pool["server_hostname"]) == (PUBLIC, NAME)
    assert request.headers["Host"] == NAME
    assert asked == [NAME]


def test_proxies_of_the_environment_are_not_used(receiver, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    reply = web_requests.post(receiver.address, body=b"{}", headers={})
    assert reply.status == 200


@pytest.fixture(params=["byte by byte", "not to its end"])
def answer(request):
    return {"byte by byte": trickle, "not to its end": stop_short}[request.param]


def test_header_that_never_ends_is_no_answer_and_does_not_keep_us(settings, monkeypatch, answer):
    settings.AFFILIATE_WORKFLOWS = {
        "WEBHOOK_ALLOW_PRIVATE": True,
        "WEBHOOK_ALLOW_HTTP": True,
        "WEBHOOK_PORTS": (),
    }
    monkeypatch.setattr(web_requests, "TOTAL_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, args=[server])
        thread.start()
        port = server.getsockname()[1]
        reply = web_requests.post(f"http://127.0.0.1:{port}/", body=b"{}", headers={})
        thread.join()
    assert reply.status is None
    assert reply.may_have_arrived


def stop_short(server):
    """Half a header, and silence until the other side has had enough."""
    connection, _ = server.accept()
    with connection:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Header: half")
        with contextlib.suppress(OSError):
            while connection.recv(4096):
                pass


def trickle(server):
    """A header that never ends, until the other side has had enough."""
    connection, _ = server.accept()
    with connection:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Header: ")
        try:
            while True:
                connection.sendall(b"x")
        except OSError:
            return


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700:4700::1111"])
def test_public_addresses_are_public(address):
    assert is_public(address)

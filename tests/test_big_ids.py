"""No address of ours breaks by an id that no database can hold (SQLite: 64 bits)."""

import re

from django.urls import URLResolver, get_resolver

from tests.factories.pages import AffiliatePageFactory

BIG = str(2**64)
OURS = (
    "join/",
    "admin/affiliates",
    "admin/snippets/affiliate",
    "admin/reviews",
    "admin/reports/open",
)
OURS += ("mailbox/", "admin/webhook", "admin/mail", "admin/outgoing", "admin/deadline")
ASKED = ("program", "task", "holder", "state", "id", "page", "p", "user", "assigned_to", "endpoint")
"""Parameters of lists, filters and bulk actions."""


def routes(resolver, before=""):
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif route.startswith(OURS):
            yield route


def addresses(program):
    kinds = {"slug": program.slug, "reference": "K7M-4QX", "token": "x", "str:affiliate_slug": "x"}
    for route in routes(get_resolver()):
        for kind, value in kinds.items():
            route = re.sub(rf"<{kind}(:\w+)?>", value, route)
        yield "/" + re.sub(r"<[^>]*>", BIG, route)


def test_no_address_breaks_by_a_number_that_is_too_big(admin_client, program):
    AffiliatePageFactory(parent=program)
    admin_client.raise_request_exception = False
    found = list(addresses(program))
    broken = [
        (method, address)
        for address in found
        for method, data in (("get", dict.fromkeys(ASKED, BIG)), ("post", {}))
        if getattr(admin_client, method)(address, data).status_code >= 500
    ]
    assert broken == []
    assert sum(BIG in address for address in found) > 30

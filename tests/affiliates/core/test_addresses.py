"""Addresses with letters before the @ that are not ASCII; others are tried through the form."""

import pytest
from django.core.exceptions import ValidationError

from affiliates.core.addresses import clean_address
from workflows.core.addresses import address_key


@pytest.fixture
def international(settings):
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"SMTPUTF8": True}


@pytest.mark.usefixtures("international")
@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("jürgen@example.org", "jürgen@example.org"),
        ("JÜRGEN@Bücher.org", "jürgen@xn--bcher-kva.org"),
        ("ju\u0308rgen@example.org", "jürgen@example.org"),
        ("李@例子.中国", "李@xn--fsqu00a.xn--fiqs8s"),
        ("ada@example.org", "ada@example.org"),
        ("Ada@example.org", "Ada@example.org"),
    ],
)
def test_international_address_is_taken_where_the_mail_server_takes_it(typed, stored):
    assert clean_address(typed) == stored
    assert address_key(typed) == address_key(stored)


@pytest.mark.usefixtures("international")
@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("ü" * 33 + "@x.org", "take more room"),
        ("ü ü@x.org", "We cannot write"),
        ("ü\u2028ü@x.org", "We cannot write"),
        ("ü\u202ex@x", "name on the internet"),
        ("ü,x@x.org", "one address only"),
        ("ü@" + "ö" * 70 + ".org", "We cannot write"),
        ("\u0308u@x.org", "We cannot write"),
    ],
)
def test_international_address_that_is_none_is_refused(address, says):
    with pytest.raises(ValidationError, match=says):
        clean_address(address)


def test_address_on_record_is_found_when_the_mail_server_no_longer_takes_it():
    """Else nobody could have their data erased."""
    assert clean_address("Jürgen@example.org", to_find=True) == "jürgen@example.org"
    with pytest.raises(ValidationError, match="letters such as"):
        clean_address("Jürgen@example.org")

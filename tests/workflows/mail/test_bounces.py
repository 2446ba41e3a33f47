"""Which refusals are about the address."""

import pytest

from workflows.mail.bounces import blames_address


@pytest.mark.parametrize(
    "answer",
    [
        "550 5.1.1 <kim@x.org>: Recipient address rejected: User unknown",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound",
        "553 5.1.3 Bad recipient address syntax",
        "552 5.2.1 The email account that you tried to reach is disabled",
        "550 No such user",
        "551 User not local",
        "550-5.1.1 The email account that you tried to reach does not exist",
        "550 5.6.7 The server of the recipient takes no such address",
    ],
)
def test_refusal_of_an_address_is_told(answer):
    assert blames_address(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "550 5.7.1 Message rejected as spam",
        "554 5.7.26 Unauthenticated mail is prohibited",
        "552 5.2.2 Mailbox full",
        "552 5.3.4 Message too big",
        "554 Transaction failed",
        "421 4.7.0 Try again later",
        "The connection was lost.",
        "",
    ],
)
def test_other_refusals_are_not(answer):
    assert not blames_address(answer)

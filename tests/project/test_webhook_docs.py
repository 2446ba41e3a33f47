"""The guide to webhooks tells what is true: its code verifies what we send, its table is whole."""

import re
import time
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from workflows.core.webhook_signing import new_secret, signed_headers
from workflows.webhooks.events import TEST, all_events

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "webhooks.md"
BODY = b'{"type": "affiliate.listed"}'


@pytest.fixture
def is_from_us():
    [code] = [
        block
        for block in re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
        if "is_from_us" in block
    ]
    names = {}
    exec(code, names)
    return names["is_from_us"]


def headers_for(*secrets):
    return signed_headers(secrets=secrets, message_id="msg_1", now=timezone.now(), body=BODY)


def test_python_in_the_guide_knows_us(is_from_us):
    secret, other = new_secret(), new_secret()
    assert is_from_us(secret, headers_for(secret), BODY)
    assert is_from_us(secret, headers_for(other, secret), BODY)
    assert not is_from_us(secret, headers_for(other), BODY)
    assert not is_from_us(secret, headers_for(secret), BODY + b" ")
    assert not is_from_us(secret, headers_for(secret) | {"webhook-id": "msg_2"}, BODY)


def test_python_in_the_guide_refuses_what_was_kept_for_later(is_from_us):
    secret = new_secret()
    headers = headers_for(secret)
    with time_machine.travel(time.time() + 360):
        assert not is_from_us(secret, headers, BODY)


def test_guide_lists_every_event():
    listed = re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", GUIDE.read_text(), re.MULTILINE)
    assert listed == [*[event.name for event in all_events()], TEST.name]


def test_javascript_in_the_guide_is_the_same_steps():
    """Run by hand with Node; CI has none. It must not lose the parts that make it safe."""
    [code] = re.findall(r"```js\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    for part in ("timingSafeEqual", "tolerance", 'split(" ")', "webhook-id"):
        assert part in code

"""Bodies that no front end should send, and that somebody will."""

import json

import pytest

from affiliates.models import Application
from tests.affiliates.api.calls import (
    application,
    get,
    group,
    mistakes,
    post,
    problem,
    send,
    status_path,
)

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


def raw(program, **changes):
    return json.dumps(application(program, **changes)).encode()


def refused(client, program, body, kind, status, **kwargs):
    response = send(client, program, body, **kwargs)
    assert response.status_code == status, response.content
    assert problem(response) == kind
    assert not Application.objects.exists()
    return response


# What is no JSON


NO_JSON = (
    *(b"{", b"{]", b"nothing", b"'a'", b'{"a": 1,}', b'{"a": 1} x', b"\0", b"{'a': 1}"),
    *(b"\xff\xfe", b'{"a": "\xff"}', '{"a": 1}'.encode("utf-16"), b'"\n"', b" ", b"{}{}"),
    *(b"NaN", b"Infinity", b"-Infinity", b'{"answers": {"a": NaN}}', b"1e400", b"-1e400"),
    *(b'{"answers": {"a": [1e999]}}', b"1" * 5000, b'{"a": ' + b"9" * 5000 + b"}"),
)


def test_body_that_is_no_json_is_refused(client, program):
    for body in NO_JSON:
        refused(client, program, body, "unreadable", 400)


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
@pytest.mark.parametrize("is_closed", [True, False])
def test_body_that_is_nested_too_deeply_is_refused(
    client, program, settings, opening, closing, is_closed
):
    settings.AFFILIATES = {"API_APPLICATION_BYTES": 1_000_000}
    for depth in (21, 10_000, 90_000):
        body = opening * depth + b"1" + closing * depth * is_closed
        refused(client, program, body, "unreadable", 400)


def test_brackets_in_a_text_are_no_nesting(client, program):
    body = raw(program, group=group(summary='[{"' * 50 + "\\"))
    assert send(client, program, body).status_code == 201


@pytest.mark.parametrize("name", ["group", "contact", "accepted"])
def test_name_that_stands_twice_is_refused_and_named(client, program, name):
    twice = raw(program)[:-1] + f', "{name}": null}}'.encode()
    response = refused(client, program, twice, "unreadable", 400)
    assert f"“{name}”" in response.json()["detail"]


@pytest.mark.parametrize("place", ["group", "contact"])
def test_name_that_stands_twice_further_down_is_refused(client, program, place):
    body = raw(program).replace(b'"name": ', b'"name": "First", "name": ')
    refused(client, program, body, "unreadable", 400)


def test_name_written_in_two_ways_is_one_name(client, program):
    body = raw(program)[:-1] + b', "gro\\u0075p": {}}'
    refused(client, program, body, "unreadable", 400)


def test_byte_order_mark_is_mended(client, program):
    assert send(client, program, b"\xef\xbb\xbf" + raw(program)).status_code == 201


# Header and size


@pytest.mark.parametrize(
    "content_type",
    [
        *(
            "",
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ),
        *("application/problem+json", "application/jsonp", "json", "*/*", "application/xml"),
    ],
)
def test_body_of_another_type_is_refused(client, program, content_type):
    response = refused(
        client, program, raw(program), "unsupported-media-type", 415, content_type=content_type
    )
    assert response["Accept-Post"] == "application/json"


@pytest.mark.parametrize("suffix", ["; charset=utf-8", ";charset=UTF-8", "; x=y"])
def test_type_may_say_more(client, program, suffix):
    content_type = f"application/json{suffix}"
    assert send(client, program, raw(program), content_type=content_type).status_code == 201


@pytest.mark.parametrize("size", [200_001, 3_000_000, 20_000_000])
def test_too_large_a_body_is_refused_unread(client, program, size):
    body = b'{"a": "' + b"x" * size + b'"}'
    refused(client, program, body, "too-large", 413)


def test_only_applications_may_be_large(client, program):
    """What is neither is answered 404, for its token, and not 413."""
    body = b'{"reason": "' + b"x" * 70_000 + b'"}'
    assert problem(post(client, "applications/x/withdraw/", body)) == "too-large"
    assert problem(post(client, "links/", body)) == "too-large"
    for path in ("applications", "drafts"):
        answer = post(client, f"programs/{program.slug}/{path}/", body, key=KEY)
        assert problem(answer) == "invalid"


@pytest.mark.parametrize("path", ["links/", "programs/x/applications/", "applications/x/answer/"])
def test_body_in_chunks_is_refused_and_not_read_as_empty(client, db, path):
    answer = post(client, path, b"", key=KEY, Transfer_Encoding="chunked")
    assert answer.status_code == 411
    assert problem(answer) == "length-required"


@pytest.mark.parametrize("length", ["-1", "1e3", "x", "٣", "9" * 5_000])
def test_length_that_is_none_is_refused(client, program, length):
    response = client.post(
        f"/api/affiliates/v1/programs/{program.slug}/applications/", CONTENT_LENGTH=length
    )
    assert problem(response) == "too-large"


def test_missing_body_is_missed(client, program):
    assert list(mistakes(send(client, program, None))) == [()]


# Very many mistakes

MANY = {
    "unknown names": lambda count: {f"x{number}": 0 for number in range(count)},
    "names in a part": lambda count: {"group": {f"x{number}": 0 for number in range(count)}},
    "answers": lambda count: {"answers": {f"x{number}": 0 for number in range(count)}},
    "statements": lambda count: {"accepted": [0] * count},
    "links": lambda count: {"group": {"links": [0] * count}},
    "networks": lambda count: {"group": {"links": [{"network": "", "url": ""}] * count}},
    "a long name": lambda count: {"x" * count: 0},
    "a long answer": lambda count: {"answers": {"members": "x" * count, "day": ["x"] * count}},
}


@pytest.mark.parametrize("path", ["applications", "drafts"])
@pytest.mark.parametrize("kind", MANY)
def test_answer_is_short_however_many_mistakes_there_are(client, program, kind, path):
    sizes = {}
    for count in (100, 20_000):
        body = json.dumps({**application(program), **MANY[kind](count)}).encode()[:199_000]
        answer = post(client, f"programs/{program.slug}/{path}/", body, key=KEY)
        assert len(answer.content) < 20_000
        if answer.status_code == 422:
            assert 1 <= len(answer.json()["errors"]) <= 50
        sizes[count] = len(answer.content)
    assert sizes[20_000] < sizes[100] + 5_000


def test_long_names_are_cut_in_the_answer(client, program):
    body = {f"{number}{'x' * 4_000}": 0 for number in range(40)}
    answer = send(client, program, body)
    assert len(mistakes(answer)) >= 40
    assert len(answer.content) < 20_000


# JSON of another shape


@pytest.mark.parametrize("body", [[], "x", 5, 1.5, True, None, [[]]])
def test_body_that_is_no_object_is_refused(client, program, body):
    response = send(client, program, json.dumps(body).encode())
    assert list(mistakes(response)) == [()]


@pytest.mark.parametrize(
    ("extra", "place"),
    [
        ({"state": "approved"}, ("state",)),
        ({"reference": "AAA-AAA"}, ("reference",)),
        ({"program": 1}, ("program",)),
        ({"group": group(state="approved")}, ("group", "state")),
        ({"group": group(affiliate=1)}, ("group", "affiliate")),
        ({"contact": {"name": "A", "email": "a@b.org", "role": "press"}}, ("contact", "role")),
        ({"": 1}, ("",)),
        ({"__proto__": {}}, ("__proto__",)),
        ({"q_extra": "x"}, ("q_extra",)),
        ({"accept_1": "on"}, ("accept_1",)),
    ],
)
def test_unknown_field_is_refused_with_its_place(client, program, extra, place):
    response = send(client, program, {**application(program), **extra})
    assert list(mistakes(response)) == [place]
    assert not Application.objects.exists()


@pytest.mark.parametrize("name", ["name", "region", "scope", "locality", "summary"])
def test_text_of_another_type_is_refused_with_its_place(client, program, name):
    for value in (None, True, 5, 1.5, [], {}, ["x"], {"a": 1}):
        response = send(client, program, application(program, group=group(**{name: value})))
        assert list(mistakes(response)) == [("group", name)], value


@pytest.mark.parametrize("name", ["group", "contact", "alternate_contact", "answers"])
def test_part_of_another_type_is_refused_with_its_place(client, program, name):
    for value in (True, 5, "x", []):
        response = send(client, program, application(program, **{name: value}))
        assert list(mistakes(response)) == [(name,)], value


@pytest.mark.parametrize("value", [True, 5, "x", {}])
def test_list_of_another_type_is_refused_with_its_place(client, program, value):
    for body, place in (
        (application(program, accepted=value), ("accepted",)),
        (application(program, group=group(links=value)), ("group", "links")),
    ):
        assert list(mistakes(send(client, program, body))) == [place]


@pytest.mark.parametrize(
    "text",
    ["\0", "\ud800", "\u202e", "\u200b", "x" * 300, "A" + "\u0301" * 300, "\ufffe", "👍"],
)
def test_name_that_shows_nothing_or_too_much_is_refused(client, program, text):
    for changes, place in (
        ({"group": group(name=text)}, ("group", "name")),
        ({"contact": {"name": text, "email": "a@b.org"}}, ("contact", "name")),
    ):
        assert list(mistakes(send(client, program, application(program, **changes)))) == [place]
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["<svg onload=alert(1)> A", "{{ 7*7 }} A", "{0.__class__} A", "=HYPERLINK(1)", "\u2028A"],
)
def test_text_that_means_something_elsewhere_is_plain_text_here(client, program, text):
    answer = send(client, program, application(program, group=group(name=text)))
    assert answer.status_code == 201
    shown = get(client, status_path(answer))
    assert shown.json()["group"]["name"] == text.strip()
    assert shown["Content-Type"].startswith("application/json")
    assert shown["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["x" * 200, "\u2028", "a b", "\ud800x", "é"])
def test_answers_name_is_echoed_safely(client, program, name):
    response = send(client, program, application(program, answers={name: "x"}))
    assert problem(response) == "invalid"
    assert b"\xed" not in response.content

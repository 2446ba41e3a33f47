"""What pages say in schema.org's words, held against schema-dts: its types, by Google's hand."""

import json
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

from tests.factories.affiliations import affiliation
from tests.factories.many import add_many
from tests.factories.pages import AffiliatePageFactory
from tests.factories.updates import published
from tests.validators.nodejs import NODE, run
from tests.validators.worlds import GROUPS, MARKUP, TEXTS

pytestmark = [pytest.mark.validate, pytest.mark.django_db]

LINKS = {"website": "https://doors.example.org/?a=1&b=2", "facebook": "https://facebook.com/doors"}
COMPILER = ("node_modules/typescript/bin/tsc", "--noEmit", "--strict", "--module", "nodenext")
SPOILT = (
    ('"name"', '"nme"'),
    ('"NGO"', '"Nonprofit"'),
    ('"https://schema.org"', '"schema"'),
    ('"sameAs"', '"sameTitle"'),
    ('"areaServed": {"@type": "State"', '"areaServed": {"@type": "Person"'),
)


@pytest.fixture
def compile_types(validators):
    """Compile each text of JSON-LD as a value of schema.org's types. Fails with the messages."""

    def compile_them(*texts):
        values = (f"export const v{n}: Data = {text};" for n, text in enumerate(texts))
        start = 'import type { Graph, Thing, WithContext } from "schema-dts";'
        lines = (start, "type Data = Graph | WithContext<Thing>;", *values)
        (validators / "values.ts").write_text("\n".join(lines), encoding="utf-8")
        run(NODE, *COMPILER, "values.ts", cwd=validators)

    return compile_them


def served(client, url):
    """The only script of data on the page, as its text."""
    page = BeautifulSoup(client.get(url).content, "html.parser")
    (script,) = page.find_all("script", type="application/ld+json")
    return script.string


def values_of(data, *names):
    """All values that stand anywhere below one of those names."""
    for name, value in data.items() if isinstance(data, dict) else enumerate(data):
        if name in names:
            yield from value if isinstance(value, list) else [value]
        elif isinstance(value, dict | list):
            yield from values_of(value, *names)


def check_values(text):
    """What TypeScript takes for any string: whole addresses, and days with their time zone."""
    data = json.loads(text)
    for address in values_of(data, "@id", "url", "sameAs"):
        assert urlsplit(address).scheme in {"http", "https"}
        assert urlsplit(address).netloc
    for moment in values_of(data, "datePublished", "dateModified"):
        assert datetime.fromisoformat(moment).tzinfo


def test_programs_are_valid_with_and_without_affiliates(client, program, compile_types):
    texts = [served(client, program.url)]
    for fields in GROUPS:
        AffiliatePageFactory(parent=program, **fields)
    texts.append(served(client, program.url))
    compile_types(*texts)
    for text in texts:
        check_values(text)
    assert len(json.loads(texts[1])["@graph"][1]["itemListElement"]) == len(GROUPS)


def test_pages_of_a_large_directory_are_valid(client, program, compile_types):
    add_many(program, 120)
    texts = [served(client, f"{program.url}?page={number}") for number in (1, 2)]
    compile_types(*texts)
    for text in texts:
        check_values(text)
    first, second = (json.loads(text)["@graph"][1]["itemListElement"] for text in texts)
    assert first[0]["position"] == 1
    assert second[0]["position"] == len(first) + 1


def test_affiliates_are_valid(client, program, compile_types):
    pages = [
        *(AffiliatePageFactory(parent=program, **fields) for fields in GROUPS),
        AffiliatePageFactory(parent=program, title=MARKUP, summary=MARKUP, links=LINKS),
    ]
    texts = [served(client, page.url) for page in pages]
    compile_types(*texts)
    for text in texts:
        check_values(text)
    assert json.loads(texts[-1])["name"] == MARKUP


def test_updates_are_valid(client, program, compile_types):
    group = affiliation(program, title="Parents & Friends <Michigan>")
    updates = [published(group, text) for text in TEXTS]
    texts = [served(client, f"{program.url}updates/{update.pk}/") for update in updates]
    compile_types(*texts)
    for text, update in zip(texts, updates, strict=True):
        check_values(text)
        assert json.loads(text)["articleBody"] == update.text


def test_compiler_finds_what_is_spoilt(client, program, compile_types):
    page = AffiliatePageFactory(parent=program, title="Open Doors", links=LINKS)
    text = served(client, page.url)
    with pytest.raises(AssertionError) as failed:
        compile_types(*(text.replace(right, wrong, 1) for right, wrong in SPOILT))
    assert all(right in text for right, _ in SPOILT)
    assert all(f"values.ts({line}," in str(failed.value) for line in range(3, 3 + len(SPOILT)))

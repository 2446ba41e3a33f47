"""Finding a group in the directory: by words, region, scope and network."""

import pytest
from django.core.management import call_command

from affiliates.core.text import fold
from affiliates.directory.queries import search_directory
from affiliates.models import AffiliatePage
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.services.importing import import_affiliates
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory
from tests.standing import stands


def found(program, **wanted):
    return [page.title for page in search_directory(program, **wanted)]


@stands()
def groups(program):
    for fields in (
        {"title": "Éducation sans Force", "region": "CA-QC", "scope": "provincial"},
        {"title": "eagle parents", "summary": "We meet in Łódź Hall.", "region": "US-OH"},
        {
            "title": "O’Brien’s Friends",
            "scope": "local",
            "locality": "Saint-Jérôme",
            "body": "<p>Open <b>doors</b>&nbsp;for all.</p>",
            "links": {"facebook": "https://facebook.com/obriens"},
        },
        {"title": "Zebra", "region": "US-VI", "links": {"website": "https://zebra.org"}},
    ):
        AffiliatePageFactory(parent=program, **fields)


@pytest.mark.parametrize(
    ("q", "title"),
    [
        ("education", "Éducation sans Force"),
        ("ÉDUCATION FORCE", "Éducation sans Force"),
        ("e\N{COMBINING ACUTE ACCENT}ducation", "Éducation sans Force"),
        ("québec", "Éducation sans Force"),
        ("lodz", "eagle parents"),
        ("EAGLE ohio", "eagle parents"),
        ("obrien", "O’Brien’s Friends"),
        ("O'Brien's", "O’Brien’s Friends"),
        ("jerome", "O’Brien’s Friends"),
        ("saint jérôme, michigan", "O’Brien’s Friends"),
        ("doors for", "O’Brien’s Friends"),
        ("U.S. Virgin", "Zebra"),
        ("  zeb  ", "Zebra"),
    ],
)
def test_search_finds_by_name_place_and_text(program, groups, q, title):
    assert found(program, q=q) == [title]


@pytest.mark.parametrize("q", ["eagle force", "%", "_", "*", "!!!", "🐦", "nbsp", "\x00", "b"])
def test_search_that_fits_nobody_finds_nobody(program, q):
    AffiliatePageFactory(parent=program, title="Eagle", body="<p><b>One</b>&nbsp;two</p>")
    AffiliatePageFactory(parent=program, title="Force")
    assert found(program, q=q) == []


@pytest.mark.parametrize("q", ["", "   ", "\n"])
def test_search_without_words_finds_all_by_name_without_case_and_accents(program, groups, q):
    assert found(program, q=q) == [
        "eagle parents",
        "Éducation sans Force",
        "O’Brien’s Friends",
        "Zebra",
    ]


def test_filters_narrow_the_search(program, groups):
    assert found(program, region="US-OH") == ["eagle parents"]
    assert found(program, scope="local") == ["O’Brien’s Friends"]
    assert found(program, network="facebook") == ["O’Brien’s Friends"]
    assert found(program, network="website", region="US-VI", q="zeb") == ["Zebra"]
    assert found(program, network="website", region="US-OH") == []


@pytest.mark.parametrize("name", ["region", "scope", "network"])
@pytest.mark.parametrize("value", ["XX", "us-oh", "\x00", "' or 1=1 --", "é" * 5000])
def test_filter_that_is_not_known_finds_nobody(program, groups, name, value):
    assert found(program, **{name: value}) == []


def test_search_of_thousands_of_words_is_answered(program, groups):
    assert found(program, q=" ".join(f"word{number}" for number in range(5000))) == []
    assert found(program, q="zebra " * 5000) == ["Zebra"]


def test_search_keeps_to_what_is_listed(program, groups):
    AffiliatePageFactory(parent=program, title="Zebra draft", live=False)
    AffiliatePageFactory(parent=ProgramPageFactory(), title="Zebra elsewhere")
    assert found(program, q="zebra") == ["Zebra"]


def test_group_is_found_by_what_is_published_and_not_by_its_draft(affiliate, program):
    affiliate.title = "Ohio Parents"
    revision = affiliate.save_revision()
    assert found(program, q="ohio") == []
    assert found(program, q="michigan parents") == ["Michigan Parents"]
    revision.publish()
    assert found(program, q="ohio") == ["Ohio Parents"]


def test_group_that_comes_with_an_import_is_found(program):
    table = read_table(b"region,name,about\nOhio,Parents,Words\n")
    import_affiliates(program=program, table=table)
    assert found(program, q="ohio parents") == ["Parents"]


def test_namesakes_stand_in_the_same_order_on_every_page(program):
    pages = [AffiliatePageFactory(parent=program, title="Parents", slug=f"p-{n}") for n in range(7)]
    listed = search_directory(program)
    paged = [page.pk for start in range(0, 7, 2) for page in listed[start : start + 2]]
    assert paged == [page.pk for page in pages]


def test_folded_texts_are_no_part_of_a_revision(affiliate):
    assert "directory_words" not in affiliate.save_revision().content


def test_rebuilding_mends_what_went_past_saving(program, groups, capsys):
    AffiliatePage.objects.update(directory_words="", directory_name="")
    assert found(program, q="zebra") == []
    call_command("rebuild_directory")
    assert "4 affiliates" in capsys.readouterr().out
    assert found(program, q="zebra") == ["Zebra"]
    call_command("rebuild_directory")
    assert "0 affiliates" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["ﬃ ß Ǆ İ", "Ελλάς", "אִידִישׁ", "हिन्दी", "東京 １２", "a_b-c/d"])
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
    assert fold(text.upper()) == fold(text.lower())


def test_search_of_many_asks_as_often_as_of_one(program, django_assert_num_queries):
    links = {"website": "https://a.example.org"}

    def ask():
        return [
            [link.url for link in page.links.all()] for page in search_directory(program, q="words")
        ]

    AffiliatePageFactory(parent=program, summary="Words", links=links)
    with django_assert_num_queries(3):
        assert len(ask()) == 1
    for _ in range(2):
        AffiliatePageFactory(parent=program, summary="Words", links=links)
    with django_assert_num_queries(3):
        assert len(ask()) == 3

"""Many new affiliates at once are stored as Wagtail would store each of them."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision
from wagtail.signals import page_published, published

from affiliates.models import AffiliateLink, AffiliatePage, Affiliation
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.services.importing import import_affiliates
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory
from tests.factories.tables import HEADINGS, as_semicolons, chapters, workbook

DATA = Path(__file__).parents[2] / "data"

ROW = "region,name,about,website,x\nOhio,Straße & Söhne,Words,a.org,@some_group\n"
OWN = {
    *("id", "page_ptr_id", "path", "url_path", "translation_key", "latest_revision_id"),
    *("live_revision_id", "first_published_at", "last_published_at"),
    *("latest_revision_created_at", "own_key", "group_key"),
}
"""Fields that differ between any two pages."""

AFFILIATION = (
    *("name", "state", "since", "interval_months", "asks_from", "next_ask_on", "language"),
    "reminders_paused_until",
)


def about_rows(report):
    """Without the word about a file's encoding."""
    return [finding for finding in report.findings if finding.row]


def load(program, content, **options):
    return import_affiliates(program=program, table=read_table(content), **options)


@pytest.fixture
def heard():
    """The pages of which Wagtail's signals told, by signal."""
    told = {"page_published": [], "published": []}

    def receiver(name):
        def receive(sender, instance, revision, **_kwargs):
            told[name].append((sender, instance.pk, revision.pk, instance.live))

        return receive

    receivers = [(page_published, receiver("page_published")), (published, receiver("published"))]
    for signal, receive in receivers:
        signal.connect(receive, sender=AffiliatePage)
    yield told
    for signal, receive in receivers:
        signal.disconnect(receive, sender=AffiliatePage)


def as_wagtail_does(program, by):
    page = AffiliatePage(
        title="Straße & Söhne", region="US-OH", scope="state", summary="Words", live=False, owner=by
    )
    page.links = [
        AffiliateLink(network="website", url="https://a.org", sort_order=0),
        AffiliateLink(network="twitter", url="https://x.com/some_group", sort_order=1),
    ]
    program.add_child(instance=page)
    page.save_revision(user=by).publish(user=by)
    return AffiliatePage.objects.get(pk=page.pk)


def facts(page):
    fields = AffiliatePage.objects.filter(pk=page.pk).values().get()
    links = page.links.values("network", "url", "sort_order")
    content = page.latest_revision.content
    log = PageLogEntry.objects.for_instance(page).exclude(action="wagtail.create")
    return {
        "fields": {name: value for name, value in fields.items() if name not in OWN},
        "links": list(links),
        "content": set(content),
        "content links": [
            {name: link[name] for name in ("network", "url", "sort_order")}
            for link in content["links"]
        ],
        "revisions": page.revisions.values("content_type", "base_content_type", "user")[0],
        "object": page.latest_revision.object_str,
        "is live": page.live_revision_id == page.latest_revision_id,
        "log": list(log.values("action", "user", "label", "content_type", "content_changed")),
        "affiliation": Affiliation.objects.filter(page=page).values(*AFFILIATION).get(),
        "references": ReferenceIndex.get_references_for_object(page).count(),
    }


def test_page_is_stored_as_by_wagtail_itself(program, editor):
    other = ProgramPageFactory()
    load(other, ROW.encode(), by=editor)
    ours = AffiliatePage.objects.get()
    theirs = as_wagtail_does(program, editor)
    assert facts(ours) == facts(theirs)
    assert ours.url_path == theirs.url_path.replace(program.url_path, other.url_path)
    assert ours.latest_revision.as_object().title == "Straße & Söhne"
    assert AffiliatePage.objects.search("Straße").count() == 2


def test_page_that_is_there_is_edited_and_published_afterwards(program, editor):
    load(program, ROW.encode(), by=editor)
    page = AffiliatePage.objects.get()
    page.summary = "Other words"
    page.save_revision(user=editor).publish(user=editor)
    later = AffiliatePageFactory(parent=program)
    assert AffiliatePage.objects.get(pk=page.pk).summary == "Other words"
    assert later.path > page.path
    assert Page.find_problems() == ([], [], [], [], [])


def test_receivers_of_wagtails_signals_hear_of_each_page(program, heard):
    load(program, b"region,name,about\nOhio,A,Words\nIowa,B,Words\n")
    pages = list(AffiliatePage.objects.order_by("path"))
    expected = [(AffiliatePage, page.pk, page.latest_revision_id, True) for page in pages]
    assert heard == {"page_published": expected, "published": expected}


def test_references_that_come_up_twice_are_drawn_again(program, monkeypatch):
    monkeypatch.setattr("affiliates.models.application.REFERENCE_ALPHABET", "AB")
    load(program, workbook(HEADINGS, *chapters(20)))
    load(program, workbook(HEADINGS, *chapters(60)))
    assert Affiliation.objects.count() == 60


def test_groups_of_one_name_get_addresses_of_their_own(program):
    AffiliatePageFactory(parent=program, title="Parents", region="US-TX")
    load(program, b"region,name,about\nOhio,Parents,Words\nIowa,Parents,Words\n")
    slugs = set(AffiliatePage.objects.values_list("slug", flat=True))
    assert slugs == {"parents", "parents-2", "parents-3"}


def test_tree_is_whole_after_pages_were_added_before_deleted_and_imported(program):
    first, second = AffiliatePageFactory.create_batch(2, parent=program)
    first.delete()
    load(program, workbook(HEADINGS, *chapters(3)))
    assert Page.find_problems() == ([], [], [], [], [])
    program.refresh_from_db()
    assert program.numchild == program.get_children().count() == 4
    assert second in program.get_children().specific()


def test_number_of_queries_does_not_grow_with_new_groups(program):
    load(program, workbook(HEADINGS, *chapters(1)))
    counts = []
    for first, end in [(1, 2), (2, 5)]:
        table = read_table(workbook(HEADINGS, *list(chapters(end))[first:]))
        with CaptureQueriesContext(connection) as queries:
            import_affiliates(program=program, table=table)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["chapters.xlsx", "chapters.csv"])
def test_list_of_600_made_up_chapters_of_a_spreadsheet_program_is_loaded(program, editor, name):
    """Gnumeric wrote them from ``chapters(600)``: a workbook, and semicolons in cp1252."""
    report = load(program, (DATA / name).read_bytes(), by=editor)
    assert about_rows(report) == []
    assert len(report.created) == 600
    last = AffiliatePage.objects.order_by("path").last()
    assert last.title == "Chapter 599 – “Élan”"


@pytest.mark.parametrize("write", [lambda rows: workbook(*rows), as_semicolons])
def test_list_of_600_made_up_chapters_of_a_program_of_ours_is_loaded(program, editor, write):
    rows = [HEADINGS, *chapters(600)]
    report = load(program, write(rows), by=editor)
    assert about_rows(report) == []
    assert len(report.created) == 600
    assert report.renamed["locality"] == "City or county"
    page = AffiliatePage.objects.get(title="Chapter 5 – “Élan”")
    assert (page.scope, page.locality) == ("local", "Town 5")
    assert {link.network: link.url for link in page.links.all()} == {
        "website": "https://www.chapter-5.org",
        "twitter": "https://x.com/chapter_5",
    }
    assert Page.find_problems() == ([], [], [], [], [])
    assert PageLogEntry.objects.filter(user=editor, action="wagtail.publish").count() == 600
    before = timezone.now()
    again = load(program, write(rows), by=editor)
    assert len(again.unchanged) == 600
    assert not Revision.objects.filter(created_at__gte=before).exists()

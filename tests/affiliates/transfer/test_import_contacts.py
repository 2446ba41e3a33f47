"""The people of a group in a table: private, optional, and never taken away by an empty cell."""

import pytest

from affiliates.core.states import ContactRole
from affiliates.models import AffiliatePage, Affiliation, Contact
from affiliates.transfer.importing.report import Outcome, Severity
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.services.importing import import_affiliates
from tests.factories.pages import AffiliatePageFactory
from tests.factories.users import UserFactory
from workflows.models import OutgoingMail

HEAD = "region,name,about,contact_name,contact_email,contact_phone,alternate_name,alternate_email\n"
ROW = "Ohio,A,Words,Rosa Diaz,Rosa@Group.org,614 555 0123,Kim Lee,kim@group.org\n"


def load(program, text, **options):
    return import_affiliates(program=program, table=read_table(text.encode()), **options)


def people():
    found = Contact.objects.order_by("pk").values_list("role", "name", "email", "phone")
    return list(found)


def said(report):
    return [(item.row, item.column, item.severity) for item in report.findings]


BOTH = [
    ("primary", "Rosa Diaz", "Rosa@group.org", "614 555 0123"),
    ("alternate", "Kim Lee", "kim@group.org", ""),
]


def test_contacts_of_new_groups_belong_to_their_affiliation(program):
    report = load(program, HEAD + ROW)
    assert report.findings == []
    assert people() == BOTH
    affiliation = Affiliation.objects.get(page=AffiliatePage.objects.get())
    assert set(Contact.objects.values_list("affiliation", "email_key")) == {
        (affiliation.pk, "rosa@group.org"),
        (affiliation.pk, "kim@group.org"),
    }
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    "headings",
    [
        "State,Group,Description,Contact,E-mail,Phone,Second contact,Second contact's e-mail",
        "state,name,about,Contact person,Email,Telephone,Alternate contact,Alternate contact email",
    ],
)
def test_headings_of_people_are_understood(program, headings):
    assert load(program, f"{headings}\n{ROW}").findings == []
    assert people() == BOTH


def test_same_table_again_changes_no_contact(program):
    load(program, HEAD + ROW)
    before = list(Contact.objects.values())
    assert load(program, HEAD + ROW).counts[Outcome.UNCHANGED] == 1
    assert list(Contact.objects.values()) == before


def test_empty_cells_and_missing_columns_leave_the_contacts(program):
    load(program, HEAD + ROW)
    load(program, HEAD + "Ohio,A,Words,,,,,\n")
    load(program, "region,name,about\nOhio,A,Words\n")
    assert people() == BOTH


def test_changed_address_takes_the_older_links_away_and_leaves_the_page(program):
    load(program, HEAD + ROW)
    before = Contact.objects.get(role=ContactRole.PRIMARY)
    Contact.objects.update(bounced_at=Affiliation.objects.get().created_at)
    page = AffiliatePage.objects.get()
    report = load(program, "region,name,about,contact_email\nOhio,A,Words,new@group.org\n")
    (row,) = report.rows
    assert row.outcome == Outcome.CHANGED
    assert [change._asdict() for change in row.changes] == [
        {"column": "contact_email", "before": "Rosa@group.org", "after": "new@group.org"}
    ]
    after = Contact.objects.get(role=ContactRole.PRIMARY)
    assert (after.pk, after.name, after.email) == (before.pk, "Rosa Diaz", "new@group.org")
    assert after.link_nonce != before.link_nonce
    assert after.bounced_at is None
    assert AffiliatePage.objects.get().latest_revision_id == page.latest_revision_id


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("Rosa,,,,", "contact_email"),
        (",no address,,,", "contact_email"),
        (",,614 555 0123,,", "contact_name"),
        ("Rosa,no address,,,", "contact_email"),
        ("Rosa,a@[127.0.0.1],,,", "contact_email"),
        ("Rosa,a@b.org; c@d.org,,,", "contact_email"),
        ("🎉,a@b.org,,,", "contact_name"),
        ("Rosa,a@b.org,1,,", "contact_phone"),
        (",,,Kim,", "alternate_email"),
    ],
)
def test_person_without_a_name_or_an_address_is_named_by_row_and_column(program, cells, column):
    report = load(program, f"{HEAD}Iowa,B,Words,,,,,\nOhio,A,Words,{cells}\n")
    assert (3, column, Severity.ERROR) in said(report)
    assert AffiliatePage.objects.count() == Contact.objects.count() == 0


def test_address_without_a_person_is_that_of_the_group(program):
    """As in address books: info@…, and nobody's name."""
    rows = "Ohio,Parents of Ohio,Words,,info@group.org,,,board@group.org\n"
    report = load(program, HEAD + rows)
    assert said(report) == [
        (2, "contact_email", Severity.NOTE),
        (2, "alternate_email", Severity.NOTE),
    ]
    assert "“Parents of Ohio”" in report.findings[0].message
    assert [person[1:3] for person in people()] == [
        ("Parents of Ohio", "info@group.org"),
        ("Parents of Ohio", "board@group.org"),
    ]
    again = load(program, HEAD + rows)
    assert (again.findings, again.counts[Outcome.UNCHANGED]) == ([], 1)


def test_group_whose_name_is_a_web_address_needs_a_person(program):
    """Names of people hold no links, since they stand in mails to others."""
    report = load(program, HEAD + "Ohio,parents.org,Words,,info@group.org,,,\n")
    assert said(report) == [(2, "contact_name", Severity.ERROR)]


def test_person_may_have_one_name(program):
    head = "region,name,about,first name,last name,email\n"
    load(program, head + "Ohio,A,Words,,Suharto,a@group.org\nIowa,B,Words,Madonna,,b@group.org\n")
    assert [person[1] for person in people()] == ["Suharto", "Madonna"]


def test_page_that_was_made_without_an_affiliation_gets_one(program):
    page = AffiliatePageFactory(parent=program, title="A", region="US-OH", summary="Words")
    load(program, HEAD + ROW)
    assert Affiliation.objects.get(page=page).contacts.count() == 2


def test_contacts_of_a_page_that_is_not_public_are_left_out(program):
    AffiliatePageFactory(parent=program, title="A", region="US-OH", summary="Words", live=False)
    report = load(program, HEAD + ROW)
    assert said(report) == [(2, "", Severity.LEFT_OUT)]
    assert people() == []


def test_who_may_publish_pages_but_see_no_contacts_changes_none(program):
    publisher = UserFactory(groups=["Editors", "Moderators"])
    report = load(program, HEAD + ROW, by=publisher)
    assert report.created == ["A"]
    assert said(report) == [(1, "", Severity.LEFT_OUT)]
    assert people() == []

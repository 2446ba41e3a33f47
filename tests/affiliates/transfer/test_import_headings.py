"""What columns are taken for: headings of web forms and of address books, as those write them."""

import pytest

from affiliates.core.regions.coverage import NORTH_AMERICA
from affiliates.transfer.importing.columns import guess, problems
from affiliates.transfer.importing.headings import LONGEST_HEADING, column_of
from affiliates.transfer.importing.report import ImportReport, Severity
from affiliates.transfer.importing.rows import read_rows
from affiliates.transfer.importing.tables import read_table


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("What is the name of your group?", "name"),
        ("Name of your group", "name"),
        ("Please enter the full name of your organization (required)", "name"),
        ("What's your chapter called? (chapter name)", "name"),
        ("Your name", "contact_name"),
        ("What is your name?", "contact_name"),
        ("Your full name *", "contact_name"),
        ("Name of the contact person for your group", "contact_name"),
        ("State coordinator’s name", "contact_name"),
        ("Your email address", "contact_email"),
        ("What is the best email to reach you?", "contact_email"),
        ("Email of your second contact", "alternate_email"),
        ("Name of a backup contact", "alternate_name"),
        ("Phone number (with area code)", "contact_phone"),
        ("Which state or province are you in?", "region"),
        ("What is the name of your State or Province?", "region"),
        ("In which state is your group based?", "region"),
        ("What city or town do you work in?", "locality"),
        ("What does your group do?", "about"),
        ("Tell us about your group", "about"),
        ("Please describe your group in one or two sentences.", "about"),
        ("What is your organization's mission?", "about"),
        ("Do you have a website? Please give the address.", "website"),
        ("Link to your Facebook page", "facebook"),
        ("Instagram handle, if any", "instagram"),
        ("Timestamp", ""),
        ("How many members does your group have?", ""),
        ("Do you agree to get our newsletter by email?", ""),
        ("May we publish your name?", ""),
        ("How did you hear about our group?", ""),
        ("When did your group begin? (date)", ""),
        ("I confirm that " + "our group shares the beliefs above and " * 5 + "has a website", ""),
        ("E-mail 1 - Value", "contact_email"),
        ("E-mail 1 - Label", ""),
        ("Organization 1 - Name", "name"),
        ("Organization 1 - Title", ""),
        ("Company", "name"),
        ("Company Yomi", ""),
        ("Address 1 - Region", "region"),
        ("Address 1 - Country", ""),
        ("Business Country/Region", ""),
        ("Given Name", "contact_first_name"),
        ("Surname", "contact_last_name"),
        ("Middle Name", ""),
        ("Phonetic First Name", ""),
        ("Spouse", ""),
        ("Business Fax", ""),
        ("x" * 100_000, ""),
        ("name " * LONGEST_HEADING, ""),
    ],
)
def test_heading_is_taken_for_what_it_asks(heading, column):
    assert column_of(heading) == column


GOOGLE_FORM = (
    "Timestamp,Email Address,What is the name of your group?,Your name,"
    "Which state is your group in?,"
    '"Please describe your group in one or two sentences.",Website or Facebook page,'
    "Your phone number\n"
    "9/20/2026 10:00:00,kim@example.org,Lima Parents,Kim Lee,Ohio,We meet.,lima.org,6145550100\n"
)
MICROSOFT_FORM = (
    "ID,Start time,Completion time,Email,Name,Name of your group,State,What does your group do?\n"
    "1,9/20/2026,9/20/2026,kim@example.org,Kim Lee,Lima Parents,Ohio,We meet.\n"
)
SURVEY_OF_AFFILIATES = (
    "Organization Name,Street Address,City,State,Postal Code,"
    "Affiliate Phone Number - please format: xxx-xxx-xxxx,Website,Submitter First Name,"
    "Submitter Last Name,Submitter Email,Are you (submitter) our main point of contact?,"
    "Social - Facebook,Social - Twitter,Organization Type,Mission Statement,"
    "How would you describe your curriculum?,How did you hear about us?\n"
    "Lima Parents,1 Main St,Lima,Ohio,45801,614-555-0100,lima.org,Kim,Lee,kim@example.org,Yes,"
    "facebook.com/lima,@lima,School,We meet.,Long,Friends\n"
)
GOOGLE_CONTACTS = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,File As,Organization Name,"
    "Organization Title,Organization Department,Birthday,Notes,Labels,E-mail 1 - Label,"
    "E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,"
    "Address 1 - Label,Address 1 - Formatted,Address 1 - City,Address 1 - Region,"
    "Address 1 - Country,Website 1 - Label,Website 1 - Value,about\n"
    "Kim,,Lee,,Dr.,,Lima Parents,Chair,,,,* myContacts,* Work,kim@example.org ::: lee@example.org,"
    ",,Mobile,614 555 0100,Work,1 Main St,Lima,OH,US,,https://lima.org,We meet.\n"
)
OLD_GOOGLE_CONTACTS = (
    "Name,Given Name,Additional Name,Family Name,Yomi Name,Group Membership,E-mail 1 - Type,"
    "E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Address 1 - Region,Organization 1 - Type,"
    "Organization 1 - Name,Organization 1 - Title,Description\n"
    "Kim Lee,Kim,,Lee,,* My,* Work,kim@example.org,Work,614 555 0100,Ohio,,Lima Parents,Chair,"
    "We meet.\n"
)
OUTLOOK = (
    "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business City,"
    "Business State,Business Country/Region,Home City,Home State,Assistant's Phone,Business Fax,"
    "Business Phone,Mobile Phone,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,"
    "Location,Notes,Web Page,About\n"
    "Dr.,Kim,,Lee,,Lima Parents,,Chair,Lima,Ohio,US,,,,1,614 555 0100,,kim@example.org,SMTP,"
    "Kim Lee (kim@example.org),,,,lima.org,We meet.\n"
)
THUNDERBIRD = (
    "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,"
    "Work Phone,Home Phone,Fax Number,Mobile Number,Home City,Home State,Work City,Work State,"
    "Job Title,Department,Organization,Web Page 1,Web Page 2,Birth Year,Custom 1,Notes,Mission\n"
    "Kim,Lee,Kim Lee,,kim@example.org,,,614 555 0100,,,,,,Lima,Ohio,Chair,,Lima Parents,lima.org,"
    ",,,,We meet.\n"
)
EXPORTS = {
    "Google Forms": GOOGLE_FORM,
    "Microsoft Forms": MICROSOFT_FORM,
    "a survey of affiliates": SURVEY_OF_AFFILIATES,
    "Google Contacts": GOOGLE_CONTACTS,
    "Google Contacts before 2024": OLD_GOOGLE_CONTACTS,
    "Outlook": OUTLOOK,
    "Thunderbird": THUNDERBIRD,
}


@pytest.mark.parametrize("name", EXPORTS)
def test_export_of_a_form_or_an_address_book_is_read_as_it_is(name):
    table = read_table(EXPORTS[name].encode())
    assert problems(table, guess(table)) == []
    report = ImportReport()
    (group,) = read_rows(table, report, NORTH_AMERICA)
    assert {"title": "Lima Parents", "region": "US-OH", "summary": "We meet."}.items() <= (
        group.fields.items()
    )
    (person,) = group.people.values()
    assert (person["name"], person["email"]) == ("Kim Lee", "kim@example.org")
    assert not report.bad_rows
    assert {"Lima", None} >= {group.fields.get("locality")}


def columns_of(text):
    return guess(read_table(text.encode())).columns


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        # Of equals by a rule, the one that is filled more often, then the first.
        ("Home State,Work State\n,Ohio\n,Ohio\nIowa,\n", ["", "region"]),
        ("Home State,Work State\nIowa,Ohio\n", ["region", ""]),
        # A listed word goes before a question, and a filled column before an empty one.
        ("State,In which state are you?\nOhio,Iowa\n", ["region", ""]),
        ("Location,Business City\n,Lima\n", ["", "locality"]),
        # A name in two parts only where no column has the whole.
        ("First name,Last name\nKim,Lee\n", ["contact_first_name", "contact_last_name"]),
        ("First name,Your name\nKim,Kim Lee\n", ["", "contact_name"]),
        ("Name,Chapter\nKim,Lima\n", ["contact_name", "name"]),
        ("Name,Your name,Chapter\nx,Kim,Lima\n", ["", "contact_name", "name"]),
        ("Title,Company\nDr.,Lima\n", ["", "name"]),
        ("Title,State\nLima,Ohio\n", ["name", "region"]),
    ],
)
def test_of_several_columns_the_likeliest_is_taken(text, columns):
    assert columns_of(text) == columns


def test_column_that_is_left_out_for_another_is_named():
    report = ImportReport()
    table = "name,about,Work State,Home State\nA,Words,Ohio,Iowa\n"
    read_rows(read_table(table.encode()), report, NORTH_AMERICA)
    (finding,) = report.findings
    assert (finding.column, finding.severity) == ("region", Severity.LEFT_OUT)
    assert finding.message == "“Home State” is left out, since “Work State” says the same."


HEAD = "State,Group name,Description\nOhio,A,Words\n"


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("", 1),
        ("Our groups\n", 2),
        ("Our groups, in all states;\n\nPrinted, for the board\n", 4),
        ("Group list\n" * 19, 20),
        # No further: then the first line counts, as before.
        ("Our groups\n" * 20, 1),
    ],
)
def test_titles_above_the_headings_are_stepped_over(above, line):
    table = read_table((above + HEAD).encode())
    assert table.line == line
    if line > 1:
        assert table.headings == ["State", "Group name", "Description"]
        assert list(table.rows) == [line + 1]


def test_titles_are_no_guide_to_what_separates_cells(program):
    table = read_table(b"Our groups, in Ohio, and elsewhere\n" + HEAD.replace(",", ";").encode())
    assert table.headings == ["State", "Group name", "Description"]


def test_rows_above_the_headings_are_mentioned_and_errors_have_the_rows_of_the_file():
    report = ImportReport()
    table = read_table(f"Our groups\n\n{HEAD}Atlantis,B,Words\n".encode())
    read_rows(table, report, NORTH_AMERICA)
    assert [(item.row, item.message[:35]) for item in report.findings] == [
        (0, "1 row above the headings is not rea"),
        (5, "We do not know the state or provinc"),
    ]


def test_row_that_says_so_little_is_no_line_of_headings():
    table = read_table(b"Gruppe,Land\nState,Ohio\nA,Iowa\n")
    assert (table.line, table.headings) == (1, ["Gruppe", "Land"])

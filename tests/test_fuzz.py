"""Whatever strangers hand in is read or refused: tables, links, addresses of machines, bounces.

Forms and mailed links stand in ``test_bad_input``, the API in ``test_api_contract``.
"""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affiliates.core.regions.coverage import NORTH_AMERICA
from affiliates.transfer.importing.report import ImportReport
from affiliates.transfer.importing.rows import read_rows
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.importing.workbooks import TableUnreadable
from workflows.core.exceptions import AddressRefused
from workflows.core.web_addresses import clean_address
from workflows.mail.bounces import note_report

HEAD = b'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: '
PIECES = (
    *(b"--b\n", b"--b--", b"Content-Type: ", b"message/rfc822\n\n", b"message/delivery-status\n\n"),
    *(b"message/global-delivery-status\n\n", b"Final-Recipient: utf-8; ", b"Status: 5.1.1\n"),
    *(b"text/rfc822-headers\n\n", b"Message-ID: <a@b>\n", b"Status: 5.1.1\n", b"Action: failed\n"),
    *(b"Final-Recipient: rfc822; a@b.org\n", b"Content-Transfer-Encoding: base64\n", b"\n", b"<"),
)
BYTES = st.lists(st.one_of(st.binary(max_size=9), st.sampled_from(PIECES)), max_size=12).map(
    b"".join
)
CELLS = st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=6), max_size=5)
COLUMNS = "region,name,about,website,facebook,contact_email"


def table(content: bytes) -> None:
    with suppress(TableUnreadable):
        read_rows(read_table(content), ImportReport(), NORTH_AMERICA)


def rows(cells: list[list[str]]) -> None:
    text = "\n".join([COLUMNS, *(",".join(row) for row in cells)])
    table(text.encode("utf-8", "surrogatepass"))


def web_address(text: str) -> None:
    with suppress(AddressRefused):
        assert clean_address(clean_address(text)) == clean_address(text)


def bounce(content: bytes) -> None:
    note_report(message=content)
    note_report(message=HEAD + content)


FUZZED = {
    "table": (table, st.binary(max_size=200)),
    "workbook": (table, st.binary(max_size=100).map(lambda content: b"PK\x03\x04" + content)),
    "rows": (rows, CELLS),
    "web address": (web_address, st.text(max_size=60)),
    "bounce": (bounce, BYTES),
}
EXAMPLES = dict.fromkeys(FUZZED, (30, 3_000)) | {"workbook": (5, 100)}
"""In each run, and in the long one. Each workbook is read by a process of its own."""


def fuzz(name: str, examples: int) -> None:
    read, inputs = FUZZED[name]

    @settings(max_examples=examples, deadline=None)
    @given(inputs)
    def run(content):
        read(content)

    run()


@pytest.mark.django_db
@pytest.mark.parametrize("name", FUZZED)
def test_input_of_any_kind_is_read_or_refused(name):
    fuzz(name, EXAMPLES[name][0])


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("name", FUZZED)
def test_very_much_input_of_any_kind_is_read_or_refused(name):
    fuzz(name, EXAMPLES[name][1])

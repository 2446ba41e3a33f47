"""The table that people start from."""

import csv
import io

from affiliates.core.regions import REGIONS
from affiliates.core.states import Scope
from affiliates.transfer.importing.headings import COLUMNS

EXAMPLE = {
    "region": REGIONS["US-OH"],
    "name": "Example Parents of Ohio",
    "about": "One or two sentences about the group. Please write over this row.",
    "scope": Scope.LOCAL.value,
    "locality": "Columbus",
    "website": "https://www.example.org",
    "facebook": "https://www.facebook.com/exampleparents",
    "contact_name": "Kim Example",
    "contact_email": "kim@example.org",
    "contact_phone": "614 555 0100",
}


def example_table() -> str:
    """CSV that spreadsheet programs open as it is meant, by the mark at its beginning."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerow(EXAMPLE)
    return "\ufeff" + text.getvalue()

"""Text that was saved in another encoding than UTF-8, or read in the wrong one on its way here."""

import codecs
from collections.abc import Iterator

import ftfy
from django.utils.translation import gettext as _
from ftfy.badness import is_bad

from affiliates.core.text import TEXT_LENGTH
from affiliates.transfer.importing.workbooks import Cells, TableUnreadable

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

LOST_LETTER = "\ufffd"
"""What programs write for a letter that they could not read. Nobody can tell which it was."""

_ONLY_ENCODINGS = ftfy.TextFixerConfig(
    unescape_html=False, replace_lossy_sequences=False, explain=False
)


def decoded(content: bytes) -> tuple[str, list[str]]:
    """The text, and notes about its encoding. Raises ``TableUnreadable``."""
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, _notes(encoding, text)
    raise TableUnreadable(_("This file is neither CSV nor XLSX. Please save the table as CSV."))


def _encodings(content: bytes) -> list[str]:
    marked = [name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)]
    # Lines of old Macs end in nothing but a carriage return, and so do those of today's Excel
    # when it saves a CSV file “for Macintosh”.
    is_of_a_mac = b"\r" in content and b"\n" not in content
    return marked or ["utf-8", "mac_roman" if is_of_a_mac else "cp1252"]


def _notes(encoding: str, text: str) -> list[str]:
    if encoding.startswith("utf-8") or text.isascii():
        return []
    names = {"cp1252": "Windows-1252", "mac_roman": "Mac OS Roman", "utf-16": "UTF-16"}
    message = _(
        "This file was saved as %(encoding)s, not as UTF-8. We read it as such."
        " Please look at a few accented letters."
    )
    return [message % {"encoding": names[encoding]}]


def mend(cells: Cells) -> Iterator[tuple[int, str]]:
    """Mend texts such as “QuÃ©bec”: UTF-8 that was read in another encoding. Yield the place and
    the former text of each.
    """
    for place, cell in enumerate(cells):
        # Longer texts are refused anyway.
        if not cell.isascii() and len(cell) <= TEXT_LENGTH and is_bad(cell):
            cells[place] = ftfy.fix_encoding(cell, _ONLY_ENCODINGS).strip()
            if cells[place] != cell:
                yield place, cell

"""Tables as spreadsheet programs write them."""

import io

import openpyxl
from django.utils import timezone

from affiliates.core.regions import region_name
from affiliates.core.regions.coverage import NORTH_AMERICA
from affiliates.transfer.importing.tables import Table
from affiliates.transfer.services.uploads import choose_columns, keep_upload, suggested_choice

HEADINGS = ("State", "Group name", "Description", "Scope", "City or county", "Web site", "X")
"""As people head them; none is exactly our name for it but one."""


def workbook(*rows, title="Chapters"):
    """The content of an XLSX file with one sheet."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book):
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def chapters(count):
    """Made-up chapters: a dash, quotes, accents, a local one among them, empty cells."""
    regions = [region_name(code) for code in NORTH_AMERICA.codes]
    for number in range(count):
        region = regions[number % len(regions)]
        is_local = number % 5 == 0
        yield (
            region,
            f"Chapter {number} – “Élan”",
            f"We work for safe schools in {region}; since {1990 + number % 30}.",
            "local" if is_local else None,
            f"Town {number}" if is_local else None,
            f"www.chapter-{number}.org" if number % 2 else None,
            f"@chapter_{number}" if number % 3 else None,
        )


def as_semicolons(rows):
    """As Excel writes CSV where commas are decimal points."""
    lines = (
        ";".join('"{}"'.format(cell.replace('"', '""')) if cell else "" for cell in row)
        for row in rows
    )
    return "\r\n".join(lines).encode("cp1252")


def checked_upload(program, user, text, filename="groups.csv"):
    """Of a person who took its columns for what they seem to be."""
    content = text if isinstance(text, bytes) else text.encode()
    now = timezone.now()
    upload = keep_upload(program=program, user=user, filename=filename, content=content, now=now)
    choice = suggested_choice(upload, Table.from_json(upload.content))
    choose_columns(pk=upload.pk, user=user, version=upload.version, choice=choice, now=now)
    upload.refresh_from_db()
    return upload

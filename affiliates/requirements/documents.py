"""The kind "document": a file on record, with a day on which it ends."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from affiliates.core.text import clean_line
from affiliates.models import Document, Proof
from affiliates.programs.promised_days import today_at
from affiliates.requirements.kinds import ProofForm, RequirementKind, register

MOST_BYTES = 5 * 1024 * 1024
BODY_BYTES = MOST_BYTES + 64 * 1024
"""The whole form."""

_ZIP = b"PK\x03\x04"
TYPES: dict[str, tuple[bytes, str]] = {
    "pdf": (b"%PDF-", "application/pdf"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
    "jpeg": (b"\xff\xd8\xff", "image/jpeg"),
    "docx": (
        _ZIP,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "odt": (_ZIP, "application/vnd.oasis.opendocument.text"),
}
"""By the ending of the name: how such a file begins, and its media type."""

ACCEPTED = ",".join(f".{ending}" for ending in TYPES)
_UNSAFE = re.compile(r'[\\/:*?"<>|]+')


@dataclass(frozen=True)
class NewDocument:
    name: str
    content_type: str
    content: bytes


class DocumentForm(ProofForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, JPEG, PNG, Word or OpenDocument, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={
            "required": _("Please choose the file."),
            "empty": _("This file is empty. Please choose another one."),
        },
    )
    ends_on = forms.DateField(
        label=_("The day on which it ends"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave this empty if it does not end. We write to you before that day."),
    )

    def clean_file(self) -> Any:
        """Raises ``ValidationError``: too large, or not what its name says."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(
                _("This file has %(size)s. Please choose one of at most 5 MB."),
                params={"size": filesizeformat(file.size)},
            )
        if type_of(file.name, file.read(16)) is None:
            raise ValidationError(
                _("We cannot take this kind of file. Please save it as PDF and choose that.")
            )
        return file

    def clean_ends_on(self) -> date | None:
        ends_on = self.cleaned_data["ends_on"]
        today = today_at(self.commitment.affiliation.program, timezone.now())
        if ends_on and ends_on <= today:
            raise ValidationError(_("This day has passed. Please give the file that counts now."))
        return ends_on

    def clean(self) -> None:
        """No browser keeps a chosen file."""
        if self.errors and self.files:
            self.add_error(None, _("Please choose the file once more, too."))

    def proof(self) -> dict[str, Any]:
        file, ends_on = self.cleaned_data["file"], self.cleaned_data["ends_on"]
        file.seek(0)
        content = file.read()
        content_type = type_of(file.name, content[:16])
        name = clean_line(_UNSAFE.sub(" ", file.name)) or "document"
        return {
            "document": NewDocument(name, content_type or "", content),
            "data": {"ends_on": ends_on.isoformat()} if ends_on else {},
        }

    def kept_until(self) -> date | None:
        return self.cleaned_data["ends_on"]


def as_download(document: Document) -> HttpResponse:
    """Never shown in the page, whatever it contains."""
    response = HttpResponse(bytes(document.content), content_type=document.content_type)
    response["Content-Disposition"] = content_disposition_header(True, document.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def type_of(name: str, beginning: bytes) -> str | None:
    begins, content_type = TYPES.get(name.rpartition(".")[2].lower(), (b"", ""))
    return content_type if begins and beginning.startswith(begins) else None


def facts(proof: Proof) -> Iterable[tuple[str, str]]:
    document = getattr(proof, "document", None)
    if document:
        yield gettext("File"), f"{document.name} ({filesizeformat(document.size)})"
    if ends_on := proof.data.get("ends_on"):
        yield gettext("Ends on"), date_format(date.fromisoformat(ends_on))


DOCUMENT = register(
    RequirementKind(
        name="document",
        label=_("File on record"),
        explanation=_(
            "A file such as bylaws or a proof of insurance, with the day on which it ends. Only the"
            " group and your team can open it."
        ),
        asks=_("Send us the file."),
        button=_("Send the file"),
        form=DocumentForm,
        facts=facts,
        defaults={"interval_months": None, "ask_days": 30},
    )
)

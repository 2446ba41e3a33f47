"""Beliefs, obligations and benefits: ordered texts, each with an id of its own."""

import hashlib
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.fields import StreamField

STATEMENT_LENGTH = 600


@dataclass(frozen=True)
class Statement:
    """A belief, obligation or benefit: its stable id and its text."""

    id: str
    text: str

    @property
    def text_hash(self) -> str:
        """SHA-256 of the text in Unicode NFC, in hexadecimal digits."""
        return hashlib.sha256(unicodedata.normalize("NFC", self.text).encode()).hexdigest()


def statements_field(label, help_text, **kwargs):
    """An ordered list of texts whose ids survive editing, moving and translating."""
    return StreamField(
        [
            (
                "statement",
                blocks.TextBlock(label=_("Statement"), max_length=STATEMENT_LENGTH, rows=2),
            )
        ],
        verbose_name=label,
        help_text=help_text,
        **kwargs,
    )

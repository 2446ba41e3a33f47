"""How fields of our pages look in Wagtail's API."""

from typing import Any

from rest_framework.fields import Field
from wagtail.rich_text import expand_db_html


class StatementsSerializer(Field):
    """A list of ``{"id", "text"}``."""

    def to_representation(self, value: Any) -> list[dict[str, str]]:
        return [{"id": block.id, "text": str(block.value)} for block in value]


class RichTextSerializer(Field):
    """HTML as the page shows it, with real addresses in its links."""

    def to_representation(self, value: str) -> str:
        return str(expand_db_html(value))

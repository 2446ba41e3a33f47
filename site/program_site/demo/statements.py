"""Blocks of statements for the demo's programs."""

from uuid import NAMESPACE_URL, uuid5


def statements(kind: str, texts: tuple[str, ...]) -> list[dict[str, str]]:
    """Blocks with ids that are the same in every demo, so that links and tests may name them."""
    return [
        {"type": "statement", "value": text, "id": str(uuid5(NAMESPACE_URL, f"{kind}/{number}"))}
        for number, text in enumerate(texts)
    ]

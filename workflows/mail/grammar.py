"""Syntax of wordings, and filling them.

A wording is plain text with ``{placeholders}``. Blank lines separate paragraphs; lines that start
with "- " form a list; a paragraph whose last line is only a link becomes a button labeled by the
lines before it. A list placeholder needs its own line. Values are inserted as plain text and never
parsed, so nothing an applicant typed becomes a placeholder, a list or a button.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from workflows.core.plain_text import lines, one_line
from workflows.mail.kinds import ListItem, MailKind

Shape = Literal["paragraph", "list", "button"]

_BRACES = re.compile(r"\{+[^{}]*\}*|\}+")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")


@dataclass(frozen=True)
class Piece:
    """A run of finished text, with a link target if it is a link."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph, a list (without dashes) or a button whose last line is the link."""

    shape: Shape
    lines: tuple[tuple[Piece, ...], ...]


def unknown_placeholders(text: str, kind: MailKind) -> list[str]:
    """Everything in braces that is not a placeholder of the kind."""
    allowed = {f"{{{placeholder.name}}}" for placeholder in kind.offered}
    return [found for found in _BRACES.findall(text) if found not in allowed]


def misplaced_lists(subject: str, text: str, kind: MailKind) -> list[str]:
    """List placeholders in the subject, or beside other text on a line."""
    lists = {f"{{{placeholder.name}}}" for placeholder in kind.offered if placeholder.is_list}
    rows = [row.strip() for row in lines(text).splitlines()]
    rest = [subject, *(row for row in rows if row not in lists)]
    return [found for row in rest for found in _BRACES.findall(row) if found in lists]


def problems(subject: str, text: str, kind: MailKind) -> list[str]:
    """Placeholders that make the wording unusable."""
    both = f"{subject}\n{text}"
    return [*unknown_placeholders(both, kind), *misplaced_lists(subject, text, kind)]


def fill_line(text: str, kind: MailKind, values: Mapping[str, Any]) -> str:
    """Fill a subject, on one line."""
    line = _fill(text, _cleaned(kind, values), set())
    return one_line("".join(piece.text for piece in line))


def fill_blocks(text: str, kind: MailKind, values: Mapping[str, Any]) -> list[Block]:
    """Fill the text. Drops lines with only empty placeholders, empty paragraphs, buttons without a
    link.
    """
    clean = _cleaned(kind, values)
    links = {placeholder.name for placeholder in kind.offered if placeholder.is_link}
    lists = {
        f"{{{placeholder.name}}}": _list_block(values.get(placeholder.name, ()))
        for placeholder in kind.offered
        if placeholder.is_list
    }
    blocks: list[Block | None] = []
    for rows in _runs(text, lists.keys()):
        if rows[0] in lists:
            blocks += (lists[row] for row in rows)
        else:
            blocks.append(_fill_block(*_shaped(rows, links), clean, links))
    return [block for block in blocks if block]


def _cleaned(kind: MailKind, values: Mapping[str, Any]) -> dict[str, str]:
    return {
        placeholder.name: (lines if placeholder.multiline else one_line)(
            str(values.get(placeholder.name, ""))
        ).strip()
        for placeholder in kind.offered
        if not placeholder.is_list
    }


def _list_block(items: Iterable[ListItem]) -> Block | None:
    rows = [_item_pieces(item) for item in items]
    return Block("list", tuple(rows)) if rows else None


def _item_pieces(item: ListItem) -> tuple[Piece, ...]:
    details = filter(None, map(one_line, item.details))
    return (
        Piece(one_line(item.text), _href(item.url)),
        *(Piece(f"\n{detail}") for detail in details),
    )


def _runs(text: str, lists: Collection[str]) -> Iterator[list[str]]:
    """Paragraphs, split further where a list begins or ends; never empty."""
    for paragraph in re.split(r"\n\s*\n", lines(text).strip()):
        stripped = [line.strip() for line in paragraph.splitlines()]
        for _, run in groupby(stripped, lambda line: (line.startswith("- "), line in lists)):
            yield list(run)


def _shaped(rows: list[str], links: set[str]) -> tuple[Shape, list[str]]:
    if rows[0].startswith("- "):
        return "list", [row.removeprefix("- ") for row in rows]
    found = _PLACEHOLDER.fullmatch(rows[-1])
    is_link = bool(_LINK.fullmatch(rows[-1]) or (found and found[1] in links))
    return "button" if len(rows) > 1 and is_link else "paragraph", rows


def _fill_block(
    shape: Shape, rows: list[str], values: dict[str, str], links: set[str]
) -> Block | None:
    kept = [row for row in rows if not _vanishes(row, values)]
    if not kept or (shape == "button" and (len(kept) < 2 or kept[-1] != rows[-1])):
        return None
    return Block(shape, tuple(_fill(row, values, links) for row in kept))


def _vanishes(row: str, values: dict[str, str]) -> bool:
    return "{" in row and not _PLACEHOLDER.sub(lambda found: values[found[1]], row).strip()


def _fill(row: str, values: dict[str, str], links: set[str]) -> tuple[Piece, ...]:
    # re.split alternates literal text and placeholder names.
    pieces: list[Piece] = []
    for place, part in enumerate(_PLACEHOLDER.split(row)):
        if place % 2 == 0:
            pieces += _linked(part)
        elif part in links:
            pieces.append(Piece(values[part], _href(values[part])))
        elif values[part]:
            pieces.append(Piece(values[part]))
        else:
            pieces[-1] = Piece(pieces[-1].text.removesuffix(" "), pieces[-1].href)
    return tuple(piece for piece in pieces if piece.text)


def _linked(text: str) -> list[Piece]:
    ends = [0]
    pieces = []
    for found in _LINK.finditer(text):
        pieces += [Piece(text[ends[-1] : found.start()]), Piece(found[0], found[0])]
        ends.append(found.end())
    return [*pieces, Piece(text[ends[-1] :])]


def _href(value: str) -> str:
    if _LINK.fullmatch(value):
        return value
    return f"mailto:{value}" if "@" in value else ""

"""The few rules that wordings are written by, and filling them.

A wording is plain text with ``{placeholders}``. Blank lines part paragraphs, lines that start with
"- " make a list, and a paragraph whose last line is only a link becomes a button, labelled by the
lines before it. The shape comes from the wording alone: values are put in as plain text and never
looked at again, so nothing that an applicant typed becomes a placeholder, a list or a button.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from workflows.mail_kinds import MailKind
from workflows.plain_text import lines, one_line

Shape = Literal["paragraph", "list", "button"]

_BRACES = re.compile(r"\{+[^{}]*\}*|\}+")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")


@dataclass(frozen=True)
class Piece:
    """A run of finished text, and where it leads to if it is a link."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph, a list (without its dashes) or a button whose last line is the link."""

    shape: Shape
    lines: tuple[tuple[Piece, ...], ...]


def unknown_placeholders(text: str, kind: MailKind) -> list[str]:
    """Everything in braces that is not exactly one of the kind's placeholders, as it stands."""
    allowed = {f"{{{placeholder.name}}}" for placeholder in kind.offered}
    return [found for found in _BRACES.findall(text) if found not in allowed]


def fill_line(text: str, kind: MailKind, values: Mapping[str, Any]) -> str:
    """A subject: filled, on one line."""
    line = _fill(text, _cleaned(kind, values), set())
    return one_line("".join(piece.text for piece in line))


def fill_blocks(text: str, kind: MailKind, values: Mapping[str, Any]) -> list[Block]:
    """The wording's text as finished blocks.

    Lines that hold nothing but placeholders without a value vanish, and so do paragraphs without
    lines and buttons without a link.
    """
    clean = _cleaned(kind, values)
    links = {placeholder.name for placeholder in kind.offered if placeholder.is_link}
    filled = [_fill_block(shape, raw, clean, links) for shape, raw in _raw_blocks(text, links)]
    return [block for block in filled if block]


def _cleaned(kind: MailKind, values: Mapping[str, Any]) -> dict[str, str]:
    return {
        placeholder.name: (lines if placeholder.multiline else one_line)(
            str(values.get(placeholder.name, ""))
        ).strip()
        for placeholder in kind.offered
    }


def _raw_blocks(text: str, links: set[str]) -> list[tuple[Shape, list[str]]]:
    blocks: list[tuple[Shape, list[str]]] = []
    for paragraph in re.split(r"\n\s*\n", lines(text).strip()):
        stripped = [line.strip() for line in paragraph.splitlines()]
        for is_list, group in groupby(stripped, lambda line: line.startswith("- ")):
            rows = [line.removeprefix("- ") if is_list else line for line in group]
            blocks.append(("list" if is_list else _shape(rows, links), rows))
    return blocks


def _shape(rows: list[str], links: set[str]) -> Shape:
    found = _PLACEHOLDER.fullmatch(rows[-1])
    is_link = bool(_LINK.fullmatch(rows[-1]) or (found and found[1] in links))
    return "button" if len(rows) > 1 and is_link else "paragraph"


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
    # re.split leaves literal text at even places and placeholder names at odd ones.
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
    """Literal text of a wording, with the addresses in it made links."""
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

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
from workflows.mail.kinds import ListItem, MailKind, Placeholder

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


@dataclass(frozen=True)
class Blank:
    """Where a value comes in. ``is_link``: see ``Placeholder``."""

    name: str
    is_link: bool


Row = tuple[Piece | Blank, ...]


@dataclass(frozen=True)
class Frame:
    """A block of a wording, to be filled. The name of a list placeholder stands in for its rows."""

    shape: Shape
    rows: tuple[Row, ...]
    list_name: str = ""


@dataclass(frozen=True)
class Filled:
    subject: str
    blocks: list[Block]


class Form:
    """A wording, parsed once and filled for many emails."""

    def __init__(self, subject: str, text: str, kind: MailKind) -> None:
        self.placeholders = kind.offered
        self.links = {one.name for one in self.placeholders if one.is_link}
        self.lists = {f"{{{one.name}}}": one.name for one in self.placeholders if one.is_list}
        self.subject = self._row(subject, set())
        self.frames = [frame for rows in _runs(text, self.lists) for frame in self._frames(rows)]

    def fill(self, values: Mapping[str, Any]) -> Filled:
        """The subject on one line. Drops lines with only empty placeholders, empty paragraphs, and
        buttons without a link.
        """
        clean = _cleaned(self.placeholders, values)
        blocks = (_fill_frame(frame, clean, values) for frame in self.frames)
        subject = "".join(piece.text for piece in _fill(self.subject, clean))
        return Filled(one_line(subject), [block for block in blocks if block])

    def _frames(self, rows: list[str]) -> Iterator[Frame]:
        if rows[0] in self.lists:
            yield from (Frame("list", (), self.lists[row]) for row in rows)
        else:
            shape, shaped = _shaped(rows, self.links)
            yield Frame(shape, tuple(self._row(row, self.links) for row in shaped))

    @staticmethod
    def _row(text: str, links: Collection[str]) -> Row:
        # re.split alternates literal text and placeholder names.
        parts: list[Piece | Blank] = []
        for place, part in enumerate(_PLACEHOLDER.split(text)):
            parts += [Blank(part, part in links)] if place % 2 else _linked(part)
        return tuple(parts)


def _cleaned(placeholders: Iterable[Placeholder], values: Mapping[str, Any]) -> dict[str, str]:
    return {
        placeholder.name: (lines if placeholder.multiline else one_line)(
            str(values.get(placeholder.name, ""))
        ).strip()
        for placeholder in placeholders
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


def _fill_frame(frame: Frame, clean: dict[str, str], values: Mapping[str, Any]) -> Block | None:
    if frame.list_name:
        return _list_block(values.get(frame.list_name, ()))
    kept = [row for row in frame.rows if not _vanishes(row, clean)]
    if not kept:
        return None
    if frame.shape == "button" and (len(kept) < 2 or kept[-1] is not frame.rows[-1]):
        return None
    return Block(frame.shape, tuple(_fill(row, clean) for row in kept))


def _vanishes(row: Row, values: dict[str, str]) -> bool:
    """A row with placeholders of which nothing is left to see."""
    return any(isinstance(part, Blank) for part in row) and not any(
        values[part.name] if isinstance(part, Blank) else part.text.strip() for part in row
    )


def _fill(row: Row, values: dict[str, str]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for part in row:
        if isinstance(part, Piece):
            pieces.append(part)
            continue
        value = values[part.name]
        if part.is_link:
            pieces.append(Piece(value, _href(value)))
        elif value:
            pieces.append(Piece(value))
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

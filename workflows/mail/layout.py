"""The layout of every email: sender, reason for the email, contact address.

The HTML comes from ``affiliate_workflows/mail/layout.mjml``, a Django template that a site may
override. Comments mark one sample of text and one sample button, which are copied as often as
needed: paragraphs and lists that follow each other share one. MJML is compiled once per process and
language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import groupby

import mrml
from django.template import Context, Engine
from django.utils import translation

from workflows.mail.grammar import Block, Piece

_SLOT = re.compile(r"\[\[(\w+)\]\]")
_CUTS = re.compile(r"<!--(?:paragraph|button|end)-->")
_GREETING_END = (",", ":")


class Slotted:
    """Text with ``[[slots]]``, cut at them once. Filled in one pass, so that no value is read as a
    slot.
    """

    def __init__(self, text: str) -> None:
        self.parts = _SLOT.split(text)

    def fill(self, values: Mapping[str, str]) -> str:
        filled = self.parts.copy()
        filled[1::2] = [values[name] for name in filled[1::2]]
        return "".join(filled)


@dataclass(frozen=True)
class Layout:
    before: Slotted
    paragraph: Slotted
    button: Slotted
    after: Slotted
    text: Slotted


def render_text(layout: Layout, blocks: list[Block], frame: Mapping[str, str]) -> str:
    body = "\n\n".join(_text_block(block) for block in blocks)
    return layout.text.fill({**frame, "body": body})


def render_html(layout: Layout, blocks: list[Block], frame: Mapping[str, str]) -> str:
    slots = {name: escape(value) for name, value in frame.items()}
    slots["preheader"] = escape(_preheader(blocks))
    runs = groupby(blocks, lambda block: block.shape == "button")
    body = "".join(
        "".join(_html_button(layout, block) for block in run)
        if is_button
        else layout.paragraph.fill({"content": "".join(map(_content, run))})
        for is_button, run in runs
    )
    return layout.before.fill(slots) + body + layout.after.fill(slots)


def layout_for(language: str) -> Layout:
    return _compile(Engine.get_default(), language)


@lru_cache(maxsize=64)
def _compile(engine: Engine, language: str) -> Layout:
    with translation.override(language):
        is_rtl = translation.get_language_bidi()
        values = {
            "language": language,
            "direction": "rtl" if is_rtl else "ltr",
            "start": "right" if is_rtl else "left",
        }
        folder = "affiliate_workflows/mail"
        mjml = engine.get_template(f"{folder}/layout.mjml").render(Context(values))
        text = engine.get_template(f"{folder}/layout.txt").render(Context(values, autoescape=False))
    parts = (*_CUTS.split(mrml.to_html(mjml).content), text.strip("\n"))
    return Layout(*map(Slotted, parts))


def _text_block(block: Block) -> str:
    if block.shape != "list":
        return "\n".join(map(_line_text, block.lines))
    items = ["- " + _item_text(line).replace("\n", "\n  ") for line in block.lines]
    return ("\n\n" if any("\n" in item for item in items) else "\n").join(items)


def _item_text(line: tuple[Piece, ...]) -> str:
    """An item's text, followed by the link target that HTML hides behind it."""
    hidden = (
        piece.href for piece in line if piece.href.removeprefix("mailto:") not in ("", piece.text)
    )
    return "\n".join([_line_text(line), *hidden])


def _line_text(line: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in line)


def _html_button(layout: Layout, block: Block) -> str:
    *label, link = block.lines
    slots = {
        "label": escape(" ".join(map(_line_text, label)).rstrip(":. ")),
        "href": escape(_line_text(link)),
    }
    return layout.button.fill(slots)


def _content(block: Block) -> str:
    lines = ["".join(map(_html_piece, line)) for line in block.lines]
    if block.shape == "list":
        items = "".join(f'<li style="margin:0 0 6px">{line}</li>' for line in lines)
        return f'<ul style="margin:0 0 18px;padding:0 24px">{items}</ul>'
    return f'<p style="margin:0 0 18px">{"<br>".join(lines)}</p>'


def _html_piece(piece: Piece) -> str:
    text = escape(piece.text).replace("\n", "<br>")
    return f'<a href="{escape(piece.href)}" class="link">{text}</a>' if piece.href else text


def _preheader(blocks: list[Block]) -> str:
    """The preview text in the inbox: the first paragraph that is not a greeting."""
    texts = (_text_block(block) for block in blocks if block.shape == "paragraph")
    return next((" ".join(text.split()) for text in texts if not text.endswith(_GREETING_END)), "")

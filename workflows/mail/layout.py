"""The layout of every email: sender, reason for the email, contact address.

The HTML comes from ``affiliate_workflows/mail/layout.mjml``, a Django template that a site may
override. Comments mark one sample paragraph and one sample button, which are copied as often as
needed. MJML is compiled once per process and language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import mrml
from django.template import Context, Engine
from django.utils import translation
from django.utils.html import escape

from workflows.mail.grammar import Block, Piece

_SLOT = re.compile(r"\[\[(\w+)\]\]")
_CUTS = re.compile(r"<!--(?:paragraph|button|end)-->")
_GREETING_END = (",", ":")


@dataclass(frozen=True)
class Layout:
    before: str
    paragraph: str
    button: str
    after: str
    text: str


def render_text(layout: Layout, blocks: list[Block], frame: Mapping[str, str]) -> str:
    body = "\n\n".join(_text_block(block) for block in blocks)
    return _fill_slots(layout.text, {**frame, "body": body})


def render_html(layout: Layout, blocks: list[Block], frame: Mapping[str, str]) -> str:
    slots = {name: escape(value) for name, value in frame.items()}
    slots["preheader"] = escape(_preheader(blocks))
    before, after = (_fill_slots(part, slots) for part in (layout.before, layout.after))
    return before + "".join(_html_block(layout, block) for block in blocks) + after


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
    before, paragraph, button, after = _CUTS.split(mrml.to_html(mjml).content)
    return Layout(before, paragraph, button, after, text.strip("\n"))


def _fill_slots(template: str, values: Mapping[str, str]) -> str:
    """Fill all ``[[slots]]`` in one pass, so that no value is read as a slot."""
    return _SLOT.sub(lambda found: values[found[1]], template)


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


def _html_block(layout: Layout, block: Block) -> str:
    if block.shape == "button":
        *label, link = block.lines
        slots = {
            "label": escape(" ".join(map(_line_text, label)).rstrip(":. ")),
            "href": escape(_line_text(link)),
        }
        return _fill_slots(layout.button, slots)
    return _fill_slots(layout.paragraph, {"content": _content(block)})


def _content(block: Block) -> str:
    lines = ["".join(map(_html_piece, line)) for line in block.lines]
    if block.shape == "list":
        items = "".join(f'<li style="margin:0 0 6px">{line}</li>' for line in lines)
        return f'<ul style="margin:0;padding:0 24px">{items}</ul>'
    return f'<p style="margin:0">{"<br>".join(lines)}</p>'


def _html_piece(piece: Piece) -> str:
    text = escape(piece.text).replace("\n", "<br>")
    return f'<a href="{escape(piece.href)}" class="link">{text}</a>' if piece.href else text


def _preheader(blocks: list[Block]) -> str:
    """The preview text in the inbox: the first paragraph that is not a greeting."""
    texts = (_text_block(block) for block in blocks if block.shape == "paragraph")
    return next((" ".join(text.split()) for text in texts if not text.endswith(_GREETING_END)), "")

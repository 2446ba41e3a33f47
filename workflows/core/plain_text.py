"""Removal of characters that could change a header or paragraph."""

import unicodedata

# Bidirectional embeddings and overrides can disguise a name. The implicit marks (LRM, RLM) stay:
# Arabic and Hebrew names need them.
_BIDI_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def lines(text: str) -> str:
    """Normalize line ends to LF and remove other control characters."""
    if text.isprintable():
        return text  # Nothing to remove, as in nearly all values.
    joined = "\n".join(text.splitlines()).translate(_BIDI_CONTROLS)
    return "".join(c for c in joined if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


def one_line(text: str) -> str:
    """Collapse all white space, including line ends."""
    return " ".join(lines(text).split())

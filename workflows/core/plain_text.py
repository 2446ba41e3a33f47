"""Making text harmless for one line of a header or a paragraph, without changing what it says."""

import unicodedata

# Embeddings and overrides of the writing direction can make a name read as another one. The
# implicit marks (LRM, RLM) stay: Arabic and Hebrew names need them.
_BIDI_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def lines(text: str) -> str:
    """Text whose lines end with LF only, with no other control character."""
    joined = "\n".join(text.splitlines()).translate(_BIDI_CONTROLS)
    return "".join(c for c in joined if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


def one_line(text: str) -> str:
    """Text on one line: every run of white space, line ends included, becomes one space."""
    return " ".join(lines(text).split())

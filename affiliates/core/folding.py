"""Text as the directory searches and sorts it: without case, accents and punctuation."""

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ŧ": "t"}
)
"""Letters whose stroke or shape Unicode does not take apart."""

_INSIDE_WORDS = re.compile(r"['’ʼ`´.]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """``Portes-Ouvertes, Montréal`` becomes ``portes ouvertes montreal``.

    Apostrophes and full stops join what is around them, so that ``U.S.`` is ``us``; everything else
    that is no letter or digit parts words. Folding what is folded changes nothing.
    """
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(filter(_is_no_mark, apart)).translate(_LETTERS)
    return _BETWEEN_WORDS.sub(" ", _INSIDE_WORDS.sub("", letters)).strip()


def words(text: str) -> list[str]:
    """The folded words of ``text``, each once, in order."""
    return list(dict.fromkeys(fold(text).split()))


def _is_no_mark(character: str) -> bool:
    return not unicodedata.combining(character) and unicodedata.category(character) != "Mn"


MOST_WORDS = 10
"""Words of a search that are looked at. Each costs the database a condition."""

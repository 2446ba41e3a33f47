"""The regions whose names are most like a misspelled one."""

from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache
from heapq import nlargest

from affiliates.core.regions.coverage import Coverage
from affiliates.core.regions.index import chosen, index_of, key_of

LONGEST = 40
"""Letters of a text that may be a misspelled name."""

MOST_NEAR = 3
COMPARED = 12
"""Names with the most pairs of letters in common, which are compared letter by letter."""

NEAR, VERY_NEAR = 0.7, 0.85
"""How much of two names is the same (``difflib``)."""


def nearest(text: str, coverage: Coverage, least: float = NEAR) -> tuple[str, ...]:
    """The regions with the most similar names, the nearest first."""
    wanted = key_of(text)
    if len(wanted) > LONGEST:
        return ()
    names, scores = index_of(coverage).names, dict[str, float]()
    compared = SequenceMatcher(None, "", wanted, autojunk=False)
    for key in _candidates(wanted, coverage, least - 0.3):
        compared.set_seq1(key)
        score = compared.ratio()
        for code in chosen(names[key], coverage) if score >= least else ():
            scores[code] = max(score, scores.get(code, 0))
    best = max(scores.values(), default=0)
    close = [code for code in scores if scores[code] >= best * 0.9]
    return tuple(sorted(close, key=lambda code: (-scores[code], code))[:MOST_NEAR])


def _candidates(wanted: str, coverage: Coverage, least: float) -> list[str]:
    """By Dice's coefficient of their pairs of letters, which an index finds at once."""
    by_pair, sizes = _pair_index(coverage)
    pairs = _pairs(wanted)
    shared = Counter(key for pair in pairs for key in by_pair.get(pair, ()))
    scores = {key: 2 * count / (len(pairs) + sizes[key]) for key, count in shared.items()}
    close = [key for key in scores if scores[key] >= least]
    return nlargest(COMPARED, close, key=scores.__getitem__)


@lru_cache(maxsize=64)
def _pair_index(coverage: Coverage) -> tuple[dict[str, list[str]], dict[str, int]]:
    by_pair: dict[str, list[str]] = {}
    sizes: dict[str, int] = {}
    for key in index_of(coverage).names:
        pairs = _pairs(key)
        sizes[key] = len(pairs)
        for pair in pairs:
            by_pair.setdefault(pair, []).append(key)
    return by_pair, sizes


def _pairs(key: str) -> set[str]:
    padded = f" {key} "
    return {padded[at : at + 2] for at in range(len(padded) - 1)}

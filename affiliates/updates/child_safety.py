"""Finds text that may name a child or a school: hints for moderators that never block."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, dropwhile

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KIN = _words(
    "son daughter child kid grandson granddaughter grandchild nephew niece student pupil stepson "
    "stepdaughter toddler sister brother boy girl"
)
OWNERS = _words("my our her his their a the this that one")

NOT_NAMES = _words(
    "a an and are as at attends autistic be because been but by can did does for from gets goes "
    "had has have he her his i if in is it its just may must nor not now of on or our she should "
    "so than that the their them then there these they this those to today was we were when where "
    "which who whose will with would you your january february march april may june july august "
    "september october november december monday tuesday wednesday thursday friday saturday sunday "
    "mr mrs ms dr safety rights protection welfare advocates advocacy protective services council "
    "act bill law idea iep ada senate congress house governor state department board federal"
)
"""Capitalized non-names, words after a kin term, and second parts ("Child Protective Services")."""

SCHOOL_KINDS = (
    "School|Elementary|Academy|Preschool|Kindergarten|Middle School|High School|Charter|"
    "Day School|Montessori"
)
GENERAL_BEFORE_SCHOOL = _words(
    "the a an our my your their his her its every any each no all this that public private local "
    "elementary middle high primary secondary special charter safe safer keep dear new state home "
    "old in at of for to from and or with summer sunday medical law graduate union trade american "
    "national michigan ohio"
)

_KIN, _OWNERS = "|".join(sorted(KIN)), "|".join(sorted(OWNERS))
_CAPITAL = r"[A-Z\u00c0-\u00de][\w\u2019'-]{1,40}+"
"""Limited, and matched only once, so that no text takes more than linear time."""

_AFTER_KIN = re.compile(
    rf"\b(?i:{_OWNERS})\s+(?:[\w-]+\s+){{0,2}}?(?:{_KIN})s?,?\s+"
    rf"(?:named\s+|called\s+)?({_CAPITAL})",
)
_NAMED = re.compile(
    rf"\b(?:{_KIN})\b[^.!?\n]{{0,40}}?\b(?:named|called|whose name is)\s+({_CAPITAL})"
)
_KIN_AFTER = re.compile(rf"\b({_CAPITAL})(?:,|\s+is)\s+(?:my|our)\s+(?:{_KIN})\b")
_NAME_AND_AGE = re.compile(
    rf"\b({_CAPITAL})(?:\s+{_CAPITAL})?\s*(?:\(\s*|,\s*|\s+is\s+|,?\s+(?:who\s+)?(?:is|was)\s+|"
    rf",?\s+aged?\s+)([3-9]|1\d)(?:\s*\)|\s*,|\s*\.|\s+years?\b|\s*-?\s*year)",
)
_AGE_AND_NAME = re.compile(
    rf"\b(?:[3-9]|1\d|[a-z]+)[- ]year[- ]old(?:\s+(?:{_KIN}))?,?\s+({_CAPITAL})"
)
_GRADE = re.compile(
    rf"\b({_CAPITAL})[^.!?\n]{{0,40}}?\b(?:in|a|an|the)\s+"
    r"(?:(?:[1-9]|1[0-2])(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|"
    r"ninth|tenth|eleventh|twelfth)[- ]grade(?:r|\b)",
)
_SCHOOL = re.compile(rf"\b((?:{_CAPITAL}\s+(?:of\s+)?){{0,3}}){'(' + SCHOOL_KINDS + ')'}\b")
_SCHOOL_SHORT = re.compile(r"\b(?:P\.?S\.?|I\.?S\.?|M\.?S\.?|H\.?S\.?)\s?#?\d{1,3}\b")
_SCHOOL_INITIALS = re.compile(rf"\b({_CAPITAL})\s+(?:Elem\.?|ES|MS|HS|Jr\.? High)(?=\W|$)")
_INITIALS = re.compile(
    rf"\b(?i:{_OWNERS})\s+(?:[\w-]+\s+)?(?:{_KIN}),?\s+"
    r"(?:[A-Z]\.\s?[A-Z]\.|[A-Z]\.(?=\W|$))"
)
_LONE_INITIALS = re.compile(
    r"(?<![\w.])(?!U\.S\.|U\.K\.|D\.C\.|P\.S\.|N\.Y\.|L\.A\.)(?:[A-Z]\.\s?[A-Z]\.)"
    r"(?=\s+(?:was|is|has|had|were|came|told|said)\b)"
)


@dataclass(frozen=True)
class Finding:
    """``kind`` is a key of ``SENTENCES``; ``words`` is quoted from the text."""

    kind: str
    words: str

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.kind]) % {"words": self.words}


SENTENCES: dict[str, Promise] = {
    "child": _("This may name a child: “%(words)s”."),
    "age": _("This gives a name with an age or a grade: “%(words)s”."),
    "school": _("This may name a school: “%(words)s”."),
    "initials": _("These may be a child’s initials: “%(words)s”."),
}


PATTERNS: dict[str, tuple[re.Pattern[str], ...]] = {
    "child": (_AFTER_KIN, _NAMED, _KIN_AFTER),
    "age": (_NAME_AND_AGE, _AGE_AND_NAME, _GRADE),
    "school": (_SCHOOL_SHORT, _SCHOOL_INITIALS),
    "initials": (_INITIALS, _LONE_INITIALS),
}
"""By kind. The first group of a pattern, if it has one, must match a name."""


MOST = 50
"""So many findings say enough: who reads them reads the text, too."""


def find_risks(text: str) -> list[Finding]:
    """Returns the first findings in the order of the text, each once."""
    text = "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))
    places: dict[Finding, int] = {}
    for place, finding in (*_matches(text), *_schools(text)):
        places[finding] = min(place, places.get(finding, place))
    findings = sorted(places, key=lambda finding: places[finding])[:MOST]
    return [one for one in findings if not any(_is_inside(one, other) for other in findings)]


Found = Iterator[tuple[int, Finding]]


def _is_inside(finding: Finding, other: Finding) -> bool:
    return finding.kind == other.kind and finding.words in other.words and finding != other


def _matches(text: str) -> Found:
    for kind, patterns in PATTERNS.items():
        for match in chain.from_iterable(pattern.finditer(text) for pattern in patterns):
            if not match.re.groups or _is_name(match[1]):
                yield match.start(), Finding(kind, match[0].replace("\n", " ").strip(" ,;("))


def _schools(text: str) -> Found:
    for match in _SCHOOL.finditer(text):
        own = list(dropwhile(_is_general, match[1].split()))
        if not all(map(_is_general, own)) and not _is_of_many(text, match.end()):
            yield match.start(), Finding("school", " ".join([*own, match[2]]))


def _is_name(word: str) -> bool:
    return word.lower().removesuffix("'s").removesuffix("\u2019s") not in NOT_NAMES


def _is_general(word: str) -> bool:
    return word.lower() in GENERAL_BEFORE_SCHOOL


def _is_of_many(text: str, end: int) -> bool:
    """Boards, districts and laws have "School" in their names but identify no school."""
    following = text[end:].lstrip(" s").split(maxsplit=1)
    return bool(following) and following[0].lower().strip(".,;:!?") in OF_MANY


OF_MANY = _words(
    "board boards district districts committee administrators association act safety choice code "
    "climate day year resource psychologists counselors discipline law laws alliance coalition "
    "network initiative conference report week"
)

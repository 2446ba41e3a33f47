"""Recognizes a column by its heading: ours, another word for it, or a question of a web form."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from affiliates.core.networks import USUAL, all_networks, names
from affiliates.core.states import Scope
from affiliates.core.text import fold
from affiliates.transfer.importing.contacts import CONTACT_COLUMNS, PREFIXES

REQUIRED = ("region", "name", "about")
OPTIONAL = ("country", "scope", "locality")

PARTS_OF_NAMES = {
    f"{person}_name": (f"{person}_first_name", f"{person}_last_name")
    for person in PREFIXES.values()
}
"""Columns that are read as one, in their order."""


def columns(networks: Iterable[str] | None = None) -> tuple[str, ...]:
    """Ours, with these networks; all of them if none are given."""
    return (
        *REQUIRED,
        *OPTIONAL,
        *(names() if networks is None else networks),
        *CONTACT_COLUMNS,
    )


def targets() -> tuple[str, ...]:
    """What a column of a table may be taken for."""
    return (*columns(), *(part for parts in PARTS_OF_NAMES.values() for part in parts))


OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "region": (
        *("state", "province", "state or province", "state/province", "territory", "region code"),
        *("US state", "state/territory", "state, province or territory", "canton", "Bundesland"),
        "prefecture",
    ),
    "country": ("nation", "country code", "country/region", "country name"),
    "name": (
        *("group", "group name", "name of group", "chapter", "chapter name"),
        *("organization", "organization name", "organisation", "organisation name"),
        *("affiliate", "affiliate name", "company", "company name"),
    ),
    "about": (
        *("description", "summary", "about us", "about group", "short description", "mission"),
        *("mission statement", "what you do", "what they do", "what does your group do"),
        "what do you do",
    ),
    "scope": ("level", "reach", "state or local", "scope of group"),
    "locality": (
        *("town", "city", "county", "town or county", "city or county", "place", "location"),
        *("city/town", "city/county", "town/county", "municipality"),
    ),
    "website": (
        *("url", "web", "www", "homepage", "home", "site", "link", "internet", "web page"),
        "web address",
    ),
    "contact_name": (
        *("contact", "contact person", "primary contact", "name of contact", "display name"),
        *("your name", "your full name", "full name", "submitted by"),
    ),
    "contact_email": (
        *("email", "e-mail", "contact's email", "contact's e-mail", "mail", "email address"),
        "contact email address",
    ),
    "contact_phone": (
        *("phone", "telephone", "contact's phone", "phone number", "tel", "whatsapp number"),
    ),
    "alternate_name": (
        *("second contact", "second contact name", "alternate", "alternate contact"),
        "alternate contact name",
    ),
    "alternate_email": (
        *("second contact email", "second contact's email", "second contact's e-mail"),
        "alternate contact email",
    ),
    "alternate_phone": (
        *("second contact phone", "second contact's phone", "alternate contact phone"),
    ),
    "contact_first_name": (
        *("first name", "given name", "forename", "contact first name", "your first name"),
        "first",
    ),
    "contact_last_name": (
        *("last name", "family name", "surname", "contact last name", "your last name", "last"),
    ),
    "alternate_first_name": ("second contact first name", "alternate contact first name"),
    "alternate_last_name": ("second contact last name", "alternate contact last name"),
}
"""Alternatives to our headings, beside those of networks. Compared without case, accents and
spaces.
"""

FILLERS = frozenset({"the", "of", "your", "our", "a", "an"})
QUESTION_WORDS = frozenset(
    (
        *("what", "which", "where", "who", "is", "are", "in", "please", "enter", "give", "us"),
        *("tell", "does", "do", "you", "we", "can", "type", "write", "fill", "add", "share"),
        *("optional", "required", "located", "based"),
    )
)
AFTER_A_NETWORK = frozenset(
    (
        *("url", "link", "page", "address", "profile", "handle", "account", "channel", "group"),
        *("site", "server", "invite", "invitation", "username"),
    )
)
"""Words that are ignored after a network: "Facebook page", "YouTube channel link"."""

NOT_ASKED_FOR = frozenset(
    (
        *("label", "type", "yomi", "phonetic", "nickname", "prefix", "suffix", "fax", "pager"),
        *("assistant", "assistants", "managers", "spouse", "callback", "radio", "telex", "isdn"),
        *("country", "agree", "consent", "confirm", "permission", "receive", "subscribe", "may"),
        *("newsletter", "newsletters", "hear", "heard", "many", "often", "when", "date"),
        *("timestamp", "birthday", "status", "members", "department", "job", "referred"),
    )
)
"""With one of these words, a longer heading is about something else."""

GROUP = frozenset(
    {"group", "organization", "organisation", "chapter", "affiliate", "company", "org", "club"}
)
SECOND = frozenset({"second", "2nd", "alternate", "alternative", "backup"})
EMAIL = frozenset({"email", "mail"})
PHONE = frozenset({"phone", "telephone", "mobile", "cell", "cellphone", "tel"})
NAME = frozenset({"name"})
PERSON = frozenset({"contact", "person", "leader", "coordinator", "organizer", "submitter"})

NAMES_ALONE = frozenset({*USUAL, "mastodon", "bluesky", "linkedin", "tiktok"})
"""Networks whose names mean nothing else: “meetup” does."""

Rule = tuple[str, *tuple[frozenset[str], ...]]

SECOND_CONTACT: tuple[Rule, ...] = (
    ("alternate_email", SECOND, EMAIL),
    ("alternate_phone", SECOND, PHONE),
    ("alternate_name", SECOND, NAME | PERSON),
)
RULES: tuple[Rule, ...] = (
    ("contact_email", EMAIL),
    ("contact_phone", PHONE),
    ("contact_first_name", frozenset({"first", "given"}), NAME),
    ("contact_last_name", frozenset({"last", "family"}), NAME),
    ("website", frozenset({"webpage", "homepage", "url"})),
    ("website", frozenset({"web"}), frozenset({"page", "site", "address"})),
    ("contact_name", NAME, PERSON),
    ("name", NAME, GROUP),
    ("about", frozenset({"describe", "description", "mission"})),
    ("about", frozenset({"tell", "about"}), GROUP | {"yourselves"}),
    ("region", frozenset({"state", "province", "region", "territory"})),
    ("locality", frozenset({"city", "town", "county", "municipality"})),
    ("contact_name", NAME, frozenset({"your", "full"})),
)
"""A column, and sets of words: of each, one stands in a heading that none of our words fits. The
first rule that fits counts; those of networks stand before these. They read the questions of web
forms and the headings of address books, such as those of Google and Outlook.
"""

UNSURE = {"title": "name"}
"""Headings that mean this only if no other one does: in address books, a title is “Dr.”"""

LONGEST_QUESTION = 25
"""Words. What is longer is a text, such as a consent, and names no column."""
LONGEST_HEADING = 300
"""Characters that are read."""


class Match(IntEnum):
    """How surely a heading names its column; the lowest is the surest."""

    OWN = 0
    LISTED = 1
    IN_A_QUESTION = 2
    WITH_FILLERS = 3
    BY_RULES = 4


def column_of(heading: str) -> str:
    return recognized(heading)[0]


def recognized(heading: str) -> tuple[str, Match]:
    """A column of ``targets()``, or ``""``, and how surely it is meant."""
    heading = heading[:LONGEST_HEADING]
    if heading.casefold() in columns():
        return heading.casefold(), Match.OWN
    return next(((column, match) for column, match in _readings(heading) if column), _NOTHING)


_NOTHING = ("", Match.BY_RULES)
_POSSESSIVE = re.compile(r"['’]s\b")


def is_about_a_group(heading: str) -> bool:
    return not GROUP.isdisjoint(fold(heading[:LONGEST_HEADING]).split())


def _readings(heading: str) -> Iterator[tuple[str, Match]]:
    words = fold(heading).split()
    known = _spellings()
    yield known.listed.get("".join(words), ""), Match.LISTED
    asked = _without(words, QUESTION_WORDS)
    yield known.listed.get("".join(asked), ""), Match.IN_A_QUESTION
    bare = _without(asked, FILLERS)
    yield known.without_fillers.get("".join(bare), ""), Match.WITH_FILLERS
    yield _network_in(bare) or _network_in(words), Match.WITH_FILLERS
    yield _by_rules(fold(_POSSESSIVE.sub("", heading)).split()), Match.BY_RULES


def _without(words: list[str], left_out: Iterable[str]) -> list[str]:
    return [word for word in words if word not in left_out] or words


def _network_in(words: list[str]) -> str:
    while words and words[-1] in AFTER_A_NETWORK:
        words = words[:-1]
    network = _spellings().without_fillers.get("".join(words), "")
    return network if network in names() else ""


def _rule_of_network(network: str) -> Rule:
    name = frozenset({network})
    return (network, name) if network in NAMES_ALONE else (network, name, AFTER_A_NETWORK)


def _by_rules(words: list[str]) -> str:
    if len(words) > LONGEST_QUESTION or not NOT_ASKED_FOR.isdisjoint(words):
        return ""
    rules = (*SECOND_CONTACT, *map(_rule_of_network, names()), *RULES)
    fitting = (
        column for column, *sets in rules if not any(each.isdisjoint(words) for each in sets)
    )
    return UNSURE.get(" ".join(words)) or next(fitting, "")


@dataclass(frozen=True)
class Spellings:
    """Columns by their headings in letters only. Of two columns that differ by a filler only,
    ``without_fillers`` has the first of ``targets``: “name”, “your name”.
    """

    listed: dict[str, str]
    without_fillers: dict[str, str]


def _spellings() -> Spellings:
    return _spellings_with(tuple(names()))


@lru_cache(maxsize=4)
def _spellings_with(networks: tuple[str, ...]) -> Spellings:
    others = {network.name: network.headings for network in all_networks()}
    spelled = [
        (fold(spelling).split(), column)
        for column in targets()
        for spelling in (column, *others.get(column, ()), *OTHER_WORDS.get(column, ()))
    ]
    return Spellings(
        {"".join(words): column for words, column in spelled},
        {"".join(_without(words, FILLERS)): column for words, column in reversed(spelled)},
    )


EXAMPLE = {
    "region": "Ohio",
    "name": "Example Parents of Ohio",
    "about": "One or two sentences about the group. Please write over this row.",
    "scope": Scope.LOCAL.value,
    "locality": "Columbus",
    "website": "https://www.example.org",
    "facebook": "https://www.facebook.com/exampleparents",
    "contact_name": "Kim Example",
    "contact_email": "kim@example.org",
    "contact_phone": "614 555 0100",
}


def example_table() -> str:
    """CSV with a byte order mark, so that spreadsheet programs read it as UTF-8."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns(USUAL))
    writer.writeheader()
    writer.writerow(EXAMPLE)
    return "\ufeff" + text.getvalue()

"""Programs with the updates that groups send, and that standards have an opinion on."""

from collections.abc import Callable

from tests.factories.affiliations import affiliation
from tests.factories.updates import published

MARKUP = "Café & <b>tea</b> </script> ]]> &amp; <!-- \"quoted\" 'text' & more"
EMOJI = "\U0001f600 family: \U0001f468\u200d\U0001f469\u200d\U0001f467, flag: \U0001f1fa\U0001f1f8"
OTHER_SCRIPTS = "مدارس آمنة، 安全的学校, Безопасные школы, בתי ספר בטוחים, विद्यालय"
ADDRESSES = "See https://example.org/?a=1&b=2 (and http://müller.example/straße?q=ä#ß)."
LONG = "\n\n".join(["We met the school board, again and again. " * 10] * 9)
SEPARATORS = "One line\u2028another\u2029a third\u00a0one \u200bzero\u00ad\nfour\n\n\n\nfive"
TEXTS = (MARKUP, EMOJI, OTHER_SCRIPTS, ADDRESSES, LONG, SEPARATORS, "Short.")
GROUPS = (
    {"title": "Parents & Friends <Michigan>", "region": "US-MI", "scope": "state"},
    {"title": "École sûre \U0001f1e8\U0001f1e6", "region": "CA-QC", "scope": "provincial"},
    {"title": "安全的学校", "region": "US-CA", "scope": "local", "locality": "San Francisco"},
)


def nothing(program) -> None:
    """No group has told anything yet."""


def all_sorts(program) -> None:
    """Each text, of groups with such names, with headlines and without."""
    program.title = "Schools & “safe” <places> \U0001f600"
    program.save_revision().publish()
    groups = [
        affiliation(program, slug=f"group-{number}", **fields)
        for number, fields in enumerate(GROUPS)
    ]
    for number, text in enumerate(TEXTS):
        headline = text[:60].strip() if number % 2 else ""
        published(groups[number % len(groups)], text, headline=headline)


def more_than_a_feed_holds(program) -> None:
    group = affiliation(program, title="Tireless Parents")
    for number in range(31):
        published(group, f"Meeting {number} took place.")


WORLDS: dict[str, Callable] = {
    world.__name__: world for world in (nothing, all_sorts, more_than_a_feed_holds)
}

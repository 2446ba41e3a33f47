"""Programs in other countries than the US and Canada."""

from tests.factories.pages import ProgramPageFactory


def countries(**divisions):
    """The value of a program's field: ``countries(IE="small", LU="none")``."""
    return [
        ("country", {"country": code, "regions": division}) for code, division in divisions.items()
    ]


def program_in(word="", /, **divisions):
    return ProgramPageFactory(countries=countries(**divisions), region_word=word)

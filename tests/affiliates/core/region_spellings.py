"""The spellings in ``region_spellings.txt``, each with the code that it means."""

from pathlib import Path


def spellings(section: str) -> list[tuple[str, str]]:
    """Of the section whose heading begins so."""
    text = Path(__file__).with_suffix(".txt").read_text("utf-8")
    _before, _heading, rest = text.partition(f"[{section}")
    lines = (line.partition(" ") for line in rest.partition("\n[")[0].splitlines()[1:] if line)
    return [(spelling, code) for code, _space, said in lines for spelling in said.split("|")]


IN_NORTH_AMERICA = spellings("the US")
IN_THE_WORLD = spellings("the world")

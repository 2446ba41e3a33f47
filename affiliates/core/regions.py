"""States, districts and territories of the US and provinces and territories of Canada.

Codes are ISO 3166-2. The table is ours, so that no site needs a 23 MB package for 70 names; the
tests hold it against one.
"""

import unicodedata

from django.utils.translation import gettext_lazy as _

COUNTRIES = {"US": _("United States"), "CA": _("Canada")}

REGIONS: dict[str, str] = {
    "US-AL": "Alabama",
    "US-AK": "Alaska",
    "US-AS": "American Samoa",
    "US-AZ": "Arizona",
    "US-AR": "Arkansas",
    "US-CA": "California",
    "US-CO": "Colorado",
    "US-CT": "Connecticut",
    "US-DE": "Delaware",
    "US-DC": "District of Columbia",
    "US-FL": "Florida",
    "US-GA": "Georgia",
    "US-GU": "Guam",
    "US-HI": "Hawaii",
    "US-ID": "Idaho",
    "US-IL": "Illinois",
    "US-IN": "Indiana",
    "US-IA": "Iowa",
    "US-KS": "Kansas",
    "US-KY": "Kentucky",
    "US-LA": "Louisiana",
    "US-ME": "Maine",
    "US-MD": "Maryland",
    "US-MA": "Massachusetts",
    "US-MI": "Michigan",
    "US-MN": "Minnesota",
    "US-MS": "Mississippi",
    "US-MO": "Missouri",
    "US-MT": "Montana",
    "US-NE": "Nebraska",
    "US-NV": "Nevada",
    "US-NH": "New Hampshire",
    "US-NJ": "New Jersey",
    "US-NM": "New Mexico",
    "US-NY": "New York",
    "US-NC": "North Carolina",
    "US-ND": "North Dakota",
    "US-MP": "Northern Mariana Islands",
    "US-OH": "Ohio",
    "US-OK": "Oklahoma",
    "US-OR": "Oregon",
    "US-PA": "Pennsylvania",
    "US-PR": "Puerto Rico",
    "US-RI": "Rhode Island",
    "US-SC": "South Carolina",
    "US-SD": "South Dakota",
    "US-TN": "Tennessee",
    "US-TX": "Texas",
    "US-UM": "United States Minor Outlying Islands",
    "US-UT": "Utah",
    "US-VT": "Vermont",
    "US-VI": "U.S. Virgin Islands",
    "US-VA": "Virginia",
    "US-WA": "Washington",
    "US-WV": "West Virginia",
    "US-WI": "Wisconsin",
    "US-WY": "Wyoming",
    "CA-AB": "Alberta",
    "CA-BC": "British Columbia",
    "CA-MB": "Manitoba",
    "CA-NB": "New Brunswick",
    "CA-NL": "Newfoundland and Labrador",
    "CA-NT": "Northwest Territories",
    "CA-NS": "Nova Scotia",
    "CA-NU": "Nunavut",
    "CA-ON": "Ontario",
    "CA-PE": "Prince Edward Island",
    "CA-QC": "Quebec",
    "CA-SK": "Saskatchewan",
    "CA-YT": "Yukon",
}

REGION_CHOICES = [
    (COUNTRIES[country], [item for item in REGIONS.items() if item[0].startswith(country)])
    for country in COUNTRIES
]
"""Grouped by country, for a select element."""


def region_name(code: str) -> str:
    """The region's name, or the code itself if it is unknown."""
    return REGIONS.get(code, code)


def country_of(code: str) -> str:
    """``US`` or ``CA``."""
    return code.partition("-")[0]


def region_code(text: str) -> str | None:
    """The code of a region that is written as ``US-MI``, ``MI``, ``Michigan`` or ``michigan``.

    No two regions of the two countries share their letters. ``None`` if there is no such region.
    """
    return _CODES.get(_plain(text))


def _plain(text: str) -> str:
    """Without case, accents and marks: ``Québec`` is found, and so is ``U.S. Virgin Islands``."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filter(str.isalnum, letters))


_CODES = {
    _plain(spelling): code
    for code, name in REGIONS.items()
    for spelling in (code, code.partition("-")[2], name)
}

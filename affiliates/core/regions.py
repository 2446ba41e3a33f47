"""Regions of the US and Canada by ISO 3166-2 code. A package for these would add 23 MB."""

from django.utils.translation import gettext_lazy as _

from affiliates.core.text import fold

COUNTRIES = {"US": _("United States"), "CA": _("Canada")}

_TABLE: dict[str, tuple[str, tuple[float, float]]] = {
    "US-AL": ("Alabama", (-87, 33)),
    "US-AK": ("Alaska", (-152.5, 64.5)),
    "US-AS": ("American Samoa", (-170.5, -14.5)),
    "US-AZ": ("Arizona", (-111.5, 34.5)),
    "US-AR": ("Arkansas", (-92.5, 35)),
    "US-CA": ("California", (-119.5, 37)),
    "US-CO": ("Colorado", (-105.5, 39)),
    "US-CT": ("Connecticut", (-72.5, 41.5)),
    "US-DE": ("Delaware", (-75.5, 39)),
    "US-DC": ("District of Columbia", (-77, 39)),
    "US-FL": ("Florida", (-81.5, 28)),
    "US-GA": ("Georgia", (-83.5, 32.5)),
    "US-GU": ("Guam", (145, 13.5)),
    "US-HI": ("Hawaii", (-155.5, 19.5)),
    "US-ID": ("Idaho", (-114.5, 44)),
    "US-IL": ("Illinois", (-89, 40)),
    "US-IN": ("Indiana", (-86, 40)),
    "US-IA": ("Iowa", (-93.5, 42)),
    "US-KS": ("Kansas", (-98.5, 38.5)),
    "US-KY": ("Kentucky", (-85, 37.5)),
    "US-LA": ("Louisiana", (-92, 31)),
    "US-ME": ("Maine", (-69, 45.5)),
    "US-MD": ("Maryland", (-76.5, 39.5)),
    "US-MA": ("Massachusetts", (-72, 42.5)),
    "US-MI": ("Michigan", (-84.5, 44)),
    "US-MN": ("Minnesota", (-94.5, 46)),
    "US-MS": ("Mississippi", (-89.5, 32.5)),
    "US-MO": ("Missouri", (-92.5, 38.5)),
    "US-MT": ("Montana", (-109.5, 47)),
    "US-NE": ("Nebraska", (-99.5, 41.5)),
    "US-NV": ("Nevada", (-116.5, 39.5)),
    "US-NH": ("New Hampshire", (-71.5, 43.5)),
    "US-NJ": ("New Jersey", (-74.5, 40)),
    "US-NM": ("New Mexico", (-106, 34.5)),
    "US-NY": ("New York", (-75.5, 43)),
    "US-NC": ("North Carolina", (-79, 35.5)),
    "US-ND": ("North Dakota", (-100.5, 47.5)),
    "US-MP": ("Northern Mariana Islands", (145.5, 15)),
    "US-OH": ("Ohio", (-82.5, 40.5)),
    "US-OK": ("Oklahoma", (-97.5, 35.5)),
    "US-OR": ("Oregon", (-120.5, 44)),
    "US-PA": ("Pennsylvania", (-77.5, 41)),
    "US-PR": ("Puerto Rico", (-66.5, 18)),
    "US-RI": ("Rhode Island", (-71.5, 41.5)),
    "US-SC": ("South Carolina", (-81, 34)),
    "US-SD": ("South Dakota", (-100, 44.5)),
    "US-TN": ("Tennessee", (-86.5, 36)),
    "US-TX": ("Texas", (-99, 31.5)),
    "US-UM": ("United States Minor Outlying Islands", (166.5, 19.5)),
    "US-UT": ("Utah", (-111.5, 39.5)),
    "US-VT": ("Vermont", (-72.5, 44)),
    "US-VI": ("U.S. Virgin Islands", (-65, 18)),
    "US-VA": ("Virginia", (-78.5, 37.5)),
    "US-WA": ("Washington", (-120.5, 47.5)),
    "US-WV": ("West Virginia", (-80.5, 38.5)),
    "US-WI": ("Wisconsin", (-90, 44.5)),
    "US-WY": ("Wyoming", (-107.5, 43)),
    "CA-AB": ("Alberta", (-114.5, 55)),
    "CA-BC": ("British Columbia", (-125, 54)),
    "CA-MB": ("Manitoba", (-97.5, 55)),
    "CA-NB": ("New Brunswick", (-66.5, 46.5)),
    "CA-NL": ("Newfoundland and Labrador", (-56, 48.5)),
    "CA-NT": ("Northwest Territories", (-119, 65)),
    "CA-NS": ("Nova Scotia", (-63.5, 45)),
    "CA-NU": ("Nunavut", (-95, 67)),
    "CA-ON": ("Ontario", (-86, 50)),
    "CA-PE": ("Prince Edward Island", (-63.5, 46.5)),
    "CA-QC": ("Quebec", (-72, 52)),
    "CA-SK": ("Saskatchewan", (-106, 54)),
    "CA-YT": ("Yukon", (-135, 63)),
}

REGIONS = {code: name for code, (name, _point) in _TABLE.items()}
POINTS = {code: point for code, (_name, point) in _TABLE.items()}
"""Longitude and latitude of a label on a map, in half degrees. Not for measuring."""

REGION_CHOICES = [
    (COUNTRIES[country], [item for item in REGIONS.items() if item[0].startswith(country)])
    for country in COUNTRIES
]
"""Grouped by country, for a select element."""


def region_name(code: str) -> str:
    """Return the code itself if it is unknown."""
    return REGIONS.get(code, code)


def country_of(code: str) -> str:
    return code.partition("-")[0]


def region_code(text: str) -> str | None:
    """Accepts ``US-MI``, ``MI`` or ``Michigan`` in any case; no two regions share letters."""
    return _CODES.get(_plain(text))


def _plain(text: str) -> str:
    return fold(text).replace(" ", "")


_CODES = {
    _plain(spelling): code
    for code, name in REGIONS.items()
    for spelling in (code, code.partition("-")[2], name)
}

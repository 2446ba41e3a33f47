"""What regions are called, in a country and in several. In English as in its own offices."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Word = str | Promise

AREA = gettext_lazy("area")
COUNTY = gettext_lazy("county")
DISTRICT = gettext_lazy("district")
PROVINCE = gettext_lazy("province")
REGION = gettext_lazy("region")
STATE = gettext_lazy("state")
COUNTRY = gettext_lazy("country")

_LARGE: dict[Word, tuple[str, ...]] = {
    STATE: ("US", "AT", "AU", "BR", "DE", "IN", "MM", "MX", "MY", "NG", "SS", "VE"),
    PROVINCE: (
        *("CA", "AF", "AO", "AR", "BG", "CN", "CR", "CU", "DO", "EC", "ID", "IE", "IR", "KH"),
        *("LK", "LA", "MZ", "NL", "NP", "PA", "PK", "PL", "SA", "TH", "TR", "VN", "ZA", "ZM", "ZW"),
    ),
    COUNTY: ("EE", "HR", "HU", "KE", "LR", "LT", "NO", "RO", "SE", "TW"),
    DISTRICT: ("IL", "PT", "RS"),
    gettext_lazy("autonomous community"): ("ES",),
    gettext_lazy("canton"): ("CH", "LU"),
    gettext_lazy("country"): ("GB",),
    gettext_lazy("department"): ("BO", "CO", "GT", "HN", "HT", "NI", "PY", "SV", "UY"),
    gettext_lazy("emirate"): ("AE",),
    gettext_lazy("governorate"): ("EG", "IQ", "JO", "KW", "LB", "OM", "SY", "TN", "YE"),
    gettext_lazy("prefecture"): ("JP",),
}
_SMALL: dict[Word, tuple[str, ...]] = {
    COUNTY: ("IE",),
    PROVINCE: ("BE", "ES", "IT", "MA", "PH", "TR"),
    AREA: ("GB",),
    DISTRICT: ("AZ", "BD", "FI", "LK", "MW", "NP", "RS", "UG"),
    gettext_lazy("department"): ("FR",),
}
_BY_LARGE = {country: word for word, countries in _LARGE.items() for country in countries}
_BY_SMALL = {country: word for word, countries in _SMALL.items() for country in countries}


def word_for(country: str, *, small: bool = False) -> Word:
    """Within a sentence: “state”. “Region” where nothing more exact is known."""
    word = _BY_LARGE.get(country, REGION)
    return _BY_SMALL.get(country, word) if small else word


def joined(words: Iterable[Word]) -> str:
    """“State or province” for two; where regions go by more words, they are all “region”."""
    different = list(dict.fromkeys(map(str, words)))
    if len(different) > 2:
        return str(REGION)
    if len(different) == 2:
        return _("%(first)s or %(second)s") % {"first": different[0], "second": different[1]}
    return different[0] if different else str(REGION)

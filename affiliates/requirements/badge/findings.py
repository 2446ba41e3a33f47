"""What a look came to, in a sentence for anybody."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import BadgeFinding
from affiliates.models import BadgeLook
from affiliates.programs.promised_days import today_at

SENTENCES = {
    BadgeFinding.ADDRESS: _("We saw the badge on %(address)s on %(date)s."),
    BadgeFinding.LINK: _("We saw a link to us on %(address)s on %(date)s."),
    BadgeFinding.PICTURE: _("We saw the badge on %(address)s on %(date)s."),
    BadgeFinding.LOADED: _("The website showed the badge to a visitor on %(loaded)s."),
    BadgeFinding.MISSED: _(
        "We looked at %(address)s on %(date)s and did not see the badge. We look once more on "
        "another day."
    ),
    BadgeFinding.NO_ANSWER: _("We could not open %(address)s on %(date)s. We keep trying."),
    BadgeFinding.ROBOTS: _(
        "We did not look at %(address)s, since its robots.txt asks programs to stay away."
    ),
    BadgeFinding.SCRIPTS: _(
        "We could not read %(address)s on %(date)s, since scripts make the page."
    ),
    BadgeFinding.TOO_MUCH: _(
        "We could not look at all of %(address)s on %(date)s: it is too large or too slow."
    ),
    BadgeFinding.ELSEWHERE: _(
        "We could not look at %(address)s by ourselves. A person on our team may."
    ),
    BadgeFinding.NO_WEBSITE: _("The page here names no website that we could look at."),
}

NOT_YET = _("We have not looked at the website yet. We do so within a day or two.")
MISSING = _("We looked at %(address)s on %(missed)s and on %(missing)s, and did not see the badge.")


def sentence_of(look: BadgeLook) -> str:
    """For the group; needs the commitment's affiliation with its program."""
    if look.looked_at is None or not look.finding:
        return str(NOT_YET)
    finding = BadgeFinding(look.finding)
    is_missing = finding == BadgeFinding.MISSED and look.missing_on
    sentence = MISSING if is_missing else SENTENCES[finding]
    looked_on = today_at(look.commitment.affiliation.program, look.looked_at)
    return str(sentence) % {
        "address": look.address,
        "date": _day(looked_on),
        "loaded": _day(look.loaded_on),
        "missed": _day(look.missed_on),
        "missing": _day(look.missing_on),
    }


def _day(day: date | None) -> str:
    return date_format(day) if day else ""

"""How many applications and affiliations are in which state, for ``/metrics`` and the admin."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from affiliates.models import Affiliation, Application
from workflows.monitoring.numbers import Number, Source, by_state, register

PERMISSIONS = ("affiliates.view_application", "affiliates.view_affiliation")
"""Of those who may see all programs."""


def _read(_now: datetime) -> Iterator[Number]:
    yield by_state("affiliates_applications", _("Applications"), Application)
    yield by_state("affiliates_affiliations", _("Affiliates"), Affiliation)


register(Source(PERMISSIONS, _read))

"""What staff read is in the site's language, whatever that of the person who caused it."""

from collections.abc import Callable

from django.conf import settings
from django.utils import translation


def for_staff(say: Callable[[], str]) -> str:
    """The sentence that ``say`` makes, as staff read it."""
    with translation.override(settings.LANGUAGE_CODE):
        return say()

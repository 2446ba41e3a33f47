"""The last receiver of a published page: one that its group hides goes down again, after whatever
follows from the publication has happened.
"""

from typing import Any

from wagtail.signals import page_published

from affiliates.affiliations.services.listing import keep_hidden
from affiliates.models import AffiliatePage
from affiliates.programs.publishing import is_settled


def connect() -> None:
    page_published.connect(take_down_again, sender=AffiliatePage)


def take_down_again(instance: AffiliatePage, **_kwargs: Any) -> None:
    if instance.live and not is_settled(instance):
        keep_hidden(page=instance)

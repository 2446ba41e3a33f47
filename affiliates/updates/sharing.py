"""What stands beside a shared link to a page: the address of its picture, and what is on it."""

from typing import TYPE_CHECKING

from django.urls import reverse

from affiliates.directory.cards import Words, card_url
from affiliates.models.updates_routes import public_url

if TYPE_CHECKING:
    from affiliates.models import AffiliateProgramPage, ContactUpdate


def update_words(update: "ContactUpdate", program: "AffiliateProgramPage") -> Words:
    page = update.affiliation.page
    return update.title, page.title if page else "", program.title


def update_card_url(update: "ContactUpdate", program: "AffiliateProgramPage") -> str:
    path = reverse("affiliates:update_card", args=[program.slug, update.pk])
    return card_url(public_url(update, program), path, update_words(update, program))

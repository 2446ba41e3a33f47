"""Published pages as editors would have made them. They stand below the default site's root."""

import factory
import wagtail_factories
from wagtail.models import Site

from affiliates.models import AffiliateLink, AffiliatePage, AffiliateProgramPage


def statements(*texts):
    """The value of a field of statements; each one gets its id when the page is saved."""
    return [("statement", text) for text in texts]


class ProgramPageFactory(wagtail_factories.PageFactory):
    """``AffiliateProgramPage`` with two beliefs, two obligations and two benefits."""

    class Meta:
        model = AffiliateProgramPage

    parent = factory.LazyFunction(lambda: Site.objects.get(is_default_site=True).root_page)
    title = factory.Sequence(lambda number: f"Safe Schools {number}")
    introduction = "<p>Groups that want every child to be safe.</p>"
    beliefs = factory.LazyFunction(
        lambda: statements("Seclusion should end.", "Children are people.")
    )
    obligations = factory.LazyFunction(
        lambda: statements("We name a contact.", "We show the badge.")
    )
    benefits = factory.LazyFunction(lambda: statements("Guidance.", "A louder voice."))
    how_to_apply = "<p>Have your links at hand.</p>"
    contact_name = "Ada Berg"
    holidays_of = ""
    contact_email = "program@example.org"


class AffiliatePageFactory(wagtail_factories.PageFactory):
    """``AffiliatePage`` below ``parent``, a program; ``links={"website": "https://…"}``."""

    class Meta:
        model = AffiliatePage
        skip_postgeneration_save = True

    parent = factory.LazyFunction(ProgramPageFactory)
    title = factory.Sequence(lambda number: f"Michigan Group {number}")
    region = "US-MI"
    summary = "Parents who work for safe schools."

    @factory.post_generation
    def links(self, create, extracted, **kwargs):
        for network, url in (extracted or {}).items():
            AffiliateLink.objects.create(affiliate=self, network=network, url=url)

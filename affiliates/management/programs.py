"""Programs in arguments of commands."""

from django.core.management.base import CommandError

from affiliates.models import AffiliateProgramPage


def program_called(slug: str) -> AffiliateProgramPage:
    """Find a program by slug, or raise CommandError with the known slugs."""
    try:
        return AffiliateProgramPage.objects.get(slug=slug)
    except AffiliateProgramPage.DoesNotExist as error:
        slugs = ", ".join(AffiliateProgramPage.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no program “{slug}”. There is: {slugs}.") from error
    except AffiliateProgramPage.MultipleObjectsReturned as error:
        raise CommandError(f"There are several programs “{slug}”.") from error

"""The countries of a program, as its page keeps them, and the region of a group."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.fields import StreamField

from affiliates.core.regions import LONGEST, by_name, countries, is_region, region_name
from affiliates.core.regions.coverage import NORTH_AMERICA, Division


def country_choices() -> list[tuple[str, str]]:
    return [(code, region_name(code)) for code in by_name(countries())]


class CountryBlock(blocks.StructBlock):
    country = blocks.ChoiceBlock(choices=country_choices, label=_("Country"))
    regions = blocks.ChoiceBlock(
        choices=Division.choices, default=Division.LARGE, label=_("How its groups are sorted")
    )

    class Meta:
        icon = "site"
        label = _("Country")
        label_format = "{country}"


def default_countries() -> list[tuple[str, dict[str, str]]]:
    pairs = NORTH_AMERICA.countries
    return [("country", {"country": code, "regions": division}) for code, division in pairs]


def countries_field(**kwargs: Any) -> StreamField:
    return StreamField(
        [("country", CountryBlock())],
        default=default_countries,
        min_num=1,
        verbose_name=_("countries"),
        help_text=_(
            "Where the program works. Groups of a country that you take away stay as they are and "
            "stay listed. New groups cannot apply from there."
        ),
        **kwargs,
    )


def country_errors(page: Any) -> dict[str, Any]:
    codes = [row["country"] for row in page.country_rows]
    twice = next((code for code in codes if codes.count(code) > 1), "")
    if not twice:
        return {}
    return {"countries": _("%(country)s stands here twice.") % {"country": region_name(twice)}}


def known_region(value: str) -> None:
    if not is_region(value):
        raise ValidationError(_("“%(value)s” is not a code of ISO 3166."), params={"value": value})


def region_field() -> models.CharField:
    return models.CharField(
        _("region"),
        max_length=LONGEST,
        blank=True,
        db_index=True,
        validators=[known_region],
        help_text=_("Empty for a group that works online."),
    )

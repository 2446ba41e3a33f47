"""The networks that a program shows, as its page keeps them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.fields import Field
from wagtail import blocks
from wagtail.fields import StreamField

from affiliates.core.networks import USUAL, choices, label_of, names

if TYPE_CHECKING:
    from affiliates.models import AffiliateLink


def default_networks() -> list[tuple[str, str]]:
    return [("network", name) for name in USUAL]


def networks_field() -> StreamField:
    return StreamField(
        [("network", blocks.ChoiceBlock(choices=choices, label=_("Network"), icon="link"))],
        default=default_networks,
        blank=True,
        verbose_name=_("networks"),
        help_text=_(
            "The form asks for these, and pages show them in this order. Links to a network that"
            " you take away are kept, but not shown."
        ),
    )


class ShowsNetworks:
    """What a program page does with its field ``networks``."""

    networks: Any

    @property
    def network_rows(self) -> list[str]:
        """Without making blocks of them."""
        return [row["value"] for row in self.networks.raw_data]

    @property
    def network_names(self) -> list[str]:
        """Those that the site still has, in the program's order."""
        known = names()
        return [name for name in self.network_rows if name in known]

    def shown_links(self, links: Iterable["AffiliateLink"]) -> list["AffiliateLink"]:
        """Those of a group that are public, in the program's order."""
        order = self.network_names
        shown = (link for link in links if link.network in order)
        return sorted(shown, key=lambda link: order.index(link.network))


class ShownLinksSerializer(Field):
    """The public links of a group in Wagtail's API; one query for each program of an answer."""

    def get_attribute(self, instance: Any) -> Any:
        return instance

    def to_representation(self, value: Any) -> list[dict[str, Any]]:
        programs = self.context.setdefault("programs_of_groups", {})
        parent = value.path[: -value.steplen]
        if parent not in programs:
            programs[parent] = value.get_parent().specific
        return [
            {
                "id": link.pk,
                "meta": {"type": link._meta.label},
                "network": link.network,
                "url": link.url,
            }
            for link in programs[parent].shown_links(value.links.all())
        ]


def network_errors(page: ShowsNetworks) -> dict[str, Any]:
    rows = page.network_rows
    twice = next((name for name in rows if rows.count(name) > 1), "")
    if not twice:
        return {}
    return {"networks": _("%(network)s stands here twice.") % {"network": label_of(twice)}}

"""The fields for a group's links, one for each network, as several forms have them."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from affiliates.core.fields import LinkField
from affiliates.core.states import Network

if TYPE_CHECKING:
    from django.forms import Form


def link_fields() -> dict[str, LinkField]:
    return {
        f"link_{network}": LinkField(
            network,
            label=network.label,
            required=False,
            autocomplete="url" if network is Network.WEBSITE else "",
        )
        for network in Network
    }


def refuse_same_link_twice(form: "Form") -> None:
    seen: dict[str, Network] = {}
    for network in Network:
        url = form.cleaned_data.get(f"link_{network}")
        if url and url in seen:
            form.add_error(
                f"link_{network}",
                _("This link stands under “%(network)s” already. Once is enough.")
                % {"network": seen[url].label},
            )
        elif url:
            seen[url] = network

"""The networks on which groups can be found. A site may add its own."""

from django.core.exceptions import ImproperlyConfigured

from affiliates.core.networks.kinds import LONGEST_NAME, NAME, Network
from affiliates.core.networks.known import KNOWN

USUAL = ("website", "facebook", "twitter", "instagram", "youtube")
"""What a program shows until its editors choose."""

_networks: dict[str, Network] = {network.name: network for network in KNOWN}


def register(network: Network) -> str:
    """Register a network and return its name; a site may replace a known one. Call it in the
    ``ready`` of an app. Raises ``ImproperlyConfigured`` for a name that cannot be kept.
    """
    if not NAME.fullmatch(network.name):
        raise ImproperlyConfigured(
            f"A network cannot be called “{network.name}”. Its name starts with a small letter, and"
            f" has up to {LONGEST_NAME} small letters, digits and underscores."
        )
    _networks[network.name] = network
    return network.name


def all_networks() -> list[Network]:
    return list(_networks.values())


def names() -> list[str]:
    return list(_networks)


def get(name: str) -> Network | None:
    return _networks.get(name)


def label_of(name: str) -> str:
    """The name itself if the network is not known any more."""
    network = get(name)
    return str(network.label) if network else name


def choices() -> list[tuple[str, str]]:
    """A callable for fields, so that another network needs no migration."""
    return [(network.name, str(network.label)) for network in all_networks()]

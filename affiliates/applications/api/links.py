"""A list of links as a form takes it: one field for each network."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from affiliates.api.error_messages import MESSAGES
from affiliates.api.problems import Mistake
from affiliates.applications.api.schemas import LinkIn
from affiliates.core.states import Network


class FlatLinks:
    """``data`` is what the form takes, ``places`` is where each stands in the body."""

    def __init__(self, links: Iterable[LinkIn], *below: str):
        self.data: dict[str, str] = {}
        self.places: dict[str, tuple[str | int, ...]] = {}
        self.mistakes: list[Mistake] = []
        for number, link in enumerate(links):
            self._add(link, (*below, "links", number))

    def _add(self, link: LinkIn, place: tuple[str | int, ...]) -> None:
        name = f"link_{link.network}"
        if link.network not in Network.values:
            self._refuse(place, str(MESSAGES["enum"]), "enum")
        elif name in self.data:
            self._refuse(place, _("One link for each network."), "twice")
        else:
            self.data[name], self.places[name] = link.url, (*place, "url")

    def _refuse(self, place: tuple[str | int, ...], message: str, code: str) -> None:
        self.mistakes.append(Mistake((*place, "network"), message, code))

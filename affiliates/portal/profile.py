"""The facts of a public page that a group may change. Formatted text is not among them, because
forms without scripts would lose its formatting.
"""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from affiliates.core import networks
from affiliates.core.text import clean_text
from affiliates.models import AffiliateLink, AffiliatePage

Profile = dict[str, str]

BODY = "body"
TEXTS = ("title", "locality", "summary")
LABELS: dict[str, Any] = {
    "title": _("Name of your group"),
    "locality": _("Town or county"),
    "summary": _("In short"),
    BODY: _("More about your group"),
}

PLAIN = frozenset({"p", "br"})


def labels() -> dict[str, Any]:
    links = {f"link_{network.name}": network.label for network in networks.all_networks()}
    return {**LABELS, **links}


def profile_of(page: AffiliatePage) -> Profile:
    """Omits the body if it is formatted."""
    body = plain_text(page.body)
    links = {link.network: link.url for link in reversed(page.links.all())}
    values = {name: getattr(page, name) for name in TEXTS}
    if body is not None:
        values[BODY] = body
    values.update((f"link_{network}", links.get(network, "")) for network in networks.names())
    return {name: values[name] for name in labels() if name in values}


def as_shown(profile: Profile, shown: Iterable[str]) -> Profile:
    """With the links to these networks only, in their order."""
    texts = {name: profile[name] for name in LABELS if name in profile}
    return texts | {f"link_{network}": profile[f"link_{network}"] for network in shown}


def differences(public: Profile, wanted: Profile) -> dict[str, dict[str, str]]:
    return {
        name: {"before": before, "after": wanted[name]}
        for name, before in public.items()
        if name in wanted and wanted[name] != before
    }


def write_profile(page: AffiliatePage, values: Mapping[str, str]) -> None:
    """Sets these values on the page without saving it; other facts stay as they are."""
    for name, value in values.items():
        if name == BODY:
            page.body = rich_text(value)
        elif name in TEXTS:
            setattr(page, name, value)
        else:
            _write_link(page, name.removeprefix("link_"), value)


def plain_text(html: str) -> str | None:
    """Returns paragraphs separated by blank lines; None if the HTML is formatted."""
    soup = BeautifulSoup(html, "html.parser")
    if any(tag.name not in PLAIN or set(tag.attrs) - {"data-block-key"} for tag in soup(True)):
        return None
    for words in soup(string=True):
        words.replace_with(words.replace("\n", " "))
    for tag in soup("br"):
        tag.replace_with("\n")
    for tag in soup("p"):
        tag.append("\n\n")
    try:
        return clean_text(soup.get_text())
    except ValidationError:  # Too long or not allowed in the form.
        return None


def rich_text(text: str) -> str:
    """Single line breaks are kept."""
    paragraphs = filter(None, (part.strip("\n") for part in text.split("\n\n")))
    return "".join(f"<p>{escape(part).replace(chr(10), '<br/>')}</p>" for part in paragraphs)


def _write_link(page: AffiliatePage, network: str, url: str) -> None:
    """Changes the first link to the network; an empty URL removes all of them."""
    links = list(page.links.all())
    own = [link for link in links if link.network == network]
    if not url:
        links = [link for link in links if link not in own]
    elif own:
        own[0].url = url
    else:
        links.append(AffiliateLink(network=network, url=url, sort_order=len(links)))
    page.links.set(links)

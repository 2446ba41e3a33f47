"""What a row changes of the page of its group."""

from typing import Any

from affiliates.core.regions import region_name
from affiliates.core.states import Network, Scope
from affiliates.models import AffiliateLink, AffiliatePage
from affiliates.transfer.importing.report import Change
from affiliates.transfer.importing.rows import COLUMN_OF_FIELD, GroupRow


def apply_row(page: AffiliatePage, group: GroupRow) -> tuple[Change, ...]:
    """Makes the page as the row says, without storing it; what that changed."""
    return (*_apply_fields(page, group), *_apply_links(page, group))


def _apply_fields(page: AffiliatePage, group: GroupRow) -> list[Change]:
    changes = []
    for name, value in group.fields.items():
        before = getattr(page, name)
        if before != value:
            setattr(page, name, value)
            changes.append(
                Change(COLUMN_OF_FIELD[name], _as_written(name, before), _as_written(name, value))
            )
    return changes


def _as_written(name: str, value: Any) -> str:
    """As people write it in a table, not as it is stored."""
    if name == "region":
        return region_name(value)
    if name == "scope" and value in Scope.values:
        return str(Scope(value).label)
    return str(value or "")


def _apply_links(page: AffiliatePage, group: GroupRow) -> list[Change]:
    """Sets, replaces and takes away the links of which the row says something."""
    links = {link.network: link for link in page.links.all()}
    before = {network: link.url for network, link in links.items()}
    after = {network: url for network, url in {**before, **group.links}.items() if url}
    if before == after:
        return []
    for network, url in after.items():
        link = links.setdefault(network, AffiliateLink(network=network))
        link.url = url
    page.links.set([links[network] for network in Network.values if network in after])
    return [
        Change(network, before.get(network, ""), after.get(network, ""))
        for network in Network.values
        if before.get(network) != after.get(network)
    ]

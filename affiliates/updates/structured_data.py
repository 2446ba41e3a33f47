"""What machines read of a page: schema.org, as JSON-LD. It says nothing that the page does not."""

from typing import TYPE_CHECKING, Any

from affiliates.directory.structured_data import Data, _organization
from affiliates.models.updates_routes import public_url

if TYPE_CHECKING:
    from affiliates.models import AffiliateProgramPage, ContactUpdate


def update_data(update: "ContactUpdate", program: "AffiliateProgramPage", request: Any) -> Data:
    """The news, of which group, and who publishes them."""
    address, page = public_url(update, program), update.affiliation.page
    data: Data = {
        "@type": "Article",
        "@id": f"{address}#update",
        "headline": update.title,
        "url": address,
        "articleBody": update.text,
        "datePublished": update.first_published_at and update.first_published_at.isoformat(),
        "publisher": _organization(program, request),
    }
    if page:
        data["author"] = {"@type": "NGO", "name": page.title, "url": page.get_full_url(request)}
    return data

"""The people of affiliates, stored as a table names them."""

from collections.abc import Iterable

from affiliates.core.addresses import address_key
from affiliates.core.states import ContactRole
from affiliates.models import Affiliation, Contact
from affiliates.models.application import new_link_nonce
from affiliates.transfer.importing.contacts import Said


def store_contacts(
    people: Iterable[tuple[Affiliation, dict[ContactRole, Said]]], *, are_new: bool
) -> None:
    """Effects, in the caller's transaction: a contact for each affiliation and role.

    Where the address changes, links mailed to the older one die, and it counts as not yet confirmed
    and not bounced. Nobody gets a mail. ``are_new``: none of them has a contact yet.
    """
    added = []
    for affiliation, by_role in people:
        for role, parts in by_role.items():
            contact = None if are_new else affiliation.contact(role)
            if contact:
                _change(contact, parts)
            else:
                key = address_key(parts["email"])
                added.append(Contact(affiliation=affiliation, role=role, email_key=key, **parts))
    Contact.objects.bulk_create(added)


def _change(contact: Contact, parts: Said) -> None:
    if contact.email != parts["email"]:
        contact.email_key = address_key(parts["email"])
        contact.link_nonce = new_link_nonce()
        contact.confirmed_at = contact.bounced_at = None
    contact.name, contact.email, contact.phone = parts["name"], parts["email"], parts["phone"]
    contact.save()

"""Contacts of affiliates who open the link to their own page."""

from affiliates.links.tokens import affiliate_url
from tests.factories.visits import path_of


def own_path(affiliation, rest=""):
    return f"/join/affiliate/{affiliation.reference}/{rest}"


def own_link(affiliation, contact=None):
    return path_of(affiliate_url(affiliation, contact or affiliation.primary_contact))


def opened_own(client, affiliation, contact=None):
    """The client, once it has followed the link in the contact's mail."""
    client.get(own_link(affiliation, contact))
    return client


def profile_data(client, affiliation, **changes):
    """What the form for a change sends that stands on the page now."""
    context = client.get(own_path(affiliation, "profile/")).context
    form, version = context["form"], context["version"]
    typed = {field.name: field.value() or "" for field in form}
    return {**typed, "version": version, **changes}

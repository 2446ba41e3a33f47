"""Paths of the API about a group, by the token of a mailed link."""

from affiliates.links.tokens import Purpose, sign


def own_token(affiliation, contact=None):
    """That of the link to the group's own page."""
    contact = contact or affiliation.primary_contact
    return sign(affiliation.reference, contact.link_nonce, Purpose.AFFILIATE)


def group_path(affiliation, rest="", contact=None):
    return f"affiliations/{own_token(affiliation, contact)}/{rest}"


def path_of_request(asked, rest, contact=None):
    """The same pages, for whoever came by the mail that asks for an update."""
    contact = contact or asked.affiliation.primary_contact
    return f"affiliations/{sign(asked.reference, contact.link_nonce, Purpose.UPDATE)}/{rest}"

"""Signals that other apps may listen to. Each is sent in the transaction of what it tells of.

An exception that a receiver raises takes back what happened.
"""

from django.dispatch import Signal

record_moved = Signal()
"""An application, affiliation, request for an update or call for help has moved to another state.
Arguments: ``sender`` (its class), ``record``, ``transition`` (the ``Transition`` row: action, from
where to where, who, why, when)."""

affiliates_listed = Signal()
"""Groups stand in the directory for the first time. Arguments: ``sender`` (``Affiliation``),
``affiliations``, ``now``."""

affiliate_page_published = Signal()
"""The page of a group that is an affiliate already was published again. Arguments: ``sender``
(``Affiliation``), ``affiliation``, ``page``, ``now``."""

contact_bounced = Signal()
"""Mail to a contact of an active affiliate came back for good. Arguments: ``sender``
(``Contact``), ``contact``, ``affiliation``, ``now``."""

contact_address_changed = Signal()
"""Staff gave a contact another address. Arguments: ``sender`` (``Contact``), ``contact``,
``affiliation``, ``now``."""

update_received = Signal()
"""A contact told us something, asked or not. Arguments: ``sender``, ``update`` (``ContactUpdate``).
For one that is published there is Wagtail's own ``wagtail.signals.published``."""

"""Signals that other apps may listen to. Each is sent in the transaction of what it tells of."""

from django.dispatch import Signal

record_moved = Signal()
"""An application, affiliation, request for an update or call for help has moved to another state.
Arguments: ``sender`` (its class), ``record``, ``transition`` (the ``Transition`` row: action, from
where to where, who, why). An exception of a receiver takes the move back."""

update_received = Signal()
"""A contact told us something, asked or not. Arguments: ``sender``, ``update`` (``ContactUpdate``).
For one that is published there is Wagtail's own ``wagtail.signals.published``."""

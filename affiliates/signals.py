"""Signals for other apps, sent in the transaction of the change. An exception in a receiver rolls
it back.
"""

from django.dispatch import Signal

record_moved = Signal()
"""An application, affiliation, request for an update or support request has changed its state.
Arguments: ``sender`` (its class), ``record``, ``transition`` (the ``Transition`` row)."""

affiliates_listed = Signal()
"""Groups are listed for the first time. Arguments: ``sender`` (``Affiliation``),
``affiliations``, ``now``."""

affiliate_page_published = Signal()
"""An affiliate's page was published again. Arguments: ``sender`` (``Affiliation``),
``affiliation``, ``page``, ``now``."""

contact_bounced = Signal()
"""Email to a contact of an active affiliate bounced permanently. Arguments: ``sender``
(``Contact``), ``contact``, ``affiliation``, ``now``."""

contact_address_changed = Signal()
"""Staff changed a contact's address. Arguments: ``sender`` (``Contact``), ``contact``,
``affiliation``, ``now``."""

update_received = Signal()
"""A contact sent an update. Arguments: ``sender``, ``update`` (``ContactUpdate``). Its publication
sends ``wagtail.signals.published``."""

requirement_moved = Signal()
"""How affiliates keep a requirement has changed: proved, waived, put off, asked for. Arguments:
``sender`` (``Commitment``), ``commitments``, ``action`` (of their log entries), ``now``."""

contact_acted = Signal()
"""A contact has done something by a private link. Arguments: ``sender`` (``Contact``),
``contact``, ``affiliation``, ``now``."""

work_handed_over = Signal()
"""All affiliates of one member of staff went to another, in the programs that ``user`` may
manage. Arguments: ``sender`` (``Affiliation``), ``of``, ``to``, ``user``, ``now``."""

reminders_paused = Signal()
"""A group wants no reminders before a moment. Arguments: ``sender`` (``Affiliation``),
``affiliation``, ``until``, ``now``."""

reminders_resumed = Signal()
"""That pause is over. Arguments: ``sender`` (``Affiliation``), ``affiliation``, ``now``."""

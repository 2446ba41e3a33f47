"""Signals that an app may listen to."""

from django.dispatch import Signal

review_declined = Signal()
"""A reviewer declined for good. Arguments: ``sender`` (the task state's class), ``instance`` (the
``ReviewTaskState``), ``user``, ``reason``. Sent in the transaction of the decision, after the
workflow has ended; the reviewed object may be deleted by a receiver."""

mail_bounced = Signal()
"""A mail server refused a mail for good because of its address. Arguments: ``sender``
(OutgoingMail), ``instance`` (the mail), ``address``. Sent in the transaction that notes the
failure."""

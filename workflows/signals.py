"""Signals for other apps."""

from django.dispatch import Signal

review_declined = Signal()
"""A reviewer declined. Arguments: ``sender`` (the task state's class), ``instance`` (the
``ReviewTaskState``), ``user``, ``reason``. Sent in the transaction of the decision, after the
workflow has ended; a receiver may delete the reviewed object.
"""

mail_bounced = Signal()
"""A mail server permanently refused an address. Arguments: ``sender`` (OutgoingMail), ``instance``
(the email), ``address``. Sent in the transaction that records the failure.
"""

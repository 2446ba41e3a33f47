"""Emails about updates to the contacts of a group."""

from functools import partial

from affiliates.mail.contacts import register_kind

register = partial(register_kind, templates="affiliates/updates/mail")

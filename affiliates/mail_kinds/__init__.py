"""The kinds of mail of this app: what each may say, and until when it is owed."""

from affiliates.mail_kinds import applications, own_page, updates

KINDS = (*applications.KINDS, *updates.KINDS, *own_page.KINDS)

"""The kinds of mail of this app: what each may say, and until when it is owed."""

from affiliates.mail_kinds import applications, endings, own_page, publishing, support, updates

KINDS = (
    *applications.KINDS,
    *updates.KINDS,
    *publishing.KINDS,
    *own_page.KINDS,
    *endings.KINDS,
    *support.KINDS,
)

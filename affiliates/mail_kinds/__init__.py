"""The kinds of mail of this app: what each may say, and until when it is owed."""

from affiliates.mail_kinds import (
    applications,
    contacts,
    endings,
    own_page,
    publishing,
    support,
    thanks,
    updates,
    welcome,
)

KINDS = (
    *applications.KINDS,
    *welcome.KINDS,
    *updates.KINDS,
    *publishing.KINDS,
    *own_page.KINDS,
    *endings.KINDS,
    *support.KINDS,
    *thanks.KINDS,
    *contacts.KINDS,
)

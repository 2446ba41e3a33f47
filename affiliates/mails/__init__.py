"""One function per mail: to whom, about what. What they say is a wording (``mail_kinds``).

The functions only describe mails; a service queues them in the transaction of what happened.
"""

from affiliates.mails.applications import (
    AFFILIATE_WELCOME,
    ANSWER_REMINDER,
    APPLICATION_DECLINED,
    APPLICATION_RECEIVED,
    APPLICATION_WITHDRAWN,
    APPLICATION_WITHDRAWN_NOTICE,
    DRAFT_SAVED,
    INFORMATION_NEEDED,
    SECOND_CONTACT_NAMED,
    affiliate_welcomes,
    answer_reminders,
    application_declined,
    application_received,
    application_withdrawn,
    application_withdrawn_notices,
    draft_saved,
    information_needed,
    question_occurrence,
    second_contact_named,
)
from affiliates.mails.updates import (
    UPDATE_ALTERNATE,
    UPDATE_ASK,
    UPDATE_DUE,
    UPDATE_REMINDER,
    update_requested,
    update_requested_of_all,
    update_requested_of_alternate,
)

__all__ = [
    "AFFILIATE_WELCOME",
    "ANSWER_REMINDER",
    "APPLICATION_DECLINED",
    "APPLICATION_RECEIVED",
    "APPLICATION_WITHDRAWN",
    "APPLICATION_WITHDRAWN_NOTICE",
    "DRAFT_SAVED",
    "INFORMATION_NEEDED",
    "SECOND_CONTACT_NAMED",
    "UPDATE_ALTERNATE",
    "UPDATE_ASK",
    "UPDATE_DUE",
    "UPDATE_REMINDER",
    "affiliate_welcomes",
    "answer_reminders",
    "application_declined",
    "application_received",
    "application_withdrawn",
    "application_withdrawn_notices",
    "draft_saved",
    "information_needed",
    "question_occurrence",
    "second_contact_named",
    "update_requested",
    "update_requested_of_all",
    "update_requested_of_alternate",
]

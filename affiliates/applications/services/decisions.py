"""Services that approve or decline an application."""

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction
from wagtail.models import Revision

from affiliates.affiliations.services.lifecycle import ensure_affiliation
from affiliates.applications.mails.reviewing import affiliate_welcomes, application_declined
from affiliates.applications.services.reviews import clear_away, hold, take_action
from affiliates.core.exceptions import AlreadyDecided
from affiliates.core.states import OPEN, Action
from affiliates.models import AffiliatePage, Affiliation, Application, Contact
from affiliates.programs.promised_days import today_at
from workflows.mail.outbox import queue

COPIED = ("role", "name", "email", "email_key", "phone", "confirmed_at", "bounced_at")


def approve_application(
    *, application: Application, user: User | None, now: datetime
) -> Application:
    """Make the group an affiliate after ``user``, or a schedule, published its page in Wagtail.
    Effects, in one transaction: sets the state; copies the contacts; sets the start of the
    affiliation; ends deadlines, question and workflow; queues a welcome mail to each contact.
    Raises AlreadyDecided.
    """
    with transaction.atomic():
        _hold_undecided(application)
        take_action(application, Action.APPROVE, user=user, now=now)
        clear_away(application, user=user, outcome="approved", now=now)
        page = application.affiliate
        if page:
            note_affiliation(page, today_at(application.program, now))
            page.refresh_from_db()
            affiliation = ensure_affiliation(page=page, now=now)
            _add_contacts(application, affiliation)
        queue(*affiliate_welcomes(application), now=now)
    return application


def decline_application(
    *,
    application: Application,
    user: User,
    reason: str,
    now: datetime,
    tell: bool = True,
    is_permitted: bool = False,
) -> Application:
    """Decline the application for good. ``tell=False`` queues no mail, for spam.

    ``is_permitted``: Wagtail has already checked the permission. Effects, in one transaction: sets
    the state and reason; ends deadlines, question and workflow; deletes the draft page; queues a
    mail. Raises AlreadyDecided, and TransitionNotAllowed if the user may not decline.
    """
    with transaction.atomic():
        _hold_undecided(application)
        take_action(
            application,
            Action.DECLINE,
            user=user,
            reason=reason,
            now=now,
            is_permitted=is_permitted,
        )
        clear_away(application, user=user, outcome="declined", now=now)
        if tell:
            queue(application_declined(application), now=now)
    return application


def note_affiliation(page: AffiliatePage, day: date) -> None:
    """Set the start of the affiliation, unless editors have. Effects: updates the page, and the
    published and newer revisions, since the next publication would revert the page.
    """
    current = AffiliatePage.objects.get(pk=page.pk)
    if current.affiliated_since:
        return
    AffiliatePage.objects.filter(pk=page.pk).update(affiliated_since=day)
    newer = Revision.objects.for_instance(page).filter(pk__gte=current.live_revision_id or 0)
    for revision in newer:
        if not revision.content.get("affiliated_since"):
            revision.content["affiliated_since"] = day.isoformat()
            revision.save(update_fields=["content"])


def _hold_undecided(application: Application) -> None:
    hold(application)
    if application.state not in OPEN:
        raise AlreadyDecided


def _add_contacts(application: Application, affiliation: Affiliation) -> None:
    if application.language:
        affiliation.language = application.language
        affiliation.save(update_fields=["language", "updated_at"])
    Contact.objects.bulk_create(
        Contact(affiliation=affiliation, **{name: getattr(contact, name) for name in COPIED})
        for contact in application.contacts.all()
    )

"""Erase a person: delete their own data and replace mentions elsewhere."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Site
from wagtail.search import index

from affiliates.affiliations.services.notices import notify_staff
from affiliates.applications.services.submission import withdraw_application
from affiliates.core.states import (
    OPEN,
    Actor,
    AffiliationState,
    ApplicationState,
    ContactRole,
    NoticeKind,
)
from affiliates.directory.services import rebuild_directory
from affiliates.models import (
    AffiliatePage,
    Application,
    Contact,
    ContactUpdate,
    Fingerprint,
    ImportUpload,
    LinkRequest,
)
from affiliates.privacy.data_map import NOT_OURS_TO_CHANGE, Place, places_of
from affiliates.privacy.search import Found, find_person
from workflows.mail.outbox import forget_recipient, forget_texts
from workflows.models import OutgoingMail

ERASED = "affiliates.erase_person"  # log action


@dataclass
class Erasure:
    """Number of records by verbose name. ``promises``: sentences about the person's groups."""

    deleted: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    promises: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.deleted or self.changed or self.kept)


def erase_person(*, address: str, by: User | None, now: datetime, dry_run: bool = False) -> Erasure:
    """Erase the person with this address; ``dry_run`` rolls back. Effects, in one transaction:
    contacts, drafts, fingerprints and uploads that name the person are deleted; emails to them are
    suppressed and emptied; the address elsewhere, and the name in related records, are replaced;
    states, days and decisions stay. A second contact becomes the first. Without one, an open
    application is withdrawn and its reviewers told, or staff get a notice that the affiliate has no
    contact. The log entry does not name the person.
    """
    with transaction.atomic():
        done = Erasure()
        found = find_person(address)
        _keep_promises(found, done, now)
        _delete_what_is_theirs(found, done)
        forgotten = forget_recipient(
            address=found.person.address,
            replacement=found.person.replacement,
            reason=_("The person asked to be erased."),
        )
        _count(done.changed, OutgoingMail, forgotten)
        # Search again: steps such as a withdrawal have written new rows.
        places = list(places_of(found.person, found.related))
        _redact(places, found, done)
        _log(done, by)
        if dry_run:
            transaction.set_rollback(True)
    if not dry_run:
        _renew_search(places)
    return done


def _keep_promises(found: Found, done: Erasure, now: datetime) -> None:
    for contact in found.contacts:
        record: Any = contact.affiliation or contact.application
        is_open = contact.affiliation_id or (record and record.state in OPEN)
        if not is_open or contact.role != ContactRole.PRIMARY:
            continue
        names = {"group": record.name}
        others = record.contacts.exclude(email__iexact=contact.email)
        second = others.filter(role=ContactRole.ALTERNATE).first()
        if second:
            _promote(contact, second)
            done.promises.append(_("The second contact of %(group)s becomes its contact.") % names)
        elif isinstance(record, Application):
            reason = _("The contact asked to be erased.")
            withdraw_application(application=record, actor=Actor.APPLICANT, reason=reason, now=now)
            done.promises.append(
                _("The application of %(group)s is withdrawn, since no one is left to write to.")
                % names
            )
        elif record.state != AffiliationState.ENDED:
            text = _("This group no longer has a contact: the person asked to be erased.")
            notify_staff(affiliation=record, kind=NoticeKind.NO_CONTACT, text=text, now=now)
            done.promises.append(_("%(group)s no longer has a contact. Staff are told.") % names)


def _promote(first: Contact, second: Contact) -> None:
    """Delete first: each role allows one contact."""
    first.delete()
    second.role = ContactRole.PRIMARY
    second.save(update_fields=["role"])


def _delete_what_is_theirs(found: Found, done: Erasure) -> None:
    person = found.person
    applications = found.related.get(Application, set())
    drafts = Application.objects.filter(
        draft_email__iexact=person.address, state=ApplicationState.DRAFT
    )
    own = Fingerprint.objects.filter(application__in=applications, value=f"address {person.key}")
    for rows in (
        Contact.objects.filter(pk__in=[contact.pk for contact in found.contacts if contact.pk]),
        drafts,
        own,
        LinkRequest.objects.filter(email_key=person.key),
        LinkRequest.objects.filter(account__iexact=person.address),
        _uploads(found),
    ):
        _count(done.deleted, rows.model, rows.count())
        rows.delete()
    gone = sum(contact.pk is None for contact in found.contacts)
    _count(done.deleted, Contact, gone)
    Application.objects.filter(pk__in=applications, address_key=person.key).update(address_key="")


def _uploads(found: Found) -> models.QuerySet[ImportUpload]:
    keys = [place.pk for place in found.places if place.model is ImportUpload]
    return ImportUpload.objects.filter(pk__in=keys)


def _redact(places: list[Place], found: Found, done: Erasure) -> None:
    person = found.person
    for place in places:
        if place.model in NOT_OURS_TO_CHANGE:
            page = place.model._base_manager.get(pk=place.pk)
            done.kept.append(_("The public page “%(page)s” mentions them.") % {"page": page})
            continue
        rows = place.model._base_manager.filter(pk=place.pk)
        if place.model is OutgoingMail and "message" in place.values:
            forget_texts(keys=[place.pk])
        values = {
            name: _short_enough(
                place.model, name, person.taken_out_of(value, by_name=place.by_name)
            )
            for name, value in place.values.items()
            if not (place.model is OutgoingMail and name == "message")
        }
        if values:
            rows.update(**values)
        _count(done.changed, place.model, 1)


def _short_enough(model: type[models.Model], name: str, value: Any) -> Any:
    """The replacement may be longer than the address."""
    longest = getattr(model._meta.get_field(name), "max_length", None)
    return value[:longest] if isinstance(value, str) and longest else value


def _renew_search(places: list[Place]) -> None:
    changed = {(place.model, place.pk) for place in places}
    if any(model is AffiliatePage for model, _pk in changed):
        rebuild_directory()
    for model, pk in changed:
        if model in (AffiliatePage, ContactUpdate):
            index.insert_or_update_object(model._base_manager.get(pk=pk))


def _log(done: Erasure, by: User | None) -> None:
    """On the site, the one record unrelated to the person."""
    site = Site.objects.order_by("-is_default_site").first()
    if site and not done.is_empty:
        counts = {"deleted": done.deleted, "changed": done.changed}
        log(instance=site, action=ERASED, user=by, data=counts)


def _count(counts: dict[str, int], model: type[models.Model], number: int) -> None:
    name = str(model._meta.verbose_name_plural)
    if number:
        counts[name] = counts.get(name, 0) + number

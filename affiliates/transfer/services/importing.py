"""Imports a table of affiliates into a program: all, nothing, or what has no errors."""

from collections.abc import Container, Iterable, Set
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from affiliates.affiliations.services.lifecycle import ensure_affiliation
from affiliates.audit.permissions import may_manage_all
from affiliates.core.scopes import whole
from affiliates.core.states import ContactRole
from affiliates.core.text import name_key
from affiliates.models import AffiliatePage, AffiliateProgramPage, Affiliation, Contact
from affiliates.models.application import new_link_nonce
from affiliates.models.page_checks import place_errors
from affiliates.programs.new_pages import FILLED_IN
from affiliates.transfer.importing.columns import Choice, guess
from affiliates.transfer.importing.contacts import ContactPlan, Said, plan_contacts
from affiliates.transfer.importing.report import Change, ImportReport, Outcome, RowResult, Severity
from affiliates.transfer.importing.rows import (
    COLUMN_OF_FIELD,
    GroupRow,
    apply_row,
    read_rows,
)
from affiliates.transfer.importing.tables import Table
from affiliates.transfer.services.pages import add_pages
from workflows.core.addresses import address_key

Key = tuple[str, str]


@dataclass(frozen=True)
class Planned:
    """A row's unsaved page and its changes. ``had_draft``: editors left unpublished changes."""

    group: GroupRow
    page: AffiliatePage
    page_changes: tuple[Change, ...] = ()
    people: ContactPlan = field(default_factory=ContactPlan)
    is_new: bool = False
    had_draft: bool = False

    @property
    def changes(self) -> tuple[Change, ...]:
        return self.page_changes + self.people.changes

    @property
    def outcome(self) -> Outcome:
        if self.is_new:
            return Outcome.NEW
        return Outcome.CHANGED if self.changes else Outcome.UNCHANGED


def import_affiliates(
    *,
    program: AffiliateProgramPage,
    table: Table,
    choice: Choice | None = None,
    by: User | None = None,
    skip: Container[int] = (),
    dry_run: bool = False,
) -> ImportReport:
    """Create and update the program's affiliates from ``table``; return a report.

    ``choice`` says which column is which; else the headings do. Groups are matched by name and
    region, so importing again changes nothing. New groups are published; unpublished ones are
    updated as drafts. A bad link is left out. Any other error leaves everything as it was, unless
    ``skip`` holds all rows with errors: then the others are stored. So does ``dry_run``.

    Effects, in one transaction: pages, links, revisions by ``by``, log entries and search index;
    affiliations, and contacts if ``by`` may change them. Sends Wagtail's ``page_published`` for
    each published page, and Django's ``post_save`` only for existing ones.
    """
    report = ImportReport()
    choice = choice or guess(table)
    groups = read_rows(table, report, program.coverage, choice, program.network_names)
    with transaction.atomic():
        # Lock, so that concurrent imports do not create duplicates.
        program = AffiliateProgramPage.objects.select_for_update(no_key=True).get(pk=program.pk)
        plans = _plan(groups, program, by, report)
        _add_results(plans, table, choice, report)
        report.skip(skip)
        if not (report.failed or dry_run):
            bad = report.bad_rows
            _store([plan for plan in plans if plan.group.number not in bad], program, by)
    return report


def _plan(
    groups: list[GroupRow],
    program: AffiliateProgramPage,
    by: User | None,
    report: ImportReport,
) -> list[Planned]:
    known = _known_affiliates(program, {group.key for group in groups})
    if by and not may_manage_all(by, program):
        _leave_out_people(groups, report)
    plans = [
        _changed(group, known[group.key], report) if group.key in known else _new(group, by, report)
        for group in groups
    ]
    for plan in plans:
        _check(plan, by, report)
    return plans


def _leave_out_people(groups: list[GroupRow], report: ImportReport) -> None:
    """Contacts are private: not everyone who may publish pages may see them."""
    if any(group.people for group in groups):
        message = _("Contacts are left out: you may not change them.")
        report.add(report.heading_row, "", Severity.LEFT_OUT, message)
    for group in groups:
        group.people = {}


def _known_affiliates(program: AffiliateProgramPage, wanted: Set[Key]) -> dict[Key, AffiliatePage]:
    """By region and name; of duplicates the live one, then the oldest."""
    children = AffiliatePage.objects.child_of(program).order_by("live", "-pk")
    regions = {region for region, _name in wanted}
    named = children.filter(region__in=regions).values_list("pk", "region", "title")
    keys = {pk: (region, name_key(title)) for pk, region, title in named}
    found = {pk: key for pk, key in keys.items() if key in wanted}
    # Not among the children once more: right after many were added, PostgreSQL takes them for few.
    pages = AffiliatePage.objects.filter(pk__in=list(found)).order_by("live", "-pk")
    complete = pages.select_related("affiliation").prefetch_related(
        "links", "affiliation__contacts"
    )
    return {found[page.pk]: page for page in complete}


def _new(group: GroupRow, by: User | None, report: ImportReport) -> Planned:
    page = AffiliatePage(scope=whole(group.fields["region"]), owner=by)
    apply_row(page, group)
    people = _people(group, None, report)
    return Planned(group, page, people=people, is_new=True)


def _changed(group: GroupRow, page: AffiliatePage, report: ImportReport) -> Planned:
    had_draft = page.live and page.has_unpublished_changes
    people = ContactPlan()
    if group.people and not page.live:
        message = _("Its contacts are left out, since the page of the group is not public.")
        report.add(group.number, "", Severity.LEFT_OUT, message)
    elif group.people:
        people = _people(group, getattr(page, "affiliation", None), report)
    changes = apply_row(page, group)
    return Planned(group, page, changes, people, had_draft=had_draft)


def _people(group: GroupRow, affiliation: Affiliation | None, report: ImportReport) -> ContactPlan:
    name = group.fields["title"]
    return plan_contacts(group.people, affiliation, group=name, number=group.number, report=report)


def _check(plan: Planned, by: User | None, report: ImportReport) -> None:
    number = plan.group.number
    if not (plan.is_new or plan.page_changes):
        return
    for column, message in _page_errors(plan.page).items():
        report.add(number, column, Severity.ERROR, message)
    if plan.is_new:
        return
    if by and not plan.page.permissions_for_user(by).can_edit():
        report.add(number, "", Severity.ERROR, _("You may not change the page of this group."))
    if plan.had_draft:
        message = _("The page has unpublished changes. They are kept in its history only.")
        report.add(number, "", Severity.NOTE, message)
    if not plan.page.live:
        message = _("The page is not public. It is changed, but stays unpublished.")
        report.add(number, "", Severity.NOTE, message)


def _page_errors(page: AffiliatePage) -> dict[str, str]:
    """Errors by column, including those of fields that only the site has."""
    errors = place_errors(page)
    try:
        page.clean_fields(exclude=FILLED_IN)
    except ValidationError as refusal:
        errors |= {name: " ".join(found) for name, found in refusal.message_dict.items()}
    return {COLUMN_OF_FIELD.get(name, ""): message for name, message in errors.items()}


def _add_results(plans: list[Planned], table: Table, choice: Choice, report: ImportReport) -> None:
    bad = report.bad_rows
    results = {row.number: row for row in report.rows} | {
        plan.group.number: RowResult(plan.group.number, plan.page.title, plan.outcome, plan.changes)
        for plan in plans
    }
    results |= {
        number: RowResult(number, _name_in(cells, choice), Outcome.ERROR)
        for number, cells in table.rows.items()
        if number in bad
    }
    report.rows = [results[number] for number in sorted(results)]


def _name_in(cells: list[str], choice: Choice) -> str:
    place = next(iter(choice.places("name")), len(cells))
    return "".join(cells[place : place + 1])[:255]


def _store(plans: list[Planned], program: AffiliateProgramPage, by: User | None) -> None:
    now = timezone.now()
    changed = [plan for plan in plans if plan.outcome is Outcome.CHANGED]
    for plan in changed:
        if plan.page_changes:
            revision = plan.page.save_revision(user=by, log_action=True)
            if plan.page.live:
                revision.publish(user=by, skip_permission_checks=True)
    store_contacts(
        (
            (ensure_affiliation(page=plan.page, now=now), plan.people.said)
            for plan in changed
            if plan.people.changes
        ),
        are_new=False,
    )
    new = [plan for plan in plans if plan.is_new]
    affiliations = add_pages([plan.page for plan in new], parent=program, by=by, now=now)
    people = [plan.people.said for plan in new]
    store_contacts(zip(affiliations, people, strict=True), are_new=True)


def store_contacts(
    people: Iterable[tuple[Affiliation, dict[ContactRole, Said]]], *, are_new: bool
) -> None:
    """Effects, in the caller's transaction: a contact for each affiliation and role.

    A new address invalidates mailed links and is not confirmed or bounced. No email is sent.
    ``are_new``: none of them has a contact yet.
    """
    added = []
    for affiliation, by_role in people:
        for role, parts in by_role.items():
            contact = None if are_new else affiliation.contact(role)
            if contact:
                _change(contact, parts)
            else:
                key = address_key(parts["email"])
                added.append(Contact(affiliation=affiliation, role=role, email_key=key, **parts))
    Contact.objects.bulk_create(added)


def _change(contact: Contact, parts: Said) -> None:
    if contact.email != parts["email"]:
        contact.email_key = address_key(parts["email"])
        contact.link_nonce = new_link_nonce()
        contact.confirmed_at = contact.bounced_at = None
    contact.name, contact.email, contact.phone = parts["name"], parts["email"], parts["phone"]
    contact.save()

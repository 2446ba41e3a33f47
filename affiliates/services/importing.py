"""Loads a table of affiliates into a program, all of it or nothing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from affiliates.importing.changes import apply_row
from affiliates.importing.report import Change, ImportReport, Outcome, RowResult, Severity
from affiliates.importing.rows import COLUMN_OF_FIELD, SCOPE_OF_COUNTRY, GroupRow, read_rows
from affiliates.importing.tables import Table
from affiliates.models import AffiliatePage, AffiliateProgramPage
from affiliates.page_checks import place_errors
from affiliates.regions import country_of
from affiliates.services.page_bulk import add_pages
from affiliates.text import name_key

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Key = tuple[str, str]


@dataclass(frozen=True)
class Planned:
    """A row's page, as the row says it but not stored, and what that changes of one that is there.

    ``had_draft``: editors had changed it and not published that.
    """

    group: GroupRow
    page: AffiliatePage
    changes: tuple[Change, ...] = ()
    is_new: bool = False
    had_draft: bool = False

    @property
    def outcome(self) -> Outcome:
        if self.is_new:
            return Outcome.NEW
        return Outcome.CHANGED if self.changes else Outcome.UNCHANGED


def import_affiliates(
    *,
    program: AffiliateProgramPage,
    table: Table,
    by: "User | None" = None,
    dry_run: bool = False,
) -> ImportReport:
    """Creates and updates the program's affiliates as ``table`` says, and reports on it.

    A group is recognised by its name and region, so loading a table again changes nothing. New
    groups are published; groups that editors took offline are updated as drafts. Each change is a
    revision in Wagtail's history, with ``by`` as its author. A bad link is left out, and the rest
    of its row stored; any other error, or ``dry_run``, leaves everything as it was.

    Effects, in one transaction: pages, links, revisions, log entries and search index. Wagtail's
    ``page_published`` is sent for each page that is published, Django's ``post_save`` only for
    those that were there before.
    """
    report = ImportReport()
    groups = read_rows(table, report)
    with transaction.atomic():
        # Two imports at once wait for each other here, and neither makes doubles.
        program = AffiliateProgramPage.objects.select_for_update().get(pk=program.pk)
        plans = _plan(groups, program, by, report)
        _add_results(plans, table, report)
        if not (report.failed or dry_run):
            _store(plans, program, by)
    return report


def _plan(
    groups: list[GroupRow],
    program: AffiliateProgramPage,
    by: "User | None",
    report: ImportReport,
) -> list[Planned]:
    known = _known_affiliates(program)
    plans = [
        _changed(group, known[group.key]) if group.key in known else _new(group, by)
        for group in groups
    ]
    for plan in plans:
        _check(plan, by, report)
    return plans


def _known_affiliates(program: AffiliateProgramPage) -> dict[Key, AffiliatePage]:
    """The program's affiliates by region and name; of doubles the live one, then the oldest."""
    children = AffiliatePage.objects.child_of(program).order_by("live", "-pk")
    pages = children.prefetch_related("links")
    return {(page.region, name_key(page.title)): page for page in pages}


def _new(group: GroupRow, by: "User | None") -> Planned:
    scope = SCOPE_OF_COUNTRY[country_of(group.fields["region"])]
    page = AffiliatePage(scope=scope, owner=by)
    apply_row(page, group)
    return Planned(group, page, is_new=True)


def _changed(group: GroupRow, page: AffiliatePage) -> Planned:
    had_draft = page.live and page.has_unpublished_changes
    return Planned(group, page, changes=apply_row(page, group), had_draft=had_draft)


def _check(plan: Planned, by: "User | None", report: ImportReport) -> None:
    """Adds to the report what stands against the row, and what there is to know about its page."""
    number = plan.group.number
    if plan.outcome is Outcome.UNCHANGED:
        return
    for column, message in _page_errors(plan.page).items():
        report.add(number, column, Severity.ERROR, message)
    if plan.is_new:
        return
    if by and not plan.page.permissions_for_user(by).can_edit():
        report.add(number, "", Severity.ERROR, _("You may not change the page of this group."))
    if plan.had_draft:
        message = _("The page has changes that are not published. They stay in its history only.")
        report.add(number, "", Severity.NOTE, message)
    if not plan.page.live:
        message = _("The page is not public. It is changed and stays so.")
        report.add(number, "", Severity.NOTE, message)


def _page_errors(page: AffiliatePage) -> dict[str, str]:
    """By column. Fields that the table says nothing of are looked at, too: a site may have some."""
    errors = place_errors(page)
    try:
        page.clean_fields(exclude=NOT_FROM_TABLES)
    except ValidationError as refusal:
        errors |= {name: " ".join(found) for name, found in refusal.message_dict.items()}
    return {COLUMN_OF_FIELD.get(name, ""): message for name, message in errors.items()}


NOT_FROM_TABLES = {"path", "depth", "numchild", "slug", "url_path", "draft_title"} | {
    field.name for field in AffiliatePage._meta.fields if field.is_relation or not field.editable
}
"""What Wagtail or a save fills in, and keys, which would be looked up one by one."""


def _add_results(plans: list[Planned], table: Table, report: ImportReport) -> None:
    """In the order of the table. A row with an error comes to nothing else."""
    bad = report.bad_rows
    results = {row.number: row for row in report.rows} | {
        plan.group.number: RowResult(plan.group.number, plan.page.title, plan.outcome, plan.changes)
        for plan in plans
    }
    results |= {
        number: RowResult(number, _name_in(cells, table, report), Outcome.ERROR)
        for number, cells in table.rows.items()
        if number in bad
    }
    report.rows = [results[number] for number in sorted(results)]


def _name_in(cells: list[str], table: Table, report: ImportReport) -> str:
    heading = report.headings.get("name", "")
    place = table.headings.index(heading) if heading in table.headings else len(cells)
    return "".join(cells[place : place + 1])[:255]


def _store(plans: list[Planned], program: AffiliateProgramPage, by: "User | None") -> None:
    for plan in plans:
        if plan.outcome is Outcome.CHANGED:
            revision = plan.page.save_revision(user=by, log_action=True)
            if plan.page.live:
                revision.publish(user=by, skip_permission_checks=True)
    add_pages(
        [plan.page for plan in plans if plan.is_new], parent=program, by=by, now=timezone.now()
    )

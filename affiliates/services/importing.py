"""Loads a table of affiliates into a program, all of it or nothing."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from affiliates.importing.report import ImportReport, Severity
from affiliates.importing.rows import COLUMN_OF_FIELD, SCOPE_OF_COUNTRY, GroupRow, read_rows
from affiliates.importing.tables import Table
from affiliates.models import AffiliateLink, AffiliatePage, AffiliateProgramPage
from affiliates.regions import country_of
from affiliates.states import Network
from affiliates.text import name_key

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Key = tuple[str, str]


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
    """
    report = ImportReport()
    groups = read_rows(table, report)
    if report.failed:
        return report
    with transaction.atomic():
        # Two imports at once wait for each other here, and neither makes doubles.
        program = AffiliateProgramPage.objects.select_for_update().get(pk=program.pk)
        known = _known_affiliates(program)
        for group in groups:
            _store(group, program=program, page=known.get(group.key), by=by, report=report)
        if report.failed or dry_run:
            transaction.set_rollback(True)
    if report.failed:
        return ImportReport(findings=report.findings)
    return report


def _known_affiliates(program: AffiliateProgramPage) -> dict[Key, AffiliatePage]:
    """The program's affiliates by region and name; of doubles the live one, then the oldest."""
    children = AffiliatePage.objects.child_of(program).order_by("live", "-pk")
    pages = children.prefetch_related("links")
    return {(page.region, name_key(page.title)): page for page in pages}


def _store(
    group: GroupRow,
    *,
    program: AffiliateProgramPage,
    page: AffiliatePage | None,
    by: "User | None",
    report: ImportReport,
) -> None:
    try:
        if page is None:
            _create(group, program=program, by=by)
            report.created.append(group.fields["title"])
        elif _change(page, group):
            _update(page, group, by=by, report=report)
            report.updated.append(page.title)
        else:
            report.unchanged.append(page.title)
    except ValidationError as refusal:
        for field, messages in refusal.message_dict.items():
            column = COLUMN_OF_FIELD.get(field, "")
            report.add(group.number, column, Severity.ERROR, *messages)


def _create(group: GroupRow, *, program: AffiliateProgramPage, by: "User | None") -> None:
    scope = SCOPE_OF_COUNTRY[country_of(group.fields["region"])]
    page = AffiliatePage(**{"scope": scope, **group.fields}, live=False, owner=by)
    _change_links(page, group)
    program.add_child(instance=page)
    log(instance=page, action="wagtail.create", user=by, content_changed=True)
    page.full_clean()
    page.save_revision(user=by).publish(user=by)


def _update(
    page: AffiliatePage, group: GroupRow, *, by: "User | None", report: ImportReport
) -> None:
    page.full_clean()
    if page.live and page.has_unpublished_changes:
        message = _("The page had changes that were not published. They are in its history.")
        report.add(group.number, "", Severity.NOTE, message)
    revision = page.save_revision(user=by, log_action=True)
    if page.live:
        revision.publish(user=by)
    else:
        message = _("The page is not public. It was changed and stays so.")
        report.add(group.number, "", Severity.NOTE, message)


def _change(page: AffiliatePage, group: GroupRow) -> bool:
    """Makes the page as the row says; whether that changed anything."""
    changed = {name: value for name, value in group.fields.items() if getattr(page, name) != value}
    for name, value in changed.items():
        setattr(page, name, value)
    return _change_links(page, group) or bool(changed)


def _change_links(page: AffiliatePage, group: GroupRow) -> bool:
    """Sets, replaces and takes away the links of which the row says something."""
    links = {link.network: link for link in page.links.all()}
    before = {network: link.url for network, link in links.items()}
    after = {network: url for network, url in {**before, **group.links}.items() if url}
    if before == after:
        return False
    for network, url in after.items():
        link = links.setdefault(network, AffiliateLink(network=network))
        link.url = url
    page.links.set([links[network] for network in Network.values if network in after])
    return True

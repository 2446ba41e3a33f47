"""Registers and connects all packages of the app."""

from django.utils.translation import gettext_lazy as _
from wagtail.permissions import register_permission_policy

from affiliates import monitoring
from affiliates.admin.panels import affiliate_tabs, program_tabs
from affiliates.admin.permissions import (
    AffiliationPermissionPolicy,
    CallPermissionPolicy,
    ClosurePermissionPolicy,
    MailPermissionPolicy,
)
from affiliates.affiliations import deadlines as affiliation_deadlines
from affiliates.affiliations import hidden_pages
from affiliates.affiliations import receivers as affiliation_receivers
from affiliates.affiliations.admin.record import AffiliationPanel
from affiliates.affiliations.mails import contacts as contact_mails
from affiliates.affiliations.mails import endings as ending_mails
from affiliates.affiliations.mails import links as link_mails
from affiliates.applications import deadlines as application_deadlines
from affiliates.applications import receivers as application_receivers
from affiliates.applications.admin.pages import ApplicationPanel
from affiliates.applications.mails import applying as applying_mails
from affiliates.applications.mails import reviewing as reviewing_mails
from affiliates.applications.reviewed import AffiliateReviews
from affiliates.caching import receivers as caching_receivers
from affiliates.core import logging
from affiliates.directory import page_context
from affiliates.models import (
    AffiliatePage,
    AffiliateProgramPage,
    Affiliation,
    Closure,
    ContactUpdate,
    Requirement,
    SupportRequest,
)
from affiliates.policies import mails as policy_mails
from affiliates.policies import receivers as policy_receivers
from affiliates.portal import mails as portal_mails
from affiliates.portal import receivers as portal_receivers
from affiliates.portal.admin import ProfileChangePanel
from affiliates.programs import reviewers
from affiliates.programs.admin import PolicyPreviewPanel, ProgramWarningsPanel
from affiliates.requirements import contact, declared, documents, questions, reaffirm
from affiliates.requirements import deadlines as requirement_deadlines
from affiliates.requirements import mails as requirement_mails
from affiliates.requirements import receivers as requirement_receivers
from affiliates.requirements.admin.permissions import RequirementPermissionPolicy
from affiliates.requirements.badge import kind as badge
from affiliates.support import deadlines as support_deadlines
from affiliates.support import mails as support_mails
from affiliates.support import receivers as support_receivers
from affiliates.updates import deadlines as update_deadlines
from affiliates.updates import receivers as update_receivers
from affiliates.updates.admin.permissions import UpdatePermissionPolicy
from affiliates.updates.mails import asking as asking_mails
from affiliates.updates.mails import received as received_mails
from affiliates.updates.reviewed import UpdateReviews
from affiliates.updates.views import public as public_updates
from affiliates.webhooks import receivers as webhook_receivers
from workflows.core.reviewed_models import register_reviewed_model
from workflows.models import OutgoingMail

REGISTERED = (
    *(application_deadlines, affiliation_deadlines, support_deadlines, update_deadlines),
    *(applying_mails, reviewing_mails, contact_mails, ending_mails, link_mails, portal_mails),
    *(support_mails, asking_mails, received_mails, policy_mails),
    *(requirement_deadlines, requirement_mails, declared, contact),
    *(documents, questions, reaffirm, badge),
    monitoring,
)
"""Modules that register their kinds, or numbers to watch, when imported."""

RECEIVERS = (
    *(reviewers, application_receivers, affiliation_receivers, policy_receivers),
    *(update_receivers, support_receivers, requirement_receivers, portal_receivers),
    *(webhook_receivers, caching_receivers, hidden_pages),
)
"""In the order in which they receive signals."""


def compose() -> None:
    _show_pages()
    register_permission_policy(Affiliation, AffiliationPermissionPolicy(Affiliation))
    register_permission_policy(OutgoingMail, MailPermissionPolicy(OutgoingMail))
    register_permission_policy(SupportRequest, CallPermissionPolicy(SupportRequest))
    register_permission_policy(Requirement, RequirementPermissionPolicy(Requirement))
    register_permission_policy(Closure, ClosurePermissionPolicy(Closure))
    register_permission_policy(ContactUpdate, UpdatePermissionPolicy(ContactUpdate))
    register_reviewed_model(AffiliatePage, AffiliateReviews())
    register_reviewed_model(ContactUpdate, UpdateReviews())
    for room in RECEIVERS:
        room.connect()
    logging.install()


def _show_pages() -> None:
    AffiliateProgramPage.edit_handler = program_tabs(
        warnings=ProgramWarningsPanel(), look_ahead=PolicyPreviewPanel()
    )
    AffiliatePage.edit_handler = affiliate_tabs(
        proposed_change=ProfileChangePanel(),
        application=ApplicationPanel(),
        standing=AffiliationPanel(heading=_("Standing")),
    )
    page_context.connect()
    public_updates.connect()

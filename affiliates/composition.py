"""Puts the rooms together, from the ground up: what each registers, and what it listens to."""

from django.utils.translation import gettext_lazy as _
from wagtail.permissions import register_permission_policy

from affiliates.admin.panels import affiliate_tabs, program_tabs
from affiliates.affiliations import deadlines as affiliation_deadlines
from affiliates.affiliations import receivers as affiliation_receivers
from affiliates.affiliations.admin.panel import AffiliationPanel
from affiliates.affiliations.admin.permissions import (
    AffiliationPermissionPolicy,
    CallPermissionPolicy,
)
from affiliates.affiliations.mails import contacts as contact_mails
from affiliates.affiliations.mails import endings as ending_mails
from affiliates.affiliations.mails import links as link_mails
from affiliates.api import receivers as api_receivers
from affiliates.applications import deadlines as application_deadlines
from affiliates.applications import receivers as application_receivers
from affiliates.applications.admin.panel import ApplicationPanel
from affiliates.applications.mails import kinds as application_mails
from affiliates.applications.mails import welcome as welcome_mails
from affiliates.applications.reviewed import AffiliateReviews
from affiliates.core import logging
from affiliates.directory import page_context
from affiliates.models import (
    AffiliatePage,
    AffiliateProgramPage,
    Affiliation,
    ContactUpdate,
    SupportRequest,
)
from affiliates.policies import receivers as policy_receivers
from affiliates.portal import mails as portal_mails
from affiliates.portal import receivers as portal_receivers
from affiliates.portal.admin import ProfileChangePanel
from affiliates.programs.admin import PolicyPreviewPanel, ProgramWarningsPanel
from affiliates.support import deadlines as support_deadlines
from affiliates.support import mails as support_mails
from affiliates.support import receivers as support_receivers
from affiliates.updates import pages as update_pages
from affiliates.updates import receivers as update_receivers
from affiliates.updates.admin.permissions import UpdatePermissionPolicy
from affiliates.updates.deadlines import moderation as moderation_deadlines
from affiliates.updates.deadlines import requests as request_deadlines
from affiliates.updates.mails import asking as asking_mails
from affiliates.updates.mails import publishing as publishing_mails
from affiliates.updates.mails import thanks as thanks_mails
from affiliates.updates.reviewed import UpdateReviews
from affiliates.webhooks import receivers as webhook_receivers
from affiliates.webhooks.events import EVENTS
from workflows.core.reviewed_models import register_reviewed_model
from workflows.deadlines import policies
from workflows.mail import kinds
from workflows.webhooks import events

MAILS = (
    *(application_mails, welcome_mails, asking_mails, publishing_mails),
    *(ending_mails, support_mails, thanks_mails, contact_mails),
)
REGISTERED = (link_mails, portal_mails)
"""What is imported to register itself."""

RECEIVERS = (
    *(application_receivers, affiliation_receivers, policy_receivers, update_receivers),
    *(support_receivers, portal_receivers, webhook_receivers, api_receivers),
)
"""In the order in which they hear of what happened."""


def compose() -> None:
    """Called once, when the app is ready."""
    _show_pages()
    register_permission_policy(Affiliation, AffiliationPermissionPolicy(Affiliation))
    register_permission_policy(SupportRequest, CallPermissionPolicy(SupportRequest))
    register_permission_policy(ContactUpdate, UpdatePermissionPolicy(ContactUpdate))
    register_reviewed_model(AffiliatePage, AffiliateReviews())
    register_reviewed_model(ContactUpdate, UpdateReviews())
    for room in MAILS:
        for kind in room.KINDS:
            kinds.register(kind)
    for policy in (
        *application_deadlines.POLICIES,
        *moderation_deadlines.POLICIES,
        *(request_deadlines.POLICY, support_deadlines.POLICY, affiliation_deadlines.POLICY),
    ):
        policies.register(policy)
    for event in EVENTS:
        events.register(event)
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
    update_pages.connect()

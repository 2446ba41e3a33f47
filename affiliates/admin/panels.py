"""Tabs and panels of the page editor."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    TabbedInterface,
)
from wagtail.admin.utils import get_user_display_name
from wagtail.contrib.forms.forms import WagtailAdminFormPageForm

from affiliates.admin.affiliate_form import AffiliatePageForm
from affiliates.audit.permissions import MANAGE_PERMISSION
from affiliates.models.base_page import Page

POLICY_HELP = _(
    "<p>A group that applies is promised a decision by a certain day. If nobody decides, people are"
    " reminded: first the reviewers, then others. Each person gets at most one email a day, which"
    " lists everything that is waiting. Whoever has decided is not reminded.</p>"
    "<p>Changed days count as soon as you publish, also for applications that are open. The day"
    " that a group was promised stays.</p>"
)
UPDATES_HELP = _(
    "Days count from the day on which an update is due: the last day of its month, quarter or year."
    " An answer stops everything that is still to come."
)


def program_tabs(*, warnings: Panel, look_ahead: Panel) -> TabbedInterface:
    content = [
        *Page.content_panels,
        "introduction",
        "beliefs",
        "obligations",
        "benefits",
        "how_to_apply",
        "badge",
    ]
    application = [
        "applications_open",
        MultiFieldPanel(["countries", "region_word"], heading=_("Where the program works")),
        MultiFieldPanel(["networks"], heading=_("Where groups can be found")),
        MultiFieldPanel(["contact_name", "contact_email"], heading=_("Whom to write to")),
        MultiFieldPanel([_for_managers("review_group")], heading=_("Who reviews")),
        InlinePanel(
            "questions",
            heading=_("Your own questions"),
            label=_("Question"),
            help_text=_("Asked after the group and its contacts. Ask only what you need to know."),
        ),
    ]
    policy = [
        *_review_policy(),
        *_update_policy(),
        MultiFieldPanel([look_ahead], heading=_("Look ahead")),
    ]
    return _tabs(
        ProgramPageForm,
        (_("Content"), [warnings, *content]),
        (_("Application"), application),
        (_("Policy"), policy),
    )


def _review_policy() -> list[Panel]:
    return [
        HelpPanel(POLICY_HELP),
        MultiFieldPanel(
            ["review_days", FieldRowPanel(["time_zone", "sending_hour"]), "holidays_of"],
            heading=_("What applicants are promised"),
        ),
        MultiFieldPanel(
            [
                FieldPanel(
                    "review_reminder_days",
                    help_text=_("Business days after the group applied. Before the promised day."),
                ),
                FieldPanel(
                    "review_escalation_days",
                    help_text=_("Business days after the group applied. After the promised day."),
                ),
                _for_managers("escalation_group"),
                FieldPanel(
                    "review_second_escalation_days",
                    help_text=_("Business days. After that, every week until someone decides."),
                ),
                _for_managers("director"),
            ],
            heading=_("When a review is late"),
        ),
        MultiFieldPanel(
            ["answer_reminder_days", "answer_days"],
            heading=_("When a group is asked"),
            help_text=_("While a group owes an answer, the clock of its review stands still."),
        ),
    ]


def _for_managers(field: str) -> FieldPanel:
    """Where values are written, ``programs.reviewers`` asks for the same permission."""
    return FieldPanel(field, permission=MANAGE_PERMISSION)


def _update_policy() -> list[Panel]:
    return [
        MultiFieldPanel(
            [
                "update_interval_months",
                "update_ask_days",
                "update_reminder_days",
                "update_alternate_days",
                "update_attention_days",
                "update_call_days",
                "update_pause_days",
            ],
            heading=_("Updates from affiliates"),
            help_text=UPDATES_HELP,
        ),
        MultiFieldPanel(["support_days"], heading=_("When an affiliate needs help")),
    ]


def affiliate_tabs(
    *, proposed_change: Panel, application: Panel, standing: Panel
) -> TabbedInterface:
    content = [
        MultiFieldPanel([FieldPanel("meant_as")], heading=_("This page is a copy"), icon="copy"),
        *Page.content_panels,
        MultiFieldPanel(
            ["region", FieldRowPanel(["scope", "locality"])], heading=_("Where the group works")
        ),
        "summary",
        "body",
        "logo",
        InlinePanel(
            "links",
            heading=_("Where to find the group"),
            label=_("Link"),
            help_text=_(
                "One link per network. Visitors see those that the program shows (on its tab"
                " “Application”), in its order."
            ),
        ),
    ]
    return _tabs(
        AffiliatePageForm,
        (_("Content"), [proposed_change, *content]),
        (_("Application"), [application]),
        (_("Affiliation"), [standing, "affiliated_since", "update_interval_months"]),
    )


def _tabs(form_class: type, *ours: tuple[Any, list]) -> TabbedInterface:
    wagtails = ((_("Promote"), Page.promote_panels), (_("Settings"), Page.settings_panels))
    panels = [ObjectList(children, heading=heading) for heading, children in (*ours, *wagtails)]
    return TabbedInterface(panels, base_form_class=form_class)


class ProgramPageForm(WagtailAdminFormPageForm):
    """Offers only users with an email address as director, by name."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields.get("director")
        if field:
            can_be_told = Q(is_active=True) & ~Q(email="")
            people = field.queryset.filter(can_be_told | Q(pk=self.instance.director_id))
            field.queryset = people.order_by("last_name", "first_name", "pk")
            field.label_from_instance = get_user_display_name

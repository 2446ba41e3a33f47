"""What editors see of our pages: tabs, panels and their words."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.contrib.forms.forms import WagtailAdminFormPageForm

from affiliates.application_panel import ApplicationPanel
from affiliates.base_page import Page

POLICY_HELP = _(
    "<p><strong>What these numbers do today:</strong> applicants are told by which day you decide. "
    "That day follows from “decide within” and the time zone.</p>"
    "<p><strong>What they will do:</strong> this version sends no reminders. The numbers for "
    "reminders and escalation are kept for the next version, which acts on them.</p>"
)


def program_tabs() -> TabbedInterface:
    """Content, Application, Policy, Promote, Settings."""
    return TabbedInterface(
        [
            ObjectList(_program_content(), heading=_("Content")),
            ObjectList(_program_application(), heading=_("Application")),
            ObjectList(_program_policy(), heading=_("Policy")),
            ObjectList(Page.promote_panels, heading=_("Promote")),
            ObjectList(Page.settings_panels, heading=_("Settings")),
        ],
        base_form_class=WagtailAdminFormPageForm,
    )


def _program_content() -> list:
    return [
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("beliefs"),
        FieldPanel("obligations"),
        FieldPanel("benefits"),
        FieldPanel("how_to_apply"),
        FieldPanel("badge"),
    ]


def _program_application() -> list:
    return [
        FieldPanel("applications_open"),
        MultiFieldPanel(
            [FieldPanel("contact_name"), FieldPanel("contact_email")], heading=_("Whom to write to")
        ),
        MultiFieldPanel([FieldPanel("review_group")], heading=_("Who reviews")),
        InlinePanel(
            "questions",
            heading=_("Your own questions"),
            label=_("Question"),
            help_text=_("Asked after the group and its contacts. Ask only what you need to know."),
        ),
    ]


def _program_policy() -> list:
    return [
        HelpPanel(POLICY_HELP),
        MultiFieldPanel(
            [
                FieldPanel("review_days"),
                FieldRowPanel([FieldPanel("time_zone"), FieldPanel("sending_hour")]),
            ],
            heading=_("What applicants are promised"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("escalation_group"),
                FieldPanel("review_reminder_days"),
                FieldPanel("review_escalation_days"),
                FieldPanel("review_second_escalation_days"),
                FieldPanel("director"),
            ],
            heading=_("When a review is late"),
        ),
        MultiFieldPanel(
            [FieldPanel("answer_reminder_days"), FieldPanel("answer_days")],
            heading=_("When a reviewer asks the group something"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("update_interval_months"),
                FieldPanel("update_ask_days"),
                FieldPanel("update_reminder_days"),
                FieldPanel("update_alternate_days"),
                FieldPanel("update_attention_days"),
                FieldPanel("update_call_days"),
                FieldPanel("update_pause_days"),
            ],
            heading=_("Updates from affiliates (next version)"),
        ),
    ]


class AffiliatePageForm(WagtailAdminPageForm):
    def clean(self):
        cleaned_data = super().clean()
        self._refuse_second_link_to_a_network()
        return cleaned_data

    def _refuse_second_link_to_a_network(self) -> None:
        seen = set()
        for form in self.formsets["links"].forms if "links" in self.formsets else ():
            network = form.cleaned_data.get("network") if form.is_valid() else None
            if network is None or form.cleaned_data.get("DELETE"):
                continue
            if network in seen:
                form.add_error("network", _("There is a link to this network already."))
            seen.add(network)


def affiliate_tabs() -> TabbedInterface:
    """Content, Application (for who may see it), Affiliation, Promote, Settings."""
    return TabbedInterface(
        [
            ObjectList(_affiliate_content(), heading=_("Content")),
            ObjectList([ApplicationPanel()], heading=_("Application")),
            ObjectList(_affiliation(), heading=_("Affiliation")),
            ObjectList(Page.promote_panels, heading=_("Promote")),
            ObjectList(Page.settings_panels, heading=_("Settings")),
        ],
        base_form_class=AffiliatePageForm,
    )


def _affiliate_content() -> list:
    return [
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel("region"), FieldRowPanel([FieldPanel("scope"), FieldPanel("locality")])],
            heading=_("Where the group works"),
        ),
        FieldPanel("summary"),
        FieldPanel("body"),
        FieldPanel("logo"),
        InlinePanel(
            "links",
            heading=_("Where to find the group"),
            label=_("Link"),
            help_text=_("One link per network, in the order that visitors see."),
        ),
    ]


def _affiliation() -> list:
    return [
        FieldPanel("affiliated_since"),
        FieldPanel("standing"),
        FieldPanel("update_interval_months"),
    ]

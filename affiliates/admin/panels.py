"""What editors see of our pages: tabs, panels and their words."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
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
from wagtail.contrib.forms.forms import WagtailAdminFormPageForm

from affiliates.models.base_page import Page

POLICY_HELP = _(
    "<p>A group that applies is promised a decision by a certain day. If nobody decides, people are"
    " reminded: first the reviewers, then others. Each person gets one mail a day at most, which"
    " lists all that waits. Whoever has decided is not reminded.</p>"
    "<p>Changed days count as soon as you publish, also for applications that are open. The day"
    " that a group was promised stays.</p>"
)
UPDATES_HELP = _(
    "Days count from the day on which an update is due: the last day of its month, quarter or year."
    " An answer stops all that is still to come."
)


def program_tabs(*, warnings: Panel, look_ahead: Panel) -> TabbedInterface:
    """Content, Application, Policy, Promote, Settings. Other rooms bring what they show."""
    return TabbedInterface(
        [
            ObjectList([warnings, *_program_content()], heading=_("Content")),
            ObjectList(_program_application(), heading=_("Application")),
            ObjectList(_program_policy(look_ahead), heading=_("Policy")),
            ObjectList(Page.promote_panels, heading=_("Promote")),
            ObjectList(Page.settings_panels, heading=_("Settings")),
        ],
        base_form_class=ProgramPageForm,
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


def _program_policy(look_ahead: Panel) -> list:
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
                FieldPanel(
                    "review_reminder_days",
                    help_text=_("Business days after the group applied. Before the promised day."),
                ),
                FieldPanel(
                    "review_escalation_days",
                    help_text=_("Business days after the group applied. After the promised day."),
                ),
                FieldPanel("escalation_group"),
                FieldPanel(
                    "review_second_escalation_days",
                    help_text=_("Business days. From then on every week until somebody decides."),
                ),
                FieldPanel("director"),
            ],
            heading=_("When a review is late"),
        ),
        MultiFieldPanel(
            [FieldPanel("answer_reminder_days"), FieldPanel("answer_days")],
            heading=_("When a group is asked"),
            help_text=_("While a group owes an answer, the clock of its review stands still."),
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
            heading=_("Updates from affiliates"),
            help_text=UPDATES_HELP,
        ),
        MultiFieldPanel([FieldPanel("support_days")], heading=_("When an affiliate needs help")),
        MultiFieldPanel([look_ahead], heading=_("Look ahead")),
    ]


class ProgramPageForm(WagtailAdminFormPageForm):
    """Offers as director those who can be written to, by their names."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields.get("director")
        if field:
            can_be_told = Q(is_active=True) & ~Q(email="")
            people = field.queryset.filter(can_be_told | Q(pk=self.instance.director_id))
            field.queryset = people.order_by("last_name", "first_name", "pk")
            field.label_from_instance = _name_of


def _name_of(user) -> str:
    return user.get_full_name() or user.get_username()


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


def affiliate_tabs(
    *, proposed_change: Panel, application: Panel, standing: Panel
) -> TabbedInterface:
    """Content, Application (for who may see it), Affiliation, Promote, Settings."""
    return TabbedInterface(
        [
            ObjectList([proposed_change, *_affiliate_content()], heading=_("Content")),
            ObjectList([application], heading=_("Application")),
            ObjectList([standing, *_affiliation()], heading=_("Affiliation")),
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
        FieldPanel("update_interval_months"),
    ]

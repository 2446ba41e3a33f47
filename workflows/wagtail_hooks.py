from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from workflows.leases.admin import SENT_AGAIN
from workflows.mail.admin import MailGroup
from workflows.monitoring.numbers import may_see
from workflows.monitoring.views import NumbersView
from workflows.reviews.admin.menu import offer_review
from workflows.reviews.admin.panels import replace_panels
from workflows.reviews.admin.reports import OpenReviewsView
from workflows.reviews.admin.turns import decide_in_turn
from workflows.reviews.admin.views import AskForWordsView, AssignReviewView, DecideView, PassView
from workflows.reviews.oversight import may_see_reviews
from workflows.webhooks.admin import WebhookGroup
from workflows.webhooks.admin.endpoints import RENEWED_SECRET

hooks.register("register_admin_viewset", MailGroup)
hooks.register("register_admin_viewset", WebhookGroup)
hooks.register("construct_page_action_menu", offer_review)
hooks.register("construct_snippet_action_menu", offer_review)
hooks.register("before_edit_page", decide_in_turn)
hooks.register("before_edit_snippet", decide_in_turn)


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action(SENT_AGAIN, _("Send again"), _("Sent again"))
    actions.register_action(RENEWED_SECRET, _("New secret"), _("Made a new secret"))


class OpenReviewsMenuItem(MenuItem):
    def is_shown(self, request):
        return may_see_reviews(request.user)


@hooks.register("register_reports_menu_item")
def register_open_reviews_menu_item():
    return OpenReviewsMenuItem(
        _("Open reviews"),
        reverse("workflows_open_reviews"),
        name="open-reviews",
        icon_name="tasks",
        order=790,  # just before Wagtail's own reports about workflows
    )


class NumbersMenuItem(MenuItem):
    def is_shown(self, request):
        return may_see(request.user)


@hooks.register("register_reports_menu_item")
def register_numbers_menu_item():
    return NumbersMenuItem(
        NumbersView.page_title,
        reverse("workflows_numbers"),
        name="numbers",
        icon_name=NumbersView.header_icon,
        order=795,
    )


@hooks.register("register_admin_urls")
def register_urls():
    report, review = "reports/open-reviews/", "reviews/<int:pk>/"
    return [
        path("reports/numbers/", NumbersView.as_view(), name="workflows_numbers"),
        path(report, OpenReviewsView.as_view(), name="workflows_open_reviews"),
        path(
            f"{report}results/",
            OpenReviewsView.as_view(results_only=True),
            name="workflows_open_reviews_results",
        ),
        path(
            f"{review}words/<slug:action>/",
            AskForWordsView.as_view(),
            name="workflows_review_words",
        ),
        path(f"{review}pass/<slug:action>/", PassView.as_view(), name="workflows_review_pass"),
        path(
            f"{review}decide/<slug:action>/", DecideView.as_view(), name="workflows_decide_review"
        ),
        path(f"{review}assign/", AssignReviewView.as_view(), name="workflows_assign_review"),
    ]


@hooks.register("construct_homepage_panels")
def register_panels(request, panels):
    replace_panels(panels)

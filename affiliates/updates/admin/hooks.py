"""Updates in Wagtail's admin. Imported by ``wagtail_hooks``."""

from django.urls import path
from wagtail import hooks

from affiliates.affiliations.admin.viewsets import AffiliationViewSet
from affiliates.updates.admin.actions import AskAgainView, WaiveView
from affiliates.updates.admin.viewset import UpdateViewSet, hide_publishing

AffiliationViewSet.record_urls += [
    path("requests/<int:request_pk>/waive/", WaiveView.as_view(), name="waive"),
    path("requests/<int:request_pk>/ask/", AskAgainView.as_view(), name="ask_again"),
]


@hooks.register("register_admin_viewset")
def register_updates():
    return UpdateViewSet()


hooks.register("construct_snippet_action_menu", hide_publishing)

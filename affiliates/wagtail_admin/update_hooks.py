"""Updates in Wagtail's admin. Imported by ``wagtail_hooks``."""

from wagtail import hooks

from affiliates.wagtail_admin.update_viewset import UpdateViewSet, hide_publishing


@hooks.register("register_admin_viewset")
def register_updates():
    return UpdateViewSet()


hooks.register("construct_snippet_action_menu", hide_publishing)

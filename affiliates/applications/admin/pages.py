"""Applications in the page editor: a read-only tab, and the check before a page is deleted."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.panels import Panel
from wagtail.permissions import policy_registry

from affiliates.applications.admin.context import application_context
from affiliates.audit.permissions import may_see
from affiliates.models import AffiliatePage, AffiliateProgramPage, Application
from affiliates.models.base_page import Page


class ApplicationPanel(Panel):
    """Read only. Hidden if the page has no application, or one that the user may not see."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "affiliates/applications/admin/application_panel.html"

        @cached_property
        def application(self) -> Any:
            if self.request is None or self.instance.pk is None:
                return None
            applications = Application.objects.select_related("program", "affiliate")
            found = applications.filter(affiliate=self.instance.pk).first()
            return found if found and may_see(self.request.user, found) else None

        def is_shown(self) -> bool:
            return self.application is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            return {**context, **application_context(self.application, self.request.user)}

        @property
        def media(self) -> Media:
            return Media(css={"all": ["affiliates/admin/records.css"]})


def without_others_drafts(pages: QuerySet, user: Any) -> QuerySet:
    """For Wagtail's chooser, which offers everybody all pages: a draft says who has applied."""
    editable = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "change")
    drafts = AffiliatePage.objects.filter(live=False).exclude(pk__in=editable.values("pk"))
    return pages.exclude(pk__in=drafts.values("pk"))


def refuse_to_delete(request: HttpRequest, pages: Iterable[Any]) -> HttpResponse | None:
    """Redirect with a message if any page is, or contains, a program with records.
    The database would refuse the deletion, too, but Wagtail would show an error page.
    """
    inside = Q(pk__in=[])
    for page in pages:
        inside |= Q(path__startswith=page.path)
    programs = AffiliateProgramPage.objects.filter(inside).filter(
        Q(applications__isnull=False) | Q(affiliations__isnull=False)
    )
    program = programs.distinct().first()
    if program is None:
        return None
    messages.error(
        request,
        _(
            "“%(program)s” has applications or affiliates, which have to stay on record. It was not"
            " deleted. Unpublish it instead."
        )
        % {"program": program.title},
    )
    return redirect("wagtailadmin_explore", program.get_parent().pk)

"""The applications in Wagtail's admin: a list with filters and exports, and a page for each.

Read only. What may happen to an application happens through the services.
"""

from datetime import date

from django.db.models import Case, DateTimeField, F, IntegerField, Prefetch, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.base import ViewSetGroup

from affiliates import application_details as details
from affiliates.application_export import APPLICATION_COLUMNS, answer_as_text
from affiliates.deadlines import review_due_on
from affiliates.exports import SafeExportMixin
from affiliates.filters import ApplicationFilterSet, search_applications
from affiliates.models import Acceptance, Application
from affiliates.services.look_alikes import look_alikes
from affiliates.states import OPEN, ApplicationState, ContactRole
from workflows.admin_access import MAY_SEE, RecordURLFinder, RecordViewSet

"""Either permission lets a person see applications. Nobody can add or delete them here."""

WORK_FIRST = (
    Case(When(state__in=OPEN, then=Value(0)), default=Value(1), output_field=IntegerField()),
    Case(When(state__in=OPEN, then=F("submitted_at")), output_field=DateTimeField()),
    "-submitted_at",
    "-pk",
)
"""Applications that wait for somebody, the longest waiting first; then the others, newest first."""


def is_open(application: Application) -> bool:
    return application.state in OPEN


def due_on(application: Application) -> date | None:
    """When the group was promised an answer, as long as it waits for one."""
    return review_due_on(application) if is_open(application) else None


class DueColumn(Column):
    cell_template_name = "affiliates/admin/due_cell.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, "due_on": due_on(instance), "today": timezone.localdate()}


class ContactColumn(Column):
    cell_template_name = "affiliates/admin/contact_cell.html"

    def get_value(self, instance: Application):
        return details.contact_of(instance, ContactRole.PRIMARY)


class ApplicationIndexView(SafeExportMixin, IndexView):
    any_permission_required = MAY_SEE
    is_searchable = True
    export_columns = APPLICATION_COLUMNS

    def get_base_queryset(self) -> QuerySet[Application]:
        """Without drafts, unless somebody asks for them: what was not sent is not for us."""
        applications = super().get_base_queryset().defer("form_data")
        if ApplicationState.DRAFT not in self.request.GET.getlist("state"):
            applications = applications.exclude(state=ApplicationState.DRAFT)
        return applications.prefetch_related("program", "contacts", *self._only_for_exports())

    def _only_for_exports(self) -> list[Prefetch]:
        if not self.is_export:
            return []
        return [Prefetch("acceptances", Acceptance.objects.only("application"))]

    def get_list_more_buttons(self, instance) -> list:
        """None: the name leads to the only page there is."""
        return []

    def search_queryset(self, queryset: QuerySet[Application]) -> QuerySet[Application]:
        return search_applications(queryset, self.search_query) if self.is_searching else queryset


class ApplicationInspectView(InspectView):
    any_permission_required = MAY_SEE
    page_title = _("Application")

    def get_fields(self) -> list[str]:
        """None of Wagtail's generic ones: the template names what it shows."""
        return []

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        application = self.object
        accepted = details.accepted_statements(application)
        return {
            **context,
            "application": application,
            "is_draft": application.state == ApplicationState.DRAFT,
            "is_open": is_open(application),
            "next_step": details.NEXT_STEP[ApplicationState(application.state)],
            "due_on": due_on(application),
            "today": timezone.localdate(),
            "region": details.region_of(application),
            "program_url": self._url_finder.get_edit_url(application.program),
            "links": details.links_of(application),
            "contacts": self._contacts(),
            "answers": [
                {"label": answer["label"], "value": answer_as_text(answer["value"])}
                for answer in application.answers
            ],
            "accepted": accepted,
            "added_since": details.added_since(application.program, accepted),
            "look_alikes": self._look_alikes(),
            "story": self._story(),
        }

    @cached_property
    def _url_finder(self) -> AdminURLFinder:
        return AdminURLFinder(self.request.user)

    def _contacts(self):
        return [
            contact
            for role in ContactRole
            if (contact := details.contact_of(self.object, role)) is not None
        ]

    def _look_alikes(self):
        return [
            (item, item._meta.verbose_name, self._url_finder.get_edit_url(item))
            for item in look_alikes(self.object)
        ]

    def _story(self):
        return [
            (line, self._url_finder.get_edit_url(line.mail) if line.mail else None)
            for line in details.story_of(self.object)
        ]


class ApplicationURLFinder(RecordURLFinder):
    edit_url_name = "affiliates_application:inspect"


class ApplicationViewSet(RecordViewSet):
    model = Application
    name = "affiliates_application"
    url_prefix = "affiliates/applications"
    icon = "form"
    index_view_class = ApplicationIndexView
    inspect_view_class = ApplicationInspectView
    index_template_name = "affiliates/admin/applications.html"
    inspect_template_name = "affiliates/admin/application.html"
    filterset_class = ApplicationFilterSet
    list_per_page = 50
    ordering = WORK_FIRST
    export_filename = "applications"
    url_finder_class = ApplicationURLFinder
    list_display = [
        "name",
        StatusTagColumn(
            "state",
            label=_("State"),
            accessor="get_state_display",
            primary=is_open,
            sort_key="state",
        ),
        DueColumn("due_on", label=_("Decision due")),
        Column(
            "region", label=_("State or province"), accessor=details.region_of, sort_key="region"
        ),
        DateColumn("submitted_at", label=_("Sent"), sort_key="submitted_at"),
        ContactColumn("contact", label=_("Contact")),
        Column("reference", label=_("Reference"), sort_key="reference"),
    ]


class AffiliatesGroup(ViewSetGroup):
    """The menu "Affiliates". Other parts join it by the hook ``register_affiliates_menu_item``."""

    menu_label = _("Affiliates")
    menu_name = "affiliates"
    menu_icon = "group"
    menu_order = 250
    submenu_hook = "register_affiliates_menu_item"
    items = (ApplicationViewSet,)


def waiting_url() -> str:
    """The list of applications that wait for somebody."""
    states = "&".join(f"state={state}" for state in ApplicationState if state in OPEN)
    return f"{reverse('affiliates_application:index')}?{states}"

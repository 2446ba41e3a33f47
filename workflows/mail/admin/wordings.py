"""Views to edit, preview and reset the wordings of emails."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.coreutils import get_content_languages
from wagtail.permissions import policy_registry

from workflows.core.admin import LimitedViewSet
from workflows.mail.forms import WordingForm
from workflows.mail.grammar import problems
from workflows.mail.kinds import MailKind, all_kinds, get_kind, is_known
from workflows.mail.reading import guarded
from workflows.mail.rendering import Content, compose
from workflows.mail.wordings import Wording, default_wording, reset_wording, save_wording
from workflows.models import MailWording


@dataclass(frozen=True)
class WordingRow:
    kind: MailKind
    language: str
    language_name: str
    own: MailWording | None

    @property
    def is_broken(self) -> bool:
        own = self.own
        return bool(own and problems(own.subject, own.text, self.kind))

    @property
    def status(self) -> str:
        if self.is_broken:
            return gettext("Not used: a placeholder is wrong")
        return gettext("Own wording") if self.own else gettext("Default")

    @property
    def edit_url(self) -> str:
        return self.url_of("edit")

    def url_of(self, view: str) -> str:
        return reverse(f"mail_wording:{view}", args=[self.kind.name, self.language])

    @property
    def title(self) -> str:
        label = str(self.kind.label)
        return f"{label} ({self.language_name})" if len(get_content_languages()) > 1 else label


def wording_rows() -> list[WordingRow]:
    own = {(row.kind, row.language): row for row in MailWording.objects.all()}
    return [
        WordingRow(kind, language, str(name), own.get((kind.name, language)))
        for kind in all_kinds()
        for language, name in get_content_languages().items()
    ]


class WordingIndexView(PermissionCheckedMixin, BaseListingView):
    permission_required = "change"
    model = MailWording
    page_title = _("Wordings")
    header_icon = "edit"
    index_url_name = "mail_wording:index"
    template_name = "affiliate_workflows/admin/list.html"
    columns = [
        TitleColumn(
            "kind",
            label=_("Email"),
            accessor=lambda row: row.kind.label,
            get_url=lambda row: row.edit_url,
        ),
        Column(
            "sent",
            label=_("Sent"),
            accessor=lambda row: row.kind.sent_when,
            classname="mail-wide-only",
        ),
        Column("language_name", label=_("Language")),
        StatusTagColumn("status", label=_("Wording"), primary=lambda row: not row.is_broken),
        DateColumn("own.updated_at", label=_("Changed"), classname="mail-wide-only"),
    ]

    def get_queryset(self) -> list[WordingRow]:
        return wording_rows()


class OneWordingMixin(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    permission_required = "change"
    model = MailWording
    header_icon = "edit"
    row: WordingRow

    def setup(self, request: HttpRequest, kind: str, language: str) -> None:
        super().setup(request, kind=kind, language=language)
        names = get_content_languages()
        if not is_known(kind) or language not in names:
            raise Http404
        own = MailWording.objects.filter(kind=kind, language=language).first()
        self.row = WordingRow(get_kind(kind), language, str(names[language]), own)

    @cached_property
    def default(self) -> Wording:
        return default_wording(self.row.kind, self.row.language)

    def get_page_subtitle(self) -> str:
        return self.row.title

    def get_breadcrumbs_items(self):
        index = {"url": reverse("mail_wording:index"), "label": gettext("Wordings")}
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.row.title}
        return [*self.breadcrumbs_items, index, here]

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "kind": self.row.kind,
            "own": self.row.own,
            "default": self.default,
            "edit_url": self.row.edit_url,
            "reset_url": self.row.url_of("reset"),
        }


class WordingEditView(OneWordingMixin, FormView):
    """The "Preview" button renders the email without saving."""

    page_title = _("Wording")
    template_name = "affiliate_workflows/admin/wording.html"
    form_class = WordingForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "kind": self.row.kind}

    def get_initial(self):
        wording = self.row.own or self.default
        return {"subject": wording.subject, "text": wording.text}

    def form_valid(self, form: WordingForm) -> HttpResponse:
        kind, language, said = self.row.kind, self.row.language, form.cleaned_data
        if "preview" in self.request.POST:
            preview = preview_of(kind, Wording(**said, language=language))
            return self.render_to_response(self.get_context_data(form=form, preview=preview))
        save_wording(kind=kind.name, language=language, by=self.request.user, **said)
        messages.success(self.request, gettext("Saved. From now on, emails say this."))
        return redirect(self.row.edit_url)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {**context, "media": context["form"].media}


class WordingResetView(OneWordingMixin, TemplateView):
    page_title = _("Back to the default wording")
    template_name = "affiliate_workflows/admin/wording_reset.html"

    def post(self, request: HttpRequest, kind: str, language: str) -> HttpResponse:
        reset_wording(kind=kind, language=language, by=request.user)
        messages.success(request, gettext("From now on, emails use the default wording."))
        return redirect(self.row.edit_url)


def preview_of(kind: MailKind, wording: Wording) -> Content:
    """Fill the wording with the placeholders' examples; the HTML loads nothing."""
    examples = {placeholder.name: placeholder.sample for placeholder in kind.placeholders}
    content = compose(kind, wording, examples)
    return Content(content.subject, content.text, guarded(content.html))


class WordingURLFinder(ModelAdminURLFinder):
    edit_url_name = "mail_wording:edit"

    def construct_edit_url(self, instance) -> str:
        return reverse(self.edit_url_name, args=[instance.kind, instance.language])


class WordingMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        policy = policy_registry.get_by_type(MailWording)
        return policy.user_has_permission(request.user, "change")


class WordingViewSet(LimitedViewSet):
    model = MailWording
    name = "mail_wording"
    url_prefix = "mail/wordings"
    menu_label = _("Wordings")
    menu_item_class = WordingMenuItem
    icon = "edit"
    index_view_class = WordingIndexView
    url_finder_class = WordingURLFinder
    actions = ("change",)

    def get_urlpatterns(self):
        one = "<slug:kind>/<slug:language>/"
        return [
            path("", WordingIndexView.as_view(), name="index"),
            path(one, WordingEditView.as_view(), name="edit"),
            path(f"{one}default/", WordingResetView.as_view(), name="reset"),
        ]

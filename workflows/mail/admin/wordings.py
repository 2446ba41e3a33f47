"""The wordings of mails in Wagtail's admin: what each mail says, and saying it differently."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
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
from workflows.core.exceptions import UnknownMailKind
from workflows.mail.forms import WordingForm
from workflows.mail.grammar import problems
from workflows.mail.kinds import MailKind, all_kinds, get_kind
from workflows.mail.reading import guarded
from workflows.mail.rendering import Content, compose
from workflows.mail.wordings import Wording, default_wording, reset_wording, save_wording
from workflows.models import MailWording


@dataclass(frozen=True)
class WordingRow:
    """One kind of mail in one of the site's languages, and the editors' own wording of it."""

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
            return _("Not used: a placeholder is wrong")
        return _("Own wording") if self.own else _("Default")

    @property
    def edit_url(self) -> str:
        return reverse("mail_wording:edit", args=[self.kind.name, self.language])


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
    page_title = gettext_lazy("Wordings")
    header_icon = "edit"
    index_url_name = "mail_wording:index"
    template_name = "affiliate_workflows/admin/list.html"
    columns = [
        TitleColumn(
            "kind",
            label=gettext_lazy("Mail"),
            accessor=lambda row: row.kind.label,
            get_url=lambda row: row.edit_url,
        ),
        Column(
            "sent",
            label=gettext_lazy("Sent"),
            accessor=lambda row: row.kind.sent_when,
            classname="mail-wide-only",
        ),
        Column("language_name", label=gettext_lazy("Language")),
        StatusTagColumn(
            "status", label=gettext_lazy("Wording"), primary=lambda row: not row.is_broken
        ),
        DateColumn("own.updated_at", label=gettext_lazy("Changed"), classname="mail-wide-only"),
    ]

    def get_queryset(self) -> list[WordingRow]:
        return wording_rows()


class OneWordingMixin(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    """A page about one kind in one language, both from the address."""

    permission_required = "change"
    model = MailWording
    header_icon = "edit"
    kind: MailKind
    language: str

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        try:
            self.kind = get_kind(kwargs["kind"])
        except UnknownMailKind as error:
            raise Http404 from error
        self.language = kwargs["language"]
        if self.language not in get_content_languages():
            raise Http404

    def get_page_subtitle(self) -> str:
        languages = get_content_languages()
        label = str(self.kind.label)
        return f"{label} ({languages[self.language]})" if len(languages) > 1 else label

    def get_breadcrumbs_items(self):
        index = {"url": reverse("mail_wording:index"), "label": _("Wordings")}
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, index, here]

    @property
    def edit_url(self) -> str:
        return reverse("mail_wording:edit", args=[self.kind.name, self.language])

    @cached_property
    def own(self) -> MailWording | None:
        return MailWording.objects.filter(kind=self.kind.name, language=self.language).first()


class WordingEditView(OneWordingMixin, FormView):
    """Saves, or with the button "Preview" shows what the mail would say and saves nothing."""

    page_title = gettext_lazy("Wording")
    template_name = "affiliate_workflows/admin/wording.html"
    form_class = WordingForm

    @cached_property
    def default(self) -> Wording:
        return default_wording(self.kind, self.language)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "kind": self.kind}

    def get_initial(self):
        wording = self.own or self.default
        return {"subject": wording.subject, "text": wording.text}

    def form_valid(self, form: WordingForm) -> HttpResponse:
        if "preview" in self.request.POST:
            preview = preview_of(self.kind, Wording(**form.cleaned_data, language=self.language))
            return self.render_to_response(self.get_context_data(form=form, preview=preview))
        user = self.request.user
        save_wording(kind=self.kind.name, language=self.language, by=user, **form.cleaned_data)
        messages.success(self.request, _("Saved. Mails from now on say this."))
        return redirect(self.edit_url)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["media"] = context["form"].media
        return {
            **context,
            "kind": self.kind,
            "own": self.own,
            "default": self.default,
            "reset_url": reverse("mail_wording:reset", args=[self.kind.name, self.language]),
        }


class WordingResetView(OneWordingMixin, TemplateView):
    page_title = gettext_lazy("Back to the default wording")
    template_name = "affiliate_workflows/admin/wording_reset.html"

    def get_context_data(self, **kwargs):
        default = default_wording(self.kind, self.language)
        context = {"own": self.own, "default": default, "edit_url": self.edit_url}
        return super().get_context_data(**context, **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        reset_wording(kind=self.kind.name, language=self.language, by=request.user)
        messages.success(request, _("Mails from now on use the default wording."))
        return redirect(self.edit_url)


def preview_of(kind: MailKind, wording: Wording) -> Content:
    """The mail as it would be with the placeholders' examples; its HTML loads nothing."""
    examples = {placeholder.name: placeholder.sample for placeholder in kind.placeholders}
    content = compose(kind, wording, examples)
    return Content(content.subject, content.text, guarded(content.html))


class WordingURLFinder(ModelAdminURLFinder):
    """Where the admin shows a wording: wordings are found by kind and language."""

    edit_url_name = "mail_wording:edit"

    def construct_edit_url(self, instance) -> str:
        return reverse(self.edit_url_name, args=[instance.kind, instance.language])


class WordingViewSet(LimitedViewSet):
    model = MailWording
    name = "mail_wording"
    url_prefix = "mail/wordings"
    menu_label = gettext_lazy("Wordings")
    icon = "edit"
    index_view_class = WordingIndexView
    url_finder_class = WordingURLFinder
    actions = ("change",)

    @property
    def menu_item_class(self):
        def is_shown(_self, request) -> bool:
            policy = policy_registry.get_by_type(MailWording)
            return policy.user_has_permission(request.user, "change")

        return type("WordingMenuItem", (MenuItem,), {"is_shown": is_shown})

    def get_urlpatterns(self):
        one = "<slug:kind>/<slug:language>/"
        return [
            path("", WordingIndexView.as_view(), name="index"),
            path(one, WordingEditView.as_view(), name="edit"),
            path(f"{one}default/", WordingResetView.as_view(), name="reset"),
        ]

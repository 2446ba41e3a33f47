from django.templatetags.static import static
from django.urls import reverse
from django.views.generic import RedirectView, TemplateView
from wagtail.admin.views.account import LogoutView


class Robots(TemplateView):
    """Tells search engines where the sitemap is, and to leave alone what concerns one person."""

    template_name = "robots.txt"
    content_type = "text/plain; charset=utf-8"

    def get_context_data(self, **kwargs):
        sitemap = self.request.build_absolute_uri(reverse("sitemap"))
        return super().get_context_data(sitemap=sitemap, **kwargs)


class Logout(LogoutView):
    """Wagtail's. The browser keeps nothing of what it was shown either."""

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class Favicon(RedirectView):
    """For browsers that ask for /favicon.ico without having read the page."""

    def get_redirect_url(self, *args, **kwargs):
        return static("site/sign.svg")

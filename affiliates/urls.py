"""Public URLs. Fixed paths such as ``challenge`` take precedence over the programs' slugs."""

from django.urls import path, register_converter

from affiliates.applications.views.apply import apply, resume, saved
from affiliates.applications.views.status import answer, leave, status, thanks, withdraw
from affiliates.directory.cards import affiliate_card, program_card
from affiliates.directory.views import embed, regions_geojson
from affiliates.links.views import link
from affiliates.portal.views.links import renew, stop_reminders
from affiliates.requirements.badge.views import badge
from affiliates.spam.views import challenge
from affiliates.updates.views.public import update_card


class ReferenceConverter:
    """An application's reference, in upper or lower case."""

    regex = "[A-Za-z0-9]{3}-[A-Za-z0-9]{3}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


class TokenConverter:
    """The rest of the path, even with line breaks that email programs add to a token."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "reference")
register_converter(TokenConverter, "token")

from affiliates.portal import urls  # noqa: E402 (its URLs use these converters)

app_name = "affiliates"

urlpatterns = [
    path("badge/<uuid:group_key>.png", badge, name="badge"),
    path("challenge/", challenge, name="challenge"),
    path("link/renew/", renew, name="renew"),
    path("link/stop/<token:token>/", stop_reminders, name="stop_reminders"),
    path("link/<token:token>/", link, name="link"),
    path("application/<reference:reference>/", status, name="status"),
    path("application/<reference:reference>/answer/", answer, name="answer"),
    path("application/<reference:reference>/leave/", leave, name="leave"),
    path("application/<reference:reference>/thanks/", thanks, name="thanks"),
    path("application/<reference:reference>/withdraw/", withdraw, name="withdraw"),
    *urls.urlpatterns,
    path("<slug:program_slug>/", apply, name="apply"),
    path("<slug:program_slug>/card.png", program_card, name="program_card"),
    path("<slug:program_slug>/card/<str:affiliate_slug>.png", affiliate_card, name="card"),
    path("<slug:program_slug>/update/<int:pk>.png", update_card, name="update_card"),
    path("<slug:program_slug>/embed/", embed, name="embed"),
    path("<slug:program_slug>/regions.geojson", regions_geojson, name="regions"),
    path("<slug:program_slug>/draft/<reference:reference>/", resume, name="resume"),
    path("<slug:program_slug>/draft/<reference:reference>/saved/", saved, name="saved"),
]

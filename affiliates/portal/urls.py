"""URLs of the contact's pages. Each is below its link target: the cookie's path covers no other."""

from django.urls import URLPattern, path

from affiliates.links.tokens import Purpose
from affiliates.portal.views.editing import (
    ChangeDetails,
    HandOver,
    PauseReminders,
    ProposeProfile,
    SecondContact,
)
from affiliates.portal.views.group import leave, own_page, saved
from affiliates.portal.views.leaving import LeaveProgram, OwnListing
from affiliates.portal.views.links import link_request
from affiliates.portal.views.requirements import ProveRequirement, document
from affiliates.updates.views.answering import tell, thanks

PAGES = {
    "tell": ("update/", tell),
    "thanks": ("thanks/", thanks),
    "contact": ("contact/", ChangeDetails.as_view()),
    "hand_over": ("hand-over/", HandOver.as_view()),
    "second_contact": ("second-contact/", SecondContact.as_view()),
    "reminders": ("reminders/", PauseReminders.as_view()),
    "saved": ("saved/", saved),
    "leave": ("leave/", leave),
}


def contact_pages(purpose: Purpose) -> list[URLPattern]:
    start = f"{purpose}/<reference:reference>/"
    return [
        path(start + rest, view, {"purpose": purpose}, name=f"{purpose}_{page}")
        for page, (rest, view) in PAGES.items()
    ]


urlpatterns = [
    path("update/<reference:reference>/", tell, {"purpose": Purpose.UPDATE}, name="update"),
    *contact_pages(Purpose.UPDATE),
    path("affiliate/link/", link_request, name="link_request"),
    path("affiliate/<reference:reference>/", own_page, name="affiliate"),
    path(
        "affiliate/<reference:reference>/profile/",
        ProposeProfile.as_view(),
        {"purpose": Purpose.AFFILIATE},
        name="profile",
    ),
    path(
        "affiliate/<reference:reference>/requirements/<int:pk>/",
        ProveRequirement.as_view(),
        {"purpose": Purpose.AFFILIATE},
        name="requirement",
    ),
    path(
        "affiliate/<reference:reference>/listing/",
        OwnListing.as_view(),
        {"purpose": Purpose.AFFILIATE},
        name="listing",
    ),
    path(
        "affiliate/<reference:reference>/leave-program/",
        LeaveProgram.as_view(),
        {"purpose": Purpose.AFFILIATE},
        name="leave_program",
    ),
    path("affiliate/<reference:reference>/requirements/<int:pk>/file/", document, name="document"),
    *contact_pages(Purpose.AFFILIATE),
]

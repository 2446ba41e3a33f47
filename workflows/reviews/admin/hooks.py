"""Where reviews appear in Wagtail's editor. Imported by ``wagtail_hooks``."""

from django.urls import path
from wagtail import hooks

from workflows.reviews.admin.menu import offer_review
from workflows.reviews.admin.views import AskForWordsView, AssignReviewView, DecideView, PassView

hooks.register("construct_page_action_menu", offer_review)
hooks.register("construct_snippet_action_menu", offer_review)


@hooks.register("register_admin_urls")
def register_review_urls():
    views = {
        "words/<slug:action>/": (AskForWordsView, "workflows_review_words"),
        "pass/<slug:action>/": (PassView, "workflows_review_pass"),
        "decide/<slug:action>/": (DecideView, "workflows_decide_review"),
        "assign/": (AssignReviewView, "workflows_assign_review"),
    }
    return [
        path(f"reviews/<int:pk>/{route}", view.as_view(), name=name)
        for route, (view, name) in views.items()
    ]

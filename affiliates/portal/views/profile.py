"""A contact proposes a change to the group's public page. No word of it is ever lost."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from affiliates.core.exceptions import ChangeRevised, NothingToChange, PageNotPublic
from affiliates.core.responses import private, refusing_unreadable
from affiliates.links.csrf import NOT_SURE, is_forged
from affiliates.links.resubmission import keep
from affiliates.links.sessions import LinkSession, find_session
from affiliates.links.tokens import Purpose
from affiliates.portal.forms.profile import NOTHING_NEW, ProfileForm, ResubmittedProfile
from affiliates.portal.services.profile_changes import (
    open_change,
    propose_change,
    public_page,
    wanted_profile,
)
from affiliates.portal.views.group import group_link_needed

REFUSED = 422
CONFLICT = 409
NO_LONGER = 410

REVISED = _(
    "Something else was proposed since you opened this page, or our team decided about it. Yours is"
    " not sent yet. Please look at what you wrote, and send it once more."
)


@csrf_exempt  # Asked in the view, since Django's own refusal would not show the text again.
@private
@refusing_unreadable
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, reference: str) -> HttpResponse:
    """The form, as the page is or as an open proposal would have it; or what came of sending it."""
    session = find_session(request, reference, Purpose.AFFILIATE)
    if session is None and request.method == "POST":
        return keep(request, reference, ResubmittedProfile)
    if session is None:
        return group_link_needed(request)
    try:
        return _take(request, session) if request.method == "POST" else _show(request, session)
    except PageNotPublic:
        return _show_without_page(request, session)


def _take(request: HttpRequest, session: LinkSession) -> HttpResponse:
    form = _form(request, session)
    if is_forged(request):
        form.add_error(None, NOT_SURE)
    if not form.is_valid():
        return _show(request, session, form=form, status=REFUSED)
    try:
        propose_change(
            affiliation=session.affiliation,
            contact=session.contact,
            values=form.values(),
            version=_version(request),
            now=timezone.now(),
        )
    except ChangeRevised:
        return _show(request, session, form=form, problems=[REVISED], status=CONFLICT)
    except NothingToChange:
        return _show(request, session, form=form, problems=[NOTHING_NEW], status=REFUSED)
    return redirect(f"{session.home}?proposed=1")


def _show(
    request: HttpRequest,
    session: LinkSession,
    *,
    form: ProfileForm | None = None,
    problems: Sequence[str | Promise] = (),
    status: int = 200,
) -> HttpResponse:
    """``problems``: why it was not sent. After a conflict the next press counts."""
    change = open_change(session.affiliation)
    is_conflict = status == CONFLICT
    context = {
        "session": session,
        "program": session.program,
        "page": session.affiliation.page,
        "form": form or _form(request, session),
        "problems": problems,
        "change": change,
        "version": _version_of(change) if form is None or is_conflict else _version(request),
    }
    return render(request, "affiliates/portal/profile.html", context, status=status)


def _show_without_page(request: HttpRequest, session: LinkSession) -> HttpResponse:
    """There is no page to change, but whom to write to, and what was typed, to copy."""
    typed = {name: request.POST.get(name, "") for name in ResubmittedProfile.base_fields}
    context = {
        "session": session,
        "program": session.program,
        "form": ResubmittedProfile(initial=typed, label_suffix="") if any(typed.values()) else None,
    }
    status = NO_LONGER if request.method == "POST" else 200
    return render(request, "affiliates/portal/profile_closed.html", context, status=status)


def _form(request: HttpRequest, session: LinkSession) -> ProfileForm:
    affiliation = session.affiliation
    page = public_page(affiliation)
    wanted = wanted_profile(affiliation, open_change(affiliation))
    return ProfileForm(page, request.POST if request.method == "POST" else None, wanted=wanted)


def _version_of(change) -> int:
    return change.version if change else 0


def _version(request: HttpRequest) -> int:
    """Of the proposal that the form was shown with; what says nothing readable was shown none."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0

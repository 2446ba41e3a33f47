"""Pages on which a contact sends an update. No failed submission loses the text."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from affiliates.core.exceptions import AffiliationEnded, UpdateChanged, UpdateModerated
from affiliates.core.responses import private, refusing_other_sites, refusing_unreadable
from affiliates.core.states import AffiliationState, UpdateKind
from affiliates.links.resubmission import (
    NOT_SURE,
    ResubmittedNothing,
    ResubmittedText,
    is_forged,
    keep,
)
from affiliates.links.sessions import LinkSession, find_session
from affiliates.links.tokens import Purpose
from affiliates.links.views import link_needed
from affiliates.models import ContactUpdate
from affiliates.updates.forms import QUIET, UpdateForm
from affiliates.updates.queries import (
    about_request,
    can_be_changed,
    what_comes_next,
    when_asked_again,
)
from affiliates.updates.services.sending import (
    Shown,
    UpdateContent,
    answer_of,
    key_from,
    take_answer,
)

REFUSED = 422
CONFLICT = 409
NO_LONGER = 410

CHANGED = _(
    "Another update came in since you opened this page, perhaps from another window or from someone"
    " else in your group. It is shown below. Yours has not been sent yet. Do you want it to replace"
    " the other one? Then send it once more."
)
MODERATED = _(
    "Our team has read your earlier update in the meantime, so it can no longer be changed. It is"
    " shown below. To send what you wrote as a new update, send it once more."
)


@csrf_exempt  # Checked in the view: Django's own 403 page would lose the text.
@private
@refusing_other_sites
@refusing_unreadable
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest, reference: str, purpose: Purpose) -> HttpResponse:
    session = find_session(request, reference, purpose)
    if session is None and request.method == "POST":
        fields: Any = ResubmittedNothing if _is_quiet(request) else ResubmittedText
        return keep(request, reference, fields)
    if session is None:
        return link_needed(request, reference)
    if session.affiliation.state == AffiliationState.ENDED:
        return show_ended(request, session)
    if request.method != "POST":
        return show_form(request, session, current=_to_change(request, session))
    return _take_quiet(request, session) if _is_quiet(request) else _take(request, session)


@private
@require_safe
def thanks(request: HttpRequest, reference: str, purpose: Purpose) -> HttpResponse:
    session = find_session(request, reference, purpose)
    if session is None:
        return link_needed(request, reference)
    update = answer_of(session.asked) if session.asked else session.affiliation.updates.first()
    if update is None:
        return redirect(session.path("tell"))
    update.affiliation = session.affiliation
    named = "" if session.asked else f"?update={update.key}"
    context = {
        "session": session,
        "program": session.program,
        "change_url": f"{session.path('tell')}{named}",
        **what_comes_next(update, timezone.now()),
    }
    return render(request, "affiliates/updates/update_thanks.html", context)


def show_form(
    request: HttpRequest,
    session: LinkSession,
    *,
    current: ContactUpdate | None,
    form: UpdateForm | None = None,
    shown: Shown | None = None,
    problems: Sequence[str | Promise] = (),
    status: int = 200,
) -> HttpResponse:
    to_change = current if current and can_be_changed(current) else None
    asked = about_request(session.asked, timezone.now()) if session.asked else {}
    context: dict[str, Any] = {
        "session": session,
        "program": session.program,
        "paths": session.paths,
        "form": form or UpdateForm(session.program, current=to_change),
        "shown": shown or Shown.beside(current, can_change=to_change is not None),
        "current": current,
        "can_change": to_change is not None,
        "problems": problems,
        "primary": session.affiliation.primary_contact,
        **asked,
        **when_asked_again(session.affiliation),
    }
    return render(request, "affiliates/updates/update.html", context, status=status)


def show_ended(request: HttpRequest, session: LinkSession) -> HttpResponse:
    typed = filter(
        None, (request.POST.get(name, "") for name in ("text", "name", "email", "phone"))
    )
    context = {"session": session, "program": session.program, "not_sent": "\n".join(typed)}
    status = NO_LONGER if request.method == "POST" else 200
    return render(request, "affiliates/updates/update_ended.html", context, status=status)


def _take(request: HttpRequest, session: LinkSession) -> HttpResponse:
    shown = _shown_with(request)
    current = session.affiliation.updates.filter(key=shown.key).first()
    form = UpdateForm(session.program, request.POST, current=current)
    if is_forged(request):
        form.add_error(None, NOT_SURE)
    if form.is_valid():
        return _send(request, session, form.content(), form)
    current = current or _to_change(request, session)
    return show_form(request, session, current=current, form=form, shown=shown, status=REFUSED)


def _take_quiet(request: HttpRequest, session: LinkSession) -> HttpResponse:
    if is_forged(request):
        current = _to_change(request, session)
        return show_form(request, session, current=current, problems=[NOT_SURE], status=REFUSED)
    return _send(request, session, QUIET)


def _send(
    request: HttpRequest,
    session: LinkSession,
    content: UpdateContent,
    form: UpdateForm | None = None,
) -> HttpResponse:
    shown = _shown_with(request)
    try:
        take_answer(
            affiliation=session.affiliation,
            contact=session.contact,
            content=content,
            shown=shown,
            request=session.asked,
            now=timezone.now(),
        )
    except (UpdateChanged, UpdateModerated) as error:
        problems = [MODERATED if isinstance(error, UpdateModerated) else CHANGED]
        # The conflicting update.
        own = session.affiliation.updates.filter(key=shown.key).first()
        current = own or (answer_of(session.asked) if session.asked else None)
        return show_form(
            request, session, current=current, form=form, problems=problems, status=CONFLICT
        )
    except AffiliationEnded:
        return show_ended(request, session)
    return redirect(session.path("thanks"))


def _to_change(request: HttpRequest, session: LinkSession) -> ContactUpdate | None:
    if session.asked:
        return answer_of(session.asked)
    key = key_from(request.GET.get("update", ""))
    return session.affiliation.updates.filter(key=key).first() if key else None


def _shown_with(request: HttpRequest) -> Shown:
    return Shown.read(*(request.POST.get(name, "") for name in ("key", "version", "seen")))


def _is_quiet(request: HttpRequest) -> bool:
    return request.POST.get("kind") == UpdateKind.QUIET

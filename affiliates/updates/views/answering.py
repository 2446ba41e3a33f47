"""A contact tells us how the group is: asked by mail, or unasked. No word of it is ever lost.

Nothing but a pressed button changes anything. Sent from an old window, twice, too late or after the
link has died: each time the page says what is true now and shows the text again.
"""

import uuid
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
from affiliates.core.responses import private, refusing_unreadable
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
from affiliates.updates.details import about_request, what_comes_next, when_asked_again
from affiliates.updates.forms import QUIET, UpdateForm
from affiliates.updates.queries import can_be_changed
from affiliates.updates.services.answers import Shown, answer_of, take_answer
from affiliates.updates.services.sending import UpdateContent

REFUSED = 422
CONFLICT = 409
NO_LONGER = 410

CHANGED = _(
    "Another update came in since you opened this page, perhaps from another window or by somebody"
    " else of your group. It stands below. Yours is not sent yet. Do you want it to take the place"
    " of the other one? Then send it once more."
)
MODERATED = _(
    "Your earlier update was read by our team in the meantime, so it cannot be changed any more. It"
    " stands below. To send what you wrote now as a new update, send it once more."
)


@csrf_exempt  # Asked in the view, since Django's own refusal would not show the text again.
@private
@refusing_unreadable
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest, reference: str, purpose: Purpose) -> HttpResponse:
    """The form, with what was said before; or what came of sending it."""
    session = find_session(request, reference, purpose)
    if session is None and request.method == "POST":
        return keep(request, reference, _kept_fields(request))
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
    """What happens next. Reloading it does nothing."""
    session = find_session(request, reference, purpose)
    if session is None:
        return link_needed(request, reference)
    update = answer_of(session.asked) if session.asked else session.affiliation.updates.first()
    if update is None:
        return redirect(session.path("tell"))
    update.affiliation = session.affiliation
    context = {
        "session": session,
        "program": session.program,
        "change_url": _change_url(session, update),
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
    """The form's page. ``current``: what was said before; ``problems``: why it was not sent."""
    to_change = current if current and can_be_changed(current) else None
    asked = about_request(session.asked, timezone.now()) if session.asked else {}
    context: dict[str, Any] = {
        "session": session,
        "program": session.program,
        "paths": session.paths,
        "form": form or UpdateForm(session.program, current=to_change),
        "shown": shown or _shown(current, to_change),
        "current": current,
        "can_change": to_change is not None,
        "problems": problems,
        "primary": session.affiliation.primary_contact,
        **asked,
        **when_asked_again(session.affiliation),
    }
    return render(request, "affiliates/updates/update.html", context, status=status)


def show_ended(request: HttpRequest, session: LinkSession) -> HttpResponse:
    """There is nobody to take it, but whom to write to, and the text to copy."""
    typed = filter(
        None, (request.POST.get(name, "") for name in ("text", "name", "email", "phone"))
    )
    context = {"session": session, "program": session.program, "not_sent": "\n".join(typed)}
    status = NO_LONGER if request.method == "POST" else 200
    return render(request, "affiliates/updates/update_ended.html", context, status=status)


def _take_quiet(request: HttpRequest, session: LinkSession) -> HttpResponse:
    if is_forged(request):
        current = _to_change(request, session)
        return show_form(request, session, current=current, problems=[NOT_SURE], status=REFUSED)
    return _send(request, session, QUIET)


def _take(request: HttpRequest, session: LinkSession) -> HttpResponse:
    shown = _shown_with(request)
    current = session.affiliation.updates.filter(key=shown.key).first()
    form = UpdateForm(session.program, request.POST, current=current)
    if is_forged(request):
        form.add_error(None, NOT_SURE)
    if form.is_valid():
        return _send(request, session, form.content(), form)
    return show_form(
        request,
        session,
        current=current or _to_change(request, session),
        form=form,
        shown=shown,
        status=REFUSED,
    )


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
        problem = MODERATED if isinstance(error, UpdateModerated) else CHANGED
        current = _said(session, shown)
        return show_form(
            request, session, current=current, form=form, problems=[problem], status=CONFLICT
        )
    except AffiliationEnded:
        return show_ended(request, session)
    return redirect(session.path("thanks"))


def _to_change(request: HttpRequest, session: LinkSession) -> ContactUpdate | None:
    """What was said before: the answer to the request, or the update that the address names."""
    if session.asked:
        return answer_of(session.asked)
    key = _key(request.GET.get("update", ""))
    return session.affiliation.updates.filter(key=key).first() if key else None


def _change_url(session: LinkSession, update: ContactUpdate) -> str:
    tell_url = session.path("tell")
    return tell_url if session.asked else f"{tell_url}?update={update.key}"


def _said(session: LinkSession, shown: Shown) -> ContactUpdate | None:
    """The update that stands in the way of the one that was sent."""
    own = session.affiliation.updates.filter(key=shown.key).first()
    return own or (answer_of(session.asked) if session.asked else None)


def _shown(current: ContactUpdate | None, to_change: ContactUpdate | None) -> Shown:
    if to_change:
        return Shown(key=to_change.key, version=to_change.version)
    return Shown(key=uuid.uuid4(), seen=current.key if current else None)


def _shown_with(request: HttpRequest) -> Shown:
    """As the form says; one that says nothing readable makes a new update."""
    version = request.POST.get("version", "")
    return Shown(
        key=_key(request.POST.get("key", "")) or uuid.uuid4(),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 6 else 0,
        seen=_key(request.POST.get("seen", "")),
    )


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _is_quiet(request: HttpRequest) -> bool:
    return request.POST.get("kind") == UpdateKind.QUIET


def _kept_fields(request: HttpRequest) -> Any:
    return ResubmittedNothing if _is_quiet(request) else ResubmittedText

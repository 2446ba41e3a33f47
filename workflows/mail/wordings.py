"""Reading, saving and resetting the wordings of emails."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template import Engine, TemplateDoesNotExist
from wagtail.coreutils import get_content_languages, get_supported_content_language_variant
from wagtail.log_actions import log

from workflows.core.exceptions import UnknownPlaceholder
from workflows.mail.grammar import problems
from workflows.mail.kinds import MailKind
from workflows.models import MailWording


@transaction.atomic
def save_wording(*, kind: str, language: str, subject: str, text: str, by: Any) -> MailWording:
    """Use this wording for all emails rendered from now on; the caller validates it with
    ``problems``. Effects: the wording is saved and Wagtail's log names ``by``.
    """
    wording, is_new = MailWording.objects.update_or_create(
        kind=kind,
        language=language,
        defaults={"subject": subject, "text": text, "updated_by": by},
    )
    log(wording, "wagtail.create" if is_new else "wagtail.edit", user=by, content_changed=True)
    return wording


@transaction.atomic
def reset_wording(*, kind: str, language: str, by: Any) -> None:
    """Return to the default wording. Effects: the row is deleted; Wagtail's log keeps its text."""
    for wording in MailWording.objects.filter(kind=kind, language=language):
        was = {"subject": wording.subject, "text": wording.text}
        log(wording, "wagtail.delete", user=by, deleted=True, data=was)
        wording.delete()


LANGUAGE_OF_PLAIN_DEFAULTS = "en"
"""Language of default wordings outside a language folder."""


@dataclass(frozen=True)
class Wording:
    subject: str
    text: str
    language: str


def site_language(language: str) -> str:
    try:
        return get_supported_content_language_variant(language or settings.LANGUAGE_CODE)
    except LookupError:
        languages = get_content_languages()
        return (
            settings.LANGUAGE_CODE if settings.LANGUAGE_CODE in languages else next(iter(languages))
        )


def wording_for(kind: MailKind, language: str) -> Wording:
    """The editors' wording for the nearest language, else the default. Skips one with a placeholder
    that the kind no longer offers, so that mail goes out after an update. Raises UnknownPlaceholder
    if the default is broken as well.
    """
    language = site_language(language)
    own = MailWording.objects.filter(kind=kind.name, language=language).first()
    if own and not problems(own.subject, own.text, kind):
        return Wording(own.subject, own.text, language)
    return default_wording(kind, language)


def default_wording(kind: MailKind, language: str) -> Wording:
    """The wording from template files. Raises TemplateDoesNotExist, UnknownPlaceholder."""
    wording = _read_default(Engine.get_default(), kind.templates, kind.name, language)
    if found := problems(wording.subject, wording.text, kind):
        raise UnknownPlaceholder(f"{kind.name} ({wording.language}): {', '.join(found)}")
    return wording


@lru_cache(maxsize=512)
def _read_default(engine: Engine, templates: str, name: str, language: str) -> Wording:
    base = language.partition("-")[0]
    plain = (LANGUAGE_OF_PLAIN_DEFAULTS, "")
    for found, folder in ((language, f"{language}/"), (base, f"{base}/"), plain):
        subject = _read_raw(engine, f"{templates}/{folder}{name}_subject.txt")
        text = _read_raw(engine, f"{templates}/{folder}{name}.txt")
        if subject is not None and text is not None:
            return Wording(subject.strip(), text.strip("\n"), found)
    raise TemplateDoesNotExist(f"{templates}/{name}.txt")


def _read_raw(engine: Engine, name: str) -> str | None:
    """Template source, not rendered: its braces are placeholders."""
    for loader in engine.template_loaders:
        for origin in loader.get_template_sources(name):
            try:
                return origin.loader.get_contents(origin)  # type: ignore[union-attr]
            except TemplateDoesNotExist:
                continue
    return None

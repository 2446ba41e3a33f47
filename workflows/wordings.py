"""What a mail says: an editor's own wording, or the default one from a file."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.template import Engine, TemplateDoesNotExist
from wagtail.coreutils import get_content_languages, get_supported_content_language_variant

from workflows.exceptions import UnknownPlaceholder
from workflows.mail_kinds import MailKind
from workflows.models import MailWording
from workflows.wording_grammar import problems

LANGUAGE_OF_PLAIN_DEFAULTS = "en"
"""Default wordings that lie in no language's folder are in English."""


@dataclass(frozen=True)
class Wording:
    """Subject and text of one kind of mail, not yet filled, in ``language``."""

    subject: str
    text: str
    language: str
    is_own: bool = False


def site_language(language: str) -> str:
    """The site's language that is nearest to ``language``, else the site's first."""
    try:
        return get_supported_content_language_variant(language or settings.LANGUAGE_CODE)
    except LookupError:
        languages = get_content_languages()
        return (
            settings.LANGUAGE_CODE if settings.LANGUAGE_CODE in languages else next(iter(languages))
        )


def wording_for(kind: MailKind, language: str) -> Wording:
    """The wording to use: the editors' own for the nearest language of the site, else the default.

    An own wording with a placeholder that the kind no longer offers is passed over, so that mail
    goes out after an update, too. Raises UnknownPlaceholder if the default is broken as well.
    """
    language = site_language(language)
    own = own_wording(kind, language)
    return own if own and not _problems(own, kind) else default_wording(kind, language)


def own_wording(kind: MailKind, language: str) -> Wording | None:
    row = MailWording.objects.filter(kind=kind.name, language=language).first()
    return Wording(row.subject, row.text, language, is_own=True) if row else None


def default_wording(kind: MailKind, language: str) -> Wording:
    """The wording from the files that Django's template loaders find, in the nearest language.

    Raises TemplateDoesNotExist if the kind has no default, UnknownPlaceholder if it is broken.
    """
    wording = _read_default(Engine.get_default(), kind.app, kind.name, language)
    if found := _problems(wording, kind):
        raise UnknownPlaceholder(f"{kind.name} ({wording.language}): {', '.join(found)}")
    return wording


def _problems(wording: Wording, kind: MailKind) -> list[str]:
    return problems(wording.subject, wording.text, kind)


@lru_cache(maxsize=512)
def _read_default(engine: Engine, app: str, name: str, language: str) -> Wording:
    base = language.partition("-")[0]
    folders = [
        (language, f"{language}/"),
        (base, f"{base}/"),
        (LANGUAGE_OF_PLAIN_DEFAULTS, ""),
    ]
    for found, folder in folders:
        subject = _read_raw(engine, f"{app}/mail/{folder}{name}_subject.txt")
        text = _read_raw(engine, f"{app}/mail/{folder}{name}.txt")
        if subject is not None and text is not None:
            return Wording(subject.strip(), text.strip("\n"), found)
    raise TemplateDoesNotExist(f"{app}/mail/{name}.txt")


def _read_raw(engine: Engine, name: str) -> str | None:
    """A template's source, not run: braces mean placeholders here."""
    for loader in engine.template_loaders:
        for origin in loader.get_template_sources(name):
            try:
                return origin.loader.get_contents(origin)  # type: ignore[union-attr]
            except TemplateDoesNotExist:
                continue
    return None

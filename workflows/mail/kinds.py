"""Registry of the kinds of email. Apps register theirs in ``AppConfig.ready()``."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.core.exceptions import UnknownMailKind
from workflows.models import OutgoingMail


@dataclass(frozen=True)
class ListItem:
    """An entry of a list: its first line, the link target of that line, further lines."""

    text: str
    url: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placeholder:
    """A name that editors may write as ``{name}`` in a wording.

    ``is_link``: the value is a URL or email address made by our code, so it may become a link or
    button. ``multiline``: keep line ends, which otherwise become spaces. ``is_list``: the value is
    a sequence of ``ListItem`` and the placeholder needs its own line; each line of its example is
    an item.
    """

    name: str
    help: str | Promise
    example: str | Promise
    is_link: bool = False
    multiline: bool = False
    is_list: bool = False

    @property
    def sample(self) -> str | list[ListItem]:
        """The example as a value, for previews."""
        example = str(self.example)
        return [ListItem(line) for line in example.splitlines()] if self.is_list else example


ORGANISATION = Placeholder(
    "organisation",
    help=_("The name of your organization: the site's name in Settings."),
    example=_("Example Alliance"),
)
"""Offered in every wording; filled by rendering."""


@dataclass(frozen=True)
class MailKind:
    """A kind of email: placeholders, their values, and whether it is still owed.

    ``context`` returns a value for every placeholder; it runs in the worker, in the recipient's
    language. ``still_owed`` is asked just before the first attempt: false, or NoLongerOwed from
    ``context``, makes the email obsolete. Default wordings are the templates ``<name>_subject.txt``
    and ``<name>.txt`` in the folder ``templates`` or its subfolder for the language. ``why`` is the
    footer's reason for the email; ``reply_to`` is also its contact address (default: the sender's).
    ``is_personal``: only the recipient and superusers may read it. ``related``: what of the subject
    is asked for in ``context`` and ``still_owed``, as paths for ``prefetch_related``; it is fetched
    for a whole batch of emails at once.
    """

    name: str
    templates: str
    label: str | Promise
    sent_when: str | Promise
    placeholders: tuple[Placeholder, ...]
    context: Callable[[OutgoingMail], Mapping[str, Any]]
    still_owed: Callable[[OutgoingMail], bool] = lambda mail: True
    reply_to: Callable[[OutgoingMail], str] = lambda mail: ""
    headers: Callable[[OutgoingMail], Mapping[str, str]] = lambda mail: {}
    priority: int = 50
    is_personal: bool = False
    why: str | Promise = ""
    related: tuple[str, ...] = ()

    @property
    def offered(self) -> tuple[Placeholder, ...]:
        return (*self.placeholders, ORGANISATION)


_kinds: dict[str, MailKind] = {}


def register(kind: MailKind) -> str:
    """Register a kind and return its name; a site may replace a registered kind."""
    _kinds[kind.name] = kind
    return kind.name


def get_kind(name: str) -> MailKind:
    """Raises UnknownMailKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownMailKind(f"No mail of the kind “{name}” is registered.") from None


def load(mails: Iterable[OutgoingMail]) -> None:
    """Fetch the subjects of many emails at once, and what their kinds say about them. What is not
    fetched here is fetched for each email.
    """
    by_kind: dict[str, list[OutgoingMail]] = {}
    for mail in mails:
        if is_known(mail.kind):
            by_kind.setdefault(mail.kind, []).append(mail)
    for name, same_kind in by_kind.items():
        paths = (f"subject__{path}" for path in _kinds[name].related)
        prefetch_related_objects(same_kind, "subject", *paths)


def is_known(name: str) -> bool:
    return name in _kinds


def label_of(name: str) -> str:
    """The label of a kind, which may not be registered (anymore)."""
    return str(_kinds[name].label if name in _kinds else _("Other email from the site"))


def all_kinds() -> list[MailKind]:
    return sorted(_kinds.values(), key=lambda kind: (kind.templates, kind.name))

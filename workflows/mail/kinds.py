"""What kinds of mail exist. An app registers its kinds in ``AppConfig.ready()``.

A kind says which placeholders its wording may use, how their values are found when the mail is
rendered, and whether the mail is still owed then. What it says is a wording (``wordings.py``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.core.exceptions import UnknownMailKind
from workflows.models import OutgoingMail


@dataclass(frozen=True)
class ListItem:
    """One entry of a list that a mail is filled with: its first line, a link for it, more lines."""

    text: str
    url: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placeholder:
    """A name that editors may write as ``{name}`` in a wording.

    ``is_link``: the value is a web or email address that we made ourselves, so it may become a
    link or a button. ``multiline``: line ends in the value are kept, else they become spaces.
    ``is_list``: the value is a sequence of ``ListItem``, and the placeholder stands on a line of
    its own; each line of its example is an item.
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
"""Every wording may use it; rendering knows its value."""


@dataclass(frozen=True)
class MailKind:
    """One kind of mail.

    ``context`` maps the queued row to a value for every placeholder; it runs in the worker, in the
    recipient's language. ``still_owed`` is asked just before the first attempt: false makes the
    mail obsolete, and so does NoLongerOwed from ``context``. Default wordings are the templates
    ``<name>_subject.txt`` and ``<name>.txt`` in the folder ``templates``, or in a folder of it that
    is called like the language. ``why`` is the sentence at the foot of the mail that tells people
    why they get it; ``reply_to`` also names whom to write to there, the sender's address if it is
    empty.
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
    why: str | Promise = ""

    @property
    def offered(self) -> tuple[Placeholder, ...]:
        """All placeholders that editors may write in this kind's wording."""
        return (*self.placeholders, ORGANISATION)


_kinds: dict[str, MailKind] = {}


def register(kind: MailKind) -> str:
    """Make a kind known; return its name. Registering a name again replaces it, so that a site can
    adapt a kind.
    """
    _kinds[kind.name] = kind
    return kind.name


def get_kind(name: str) -> MailKind:
    """The kind called ``name``. Raises UnknownMailKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownMailKind(f"No mail of the kind “{name}” is registered.") from None


def is_known(name: str) -> bool:
    """Whether the kind is registered. That of mails that others wrote is not."""
    return name in _kinds


def label_of(name: str) -> str:
    """What people call the mails of this kind, also of one that is not registered (anymore)."""
    return str(_kinds[name].label if name in _kinds else _("Other email from the site"))


def all_kinds() -> list[MailKind]:
    return sorted(_kinds.values(), key=lambda kind: (kind.templates, kind.name))

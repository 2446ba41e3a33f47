"""Only people who may manage affiliates choose who reviews for a program.

The page editor hides these fields from everybody else. The receivers here guard the two places
where values are written, so that no revision, copy, alias, import or API call gets around it.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db.models.signals import pre_save
from wagtail.log_actions import get_active_log_context
from wagtail.models import Revision

from affiliates.audit.permissions import may_choose_reviewers
from affiliates.models import AffiliateProgramPage
from affiliates.models.program_page import REVIEWER_FIELDS

Values = dict[str, Any]


def connect() -> None:
    pre_save.connect(keep_reviewers_of_revision, sender=Revision)
    pre_save.connect(keep_reviewers_of_page)


def keep_reviewers_of_revision(instance: Revision, raw: bool = False, **kwargs: Any) -> None:
    """A revision by anybody else repeats the choice of the revision before it."""
    program = _program_of(instance)
    if raw or program is None or not _writes(kwargs, ["content"]):
        return
    if not _is_entitled(get_active_log_context().user or instance.user):
        chosen = _of_latest_revision(program) or program
        instance.content |= {name: chosen[name] for name in REVIEWER_FIELDS}


def keep_reviewers_of_page(sender: type, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """A page saved or published for anybody else keeps its reviewers, or gets those of its latest
    revision, which somebody entitled chose. A new one starts with none, also as a copy or alias.
    """
    if raw or not issubclass(sender, AffiliateProgramPage) or not _writes(kwargs, REVIEWER_FIELDS):
        return
    rows = AffiliateProgramPage.objects.filter(pk=instance.pk)
    before = rows.values("live_revision", "latest_revision", *REVIEWER_FIELDS).first()
    if _is_entitled(_author(instance, before)):
        return
    kept = before or dict.fromkeys(REVIEWER_FIELDS)
    chosen = (before and _of_latest_revision(before)) or kept
    for name in REVIEWER_FIELDS:
        field = instance._meta.get_field(name)
        if getattr(instance, field.attname) not in (kept[name], chosen[name]):
            setattr(instance, field.attname, kept[name])


def _author(page: Any, before: Values | None) -> User | None:
    """Who wrote the values: the author of a revision that is published now, or who saves."""
    is_published = page.live_revision_id != (before and before["live_revision"])
    revision = page.live_revision if is_published else None
    return (revision and revision.user) or get_active_log_context().user


def _is_entitled(user: User | None) -> bool:
    """Without a person it is a command or a worker, which has no values of its own."""
    return user is None or may_choose_reviewers(user)


def _writes(kwargs: dict[str, Any], names: Any) -> bool:
    written = kwargs.get("update_fields")
    return written is None or not written.isdisjoint(names)


def _program_of(revision: Revision) -> Values | None:
    model = revision.content_type.model_class()
    if model is None or not issubclass(model, AffiliateProgramPage):
        return None
    rows = AffiliateProgramPage.objects.filter(pk=revision.object_id)
    return rows.values("latest_revision", *REVIEWER_FIELDS).first()


def _of_latest_revision(program: Values) -> Values | None:
    content = Revision.objects.filter(pk=program["latest_revision"]).values_list("content").first()
    return {name: content[0].get(name) for name in REVIEWER_FIELDS} if content else None

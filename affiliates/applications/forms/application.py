"""The application form of a program. The public page and the API validate applications with it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.coreutils import get_content_languages

from affiliates.applications.forms.fields import (
    PREFIX,
    StatementField,
    accept_name,
    answer,
    changed_since_shown,
    link_fields,
    question_fields,
    refuse_same_link_twice,
)
from affiliates.applications.forms.region import RegionField
from affiliates.core.fields import (
    AddressField,
    CleanedField,
    LineField,
    NameField,
    ParagraphsField,
    PersonNameField,
    PhoneField,
)
from affiliates.core.people import ContactDetails
from affiliates.core.regions import country_of, region_name
from affiliates.core.scopes import as_choices, misfit, scopes_of, whole
from affiliates.core.states import ContactRole, Scope, StatementKind
from affiliates.models import AffiliateProgramPage
from affiliates.models.fields import Statement
from workflows.core.addresses import address_key

SUMMARY_LENGTH = 500

GROUP = ("name", "region", "scope", "locality", "summary")
PARTS = ("name", "email", "phone")
CONTACTS = {"contact": ContactRole.PRIMARY, "alternate": ContactRole.ALTERNATE}
"""Prefix of each contact's fields, before ``PARTS``."""


@dataclass(frozen=True)
class ApplicationContent:
    """The cleaned content of a complete application. ``group`` maps model fields to values."""

    group: dict[str, str]
    links: list[dict[str, str]]
    contacts: tuple[ContactDetails, ...]
    accepted: tuple[tuple[StatementKind, Statement], ...]
    answers: list[dict[str, Any]]
    language: str

    @property
    def primary(self) -> ContactDetails:
        return self.contacts[0]

    @property
    def hash(self) -> str:
        """SHA-256 in hex, to recognize the same content sent again."""
        canonical = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


class ApplicationForm(forms.Form):
    name = NameField(
        label=gettext_lazy("Name of your group"),
        autocomplete="organization",
        error_messages={"required": gettext_lazy("Please give the name of your group.")},
    )
    region = RegionField()
    scope = forms.ChoiceField(
        label=gettext_lazy("Where your group works"),
        choices=Scope.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please choose where your group works."),
            "invalid_choice": gettext_lazy("Please choose one of the answers shown."),
        },
    )
    locality = LineField(
        label=gettext_lazy("Town or county"),
        help_text=gettext_lazy("Only for local groups."),
        required=False,
        autocomplete="address-level2",
    )
    summary = ParagraphsField(
        label=gettext_lazy("About your group"),
        help_text=gettext_lazy("One or two sentences, 500 characters at most."),
        error_messages={
            "required": gettext_lazy("Please tell us about your group in a sentence or two.")
        },
    )
    contact_name = PersonNameField(
        label=gettext_lazy("Name"),
        autocomplete="name",
        error_messages={"required": gettext_lazy("Please give the name of your contact person.")},
    )
    contact_email = AddressField(
        label=gettext_lazy("Email"),
        help_text=gettext_lazy("We write to this address about your application."),
        autocomplete="email",
        error_messages={
            "required": gettext_lazy("Please give an email address, so that we can write to you.")
        },
    )
    contact_phone = PhoneField(label=gettext_lazy("Phone"), required=False, autocomplete="tel")
    alternate_name = PersonNameField(label=gettext_lazy("Name"), required=False)
    alternate_email = AddressField(label=gettext_lazy("Email"), required=False)
    alternate_phone = PhoneField(label=gettext_lazy("Phone"), required=False)

    use_required_attribute = False  # Our messages are clearer and stay visible.

    def __init__(
        self, program: AffiliateProgramPage, data: Mapping[str, Any] | None = None, **kwargs: Any
    ):
        self.program = program
        typed = data if data is not None else kwargs.get("initial") or {}
        self.changed = {
            accept_name(statement)
            for _kind, statement in program.statements_to_accept()
            if changed_since_shown(typed, statement)
        }
        if data is not None:
            data = self._without_changed(data)
        else:
            kwargs["initial"] = self._without_changed(typed)
        super().__init__(data, label_suffix="", **kwargs)
        region, scope = self.fields["region"], self.fields["scope"]
        region.cover(program.coverage)  # type: ignore[attr-defined]
        for prefix in CONTACTS:
            self.fields[f"{prefix}_phone"].countries = dict(program.coverage.countries)  # type: ignore[attr-defined]
        scope.choices = as_choices(scopes_of(program.coverage), program.coverage)  # type: ignore[attr-defined]
        self.fields.update(link_fields(program.network_names))
        self._add_statements()
        self.fields.update(question_fields(list(program.questions.all())))
        self._add_language()

    def _without_changed(self, typed: Mapping[str, Any]) -> Mapping[str, Any]:
        """Uncheck statements whose text has changed since they were shown."""
        if not self.changed:
            return typed
        kept = typed.copy()  # type: ignore[attr-defined]
        for name in self.changed:
            del kept[name]
        return kept

    def _add_statements(self) -> None:
        for kind, statement in self.program.statements_to_accept():
            name = accept_name(statement)
            self.fields[name] = StatementField(kind, statement, has_changed=name in self.changed)

    def _add_language(self) -> None:
        languages = get_content_languages()
        widget = forms.Select(choices=list(languages.items()))
        self.fields["language"] = CleanedField(
            label=_("Language of our emails to you"),
            cleaner=lambda value: value if value in languages else "",
            initial=get_language(),
            required=False,
            widget=widget if len(languages) > 1 else forms.HiddenInput,
        )

    def clean_summary(self) -> str:
        summary = self.cleaned_data["summary"]
        if len(summary) > SUMMARY_LENGTH:
            raise ValidationError(
                _("Please shorten this to %(limit)d characters. It has %(length)d."),
                params={"limit": SUMMARY_LENGTH, "length": len(summary)},
            )
        return summary

    def clean(self) -> None:
        self._check_region()
        self._check_scope()
        self._check_locality()
        self._check_alternate()
        refuse_same_link_twice(self)

    def _check_region(self) -> None:
        """National groups have their country as region, and those that work online may have none;
        any other group is asked for its own.
        """
        region, scope = self.cleaned_data.get("region"), self.cleaned_data.get("scope")
        if region is None or scope is None:
            self._refuse_empty(region)
        elif scope == Scope.NATIONAL:
            self.cleaned_data["region"] = country_of(region) or self._only_country()
            self._refuse_empty(self.cleaned_data["region"])
        elif scope != Scope.ONLINE and region in self.program.coverage.divided:
            self._refuse_country()
        elif scope != Scope.ONLINE:
            self._refuse_empty(region)

    def _refuse_country(self) -> None:
        names = {"word": self.program.coverage.word}
        message = _("The whole country is for national groups. Please choose your %(word)s.")
        self.add_error("region", ValidationError(message % names, code="invalid_choice"))

    def _only_country(self) -> str:
        countries = self.program.coverage.countries
        return countries[0][0] if len(countries) == 1 else ""

    def _refuse_empty(self, region: str | None) -> None:
        if region == "":
            message = self.fields["region"].error_messages["required"]
            self.add_error("region", ValidationError(message, code="required"))

    def _check_scope(self) -> None:
        region, scope = self.cleaned_data.get("region"), self.cleaned_data.get("scope")
        if region and scope and misfit(scope, region):
            self.add_error(
                "scope",
                _(
                    "This does not go with %(region)s. Please choose “%(scope)s” or “%(local)s”,"
                    " or another %(word)s above."
                )
                % {
                    "region": region_name(region),
                    "scope": whole(region).label,
                    "local": Scope.LOCAL.label,
                    "word": self.program.coverage.word,
                },
            )

    def _check_locality(self) -> None:
        missing = self.cleaned_data.get("locality") == ""
        if missing and self.cleaned_data.get("scope") == Scope.LOCAL:
            self.add_error("locality", _("Please say in which town or county your group works."))

    def _check_alternate(self) -> None:
        given = any(self.cleaned_data.get(f"alternate_{part}") for part in PARTS)
        missing = {
            "alternate_name": _("Please give the name of the second contact, too."),
            "alternate_email": _("Please give the email address of the second contact, too."),
        }
        for name, message in missing.items():
            if given and self.cleaned_data.get(name) == "":
                self.add_error(name, message)
        first, second = (self.cleaned_data.get(f"{who}_email") for who in ("contact", "alternate"))
        if first and second and address_key(first) == address_key(second):
            self.add_error(
                "alternate_email",
                _("This is the first contact's address. Please give another one, or leave it out."),
            )

    def content(self) -> ApplicationContent:
        data = self.cleaned_data
        return ApplicationContent(
            group={name: data[name] for name in GROUP},
            links=[
                {"network": network, "url": data[f"link_{network}"]}
                for network in self.program.network_names
                if data[f"link_{network}"]
            ],
            contacts=tuple(self._contacts()),
            accepted=tuple(self.program.statements_to_accept()),
            answers=[
                answer(name, field, data[name])
                for name, field in self.fields.items()
                if name.startswith(PREFIX)
            ],
            language=data["language"] or get_language() or "",
        )

    def _contacts(self) -> Iterator[ContactDetails]:
        for prefix, role in CONTACTS.items():
            name, email, phone = (self.cleaned_data[f"{prefix}_{part}"] for part in PARTS)
            if email:
                yield ContactDetails(role, name, email, phone)

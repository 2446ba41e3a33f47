from django import forms
from django.utils.translation import gettext_lazy as _

from affiliates.core.fields import AddressField


class LinkRequestForm(forms.Form):
    """The address to which a contact wants a new link."""

    use_required_attribute = False  # Our messages say more than the browser's, and stay in sight.

    email = AddressField(
        label=_("E-mail"),
        help_text=_("The address that we have on record for you as a contact of your group."),
        autocomplete="email",
        error_messages={"required": _("Please give your e-mail address.")},
    )

"""The brake on guessing passwords and on asking for reset mails: by account and by network.

django-axes counts and forgets; here stand the numbers. A quarter of an hour's patience is no brake
for a program, and a lock by account alone would let anybody lock anybody out. See
docs/deployment.md.
"""

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username, get_lockout_response
from django.db.models import Sum
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from wagtail.admin.views.account import PasswordResetView

from affiliates.spam.client_networks import client_network

LOGIN_LIMITS = (10, 30, 100)
"""Failures of one account from one network, of one network, and of one account from anywhere, until
the last of them is an hour ago. The last takes ten networks, so it is hard to lock somebody out.
"""
RESET_LIMITS = (5, 30, 5)
"""The same for reset mails. A network's failures and its requests for mails count together."""
RESET = "reset mail to "
"""No username begins so, since it has a space."""
UNKNOWN = "0.0.0.0"  # noqa: S104 (all unknown clients are one network)


def network_address(request: HttpRequest) -> str:
    """The first address of the client's network; that of nobody is kept."""
    network = client_network(request)
    return str(network.network_address) if network else UNKNOWN


class PasswordBrake(AxesDatabaseHandler):
    """A limit of its own for each of ``AXES_LOCKOUT_PARAMETERS``."""

    def get_failures(self, request, credentials=None) -> int:
        """How often the nearest limit was reached; ``AXES_FAILURE_LIMIT`` is once."""
        username = get_client_username(request, credentials) or ""
        limits = RESET_LIMITS if username.startswith(RESET) else LOGIN_LIMITS
        counted = [
            attempts.aggregate(all=Sum("failures_since_start"))["all"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        ]
        return max(count // limit for count, limit in zip(counted, limits, strict=True))


@method_decorator(never_cache, name="dispatch")
class PasswordReset(PasswordResetView):
    """Wagtail's, with the brake, which treats known and unknown addresses alike."""

    def form_valid(self, form):
        credentials = {"username": RESET + form.cleaned_data["email"].casefold()}
        if not AxesProxyHandler.is_allowed(self.request, credentials):
            return get_lockout_response(self.request, credentials=credentials)
        AxesProxyHandler.user_login_failed(type(self), credentials, self.request)
        self.request.axes_locked_out = False  # Else the last of the five would be refused as well.
        return super().form_valid(form)

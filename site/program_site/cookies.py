"""Messages between two pages lie in a cookie, whose name Django has no setting for.

In the session alone they could be lost: the editor's own requests save it at the same time.
"""

from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookieStorage(CookieStorage):
    cookie_name = "__Host-messages"


class HostMessages(FallbackStorage):
    storage_classes = (HostCookieStorage, SessionStorage)

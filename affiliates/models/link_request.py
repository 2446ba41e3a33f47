from django.db import models


class LinkRequest(models.Model):
    """Somebody typed this address to get a new link. A worker looks whether we know it.

    Kept until then. Writing it down is all that a request does, so it takes as long for an address
    that we know as for any other.
    """

    email_key = models.CharField(max_length=254, unique=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.email_key

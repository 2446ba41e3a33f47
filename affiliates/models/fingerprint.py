from django.db import models


class Fingerprint(models.Model):
    """Something by which an application is recognised: an address, a name and region, a link.

    Written when the application is submitted, so that look-alikes are one indexed query away.
    """

    application = models.ForeignKey(
        "affiliates.Application", on_delete=models.CASCADE, related_name="fingerprints"
    )
    value = models.CharField(max_length=600, db_index=True)

    def __str__(self) -> str:
        return self.value

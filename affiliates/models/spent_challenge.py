from django.db import models


class SpentChallenge(models.Model):
    """A proof of work that was used. It counts again only for the form it came with first."""

    signature = models.CharField(max_length=128, unique=True)
    submission_key = models.UUIDField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.signature

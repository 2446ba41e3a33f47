from django.db import models


class SpentChallenge(models.Model):
    """A proof of work that was used. The unique signature keeps it from being used again."""

    signature = models.CharField(max_length=128, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.signature

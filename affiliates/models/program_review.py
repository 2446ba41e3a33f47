from django.db import models
from django.utils.translation import gettext_lazy as _


class ProgramReview(models.Model):
    """The review task that was made for a program. Its groups follow the program's reviewers.

    A row of its own, since a field of the page would be in its revisions: publishing an old one
    would bring back an old task.
    """

    program = models.OneToOneField(
        "affiliates.AffiliateProgramPage", on_delete=models.CASCADE, related_name="own_review"
    )
    task = models.OneToOneField(
        "affiliate_workflows.ReviewTask", on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        verbose_name = _("review of a program")
        verbose_name_plural = _("reviews of programs")

    def __str__(self) -> str:
        return str(self.task)

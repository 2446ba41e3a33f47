"""The workflow by which a program reviews its applications."""

from affiliates.models import AffiliateProgramPage


def ensure_review_workflow(*, program: AffiliateProgramPage) -> None:
    """Give the program a review task of its own, unless it has a workflow with one."""
    raise NotImplementedError


def review_warnings(program: AffiliateProgramPage) -> list[str]:
    """What would keep reviewers from deciding, or from being told: sentences for editors."""
    raise NotImplementedError

from django import template

from workflows.core.reviewed_models import reviewed_model_of

register = template.Library()


@register.simple_tag
def review_hint(task_state, action: str) -> str:
    """What becomes of the words of a reviewer, if the model under review says so."""
    reviewed = task_state.reviewed
    return reviewed_model_of(type(reviewed)).get_hint(reviewed, action)

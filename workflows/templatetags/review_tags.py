from django import template

from workflows.core.reviewed_models import reviewed_model_of

register = template.Library()


@register.simple_tag
def review_hint(task_state, action: str) -> str:
    """What the reviewed model says about the use of a reviewer's comment."""
    reviewed = task_state.reviewed
    return reviewed_model_of(type(reviewed)).get_hint(reviewed, action)

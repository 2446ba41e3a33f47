from django import template

register = template.Library()


@register.simple_tag
def review_hint(task_state, action: str) -> str:
    """What becomes of the words of a reviewer, if the object under review says so."""
    own = getattr(task_state.reviewed, "get_review_hint", None)
    return own(action) if own else ""

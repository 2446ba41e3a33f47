"""A page of Wagtail with a title and nothing on it, in a template that asks for nothing."""

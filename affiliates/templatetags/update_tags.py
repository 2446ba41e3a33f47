from django import template

from affiliates.core.text import as_html

register = template.Library()
register.filter("plain_html", as_html)

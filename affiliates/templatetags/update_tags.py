from django import template

from affiliates.core.plain_html import as_html

register = template.Library()
register.filter("plain_html", as_html)

from django import template

from affiliates.plain_html import as_html

register = template.Library()
register.filter("plain_html", as_html)

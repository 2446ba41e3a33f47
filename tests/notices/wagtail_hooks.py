from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from tests.notices.models import Notice


class NoticeViewSet(SnippetViewSet):
    model = Notice
    panels = [FieldPanel("title")]


register_snippet(NoticeViewSet)

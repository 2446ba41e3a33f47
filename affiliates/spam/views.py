from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from affiliates.spam.proof import new_challenge


@never_cache
@require_safe
def challenge(request: HttpRequest) -> JsonResponse:
    return JsonResponse(new_challenge(now=timezone.now()))

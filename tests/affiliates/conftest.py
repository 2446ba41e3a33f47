import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nothing_kept():
    """No answer and no count of another test."""
    cache.clear()

"""The demo's settings with Wagtail's own API beside ours, for clients that ask without a pause."""

from program_site.settings.demo import *

ROOT_URLCONF = "benchmarks.headless_urls"
WAGTAILAPI_LIMIT_MAX = 100
AFFILIATES = {"API_READS_PER_MINUTE": 1_000_000_000}  # Counted all the same.

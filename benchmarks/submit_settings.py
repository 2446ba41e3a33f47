"""The site, with a bare form beside ours."""

from benchmarks.settings import *

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.peers.bare_form"]
ROOT_URLCONF = "benchmarks.submit_urls"

"""The demo's settings, with the pages that most sites would write beside ours."""

from program_site.settings.demo import *

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.peers.bare_page"]
ROOT_URLCONF = "benchmarks.pages_urls"

"""The demo's settings, with the page that most sites would write beside ours."""

from program_site.settings.demo import *

ROOT_URLCONF = "benchmarks.directory_urls"

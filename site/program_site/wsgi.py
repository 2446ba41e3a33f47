import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "program_site.settings.production")

application = get_wsgi_application()

# What is loaded by now stays for good. Looking for garbage in it takes a fifth of a second each
# time, in the middle of somebody's answer.
gc.collect()
gc.freeze()

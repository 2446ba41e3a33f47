"""``python -m program_site.demo``, which is what ``make demo`` runs."""

import os
import sys

from program_site.demo.run import main

sys.exit(main(dict(os.environ)))

"""A logger for gunicorn without secrets, from its first line on::

gunicorn … --logger-class=affiliates.core.gunicorn.Logger
"""

from typing import Any

from gunicorn.glogging import Logger as GunicornLogger

from affiliates.core.logging import install


class Logger(GunicornLogger):
    """Also used by gunicorn's main process, which does not load Django's apps."""

    def setup(self, cfg: Any) -> None:
        install()
        super().setup(cfg)

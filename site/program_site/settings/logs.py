"""One stream for everything: the system that runs a process keeps what it writes."""

import environ

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": environ.Env().str("LOG_LEVEL", default="INFO")},
    # Django's own handlers write to the console only while debugging, and else mail to admins.
    "loggers": {"django": {"handlers": [], "propagate": True}},
}

"""The headless API; it calls the forms and services of the pages, so the same rules hold."""

"""Keeps whole public answers, of pages and of the API, until something on them changes."""

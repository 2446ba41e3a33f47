"""Deadlines, durable mail and review tasks for Wagtail. Knows nothing of affiliates."""

"""Spam protection. It works without scripts, and a refusal always shows the typed text again."""

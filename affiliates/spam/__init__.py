"""Keeps robots out without keeping any person out: a refusal always shows the text again.

``form_tokens`` (which form this is and when it was shown), ``proof`` (work that scripts did),
``client_networks`` (from where), ``quotas`` (how much from whom). All of it works without scripts.
"""

"""Keeps robots out without keeping anybody else out: a refusal always shows the text again.

``tickets`` (which form this is and when it was shown), ``proof`` (work that scripts did),
``senders`` (which network), ``quotas`` (how much from whom). All of it works without scripts.
"""

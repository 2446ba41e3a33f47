"""The headless API: all that a visitor or an applicant can do on the pages, for other front ends.

``urls`` (what to include), ``gateway`` (what every request passes), one file for each kind of thing
that is asked for, ``document`` (what it says of itself). Rules and effects are those of the pages:
the API calls the same forms and services.
"""

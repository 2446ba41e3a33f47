"""Every column in which somebody's address or name may stand, and the rows where it does.

All text, JSON and binary columns of our own tables are looked at, also those that are added later,
and what Wagtail keeps beside our records: revisions, logs, comments, words of reviewers.
"""

OUR_APPS = ("affiliates", "affiliate_workflows")

"""Affiliate programs: pages, applications, affiliations and their deadlines."""

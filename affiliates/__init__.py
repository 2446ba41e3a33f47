"""Affiliate programs: pages, applications and everything the two sides promise each other."""

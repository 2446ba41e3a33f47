"""Reads tables of affiliates: bytes to cells, cells to rows that can be stored, and a report."""

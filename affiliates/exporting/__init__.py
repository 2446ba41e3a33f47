"""Our records as tables and files that other programs read."""

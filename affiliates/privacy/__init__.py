"""Find, export and erase all that is stored about one person."""

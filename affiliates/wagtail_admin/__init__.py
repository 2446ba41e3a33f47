"""What editors see and use in Wagtail's admin: lists, records, panels, and who may see them."""

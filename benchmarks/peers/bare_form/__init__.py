"""A form as Django makes one, whose view inserts two rows."""

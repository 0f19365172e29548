"""Watch lists and their hits."""

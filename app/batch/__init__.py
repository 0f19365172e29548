"""Reads recordings, pictures and folders without a window."""

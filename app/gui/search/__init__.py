"""Searching the log and exporting what was found."""

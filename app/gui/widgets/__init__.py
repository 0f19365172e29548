"""Widgets, styles and helpers that several pages share."""

"""Platescribe without a window: cameras read around the clock, an HTTP interface, figures for monitoring."""

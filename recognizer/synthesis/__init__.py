"""Draws artificial plates and the camera that sees them."""

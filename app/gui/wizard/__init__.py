"""Adding a source step by step."""

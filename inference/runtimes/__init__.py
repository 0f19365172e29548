"""One module a runtime, each with its RUNTIME; `inference.registry` finds them here."""

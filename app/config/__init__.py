"""Settings, environment and the redaction of secrets."""

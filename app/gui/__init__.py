"""The desktop window: draws what the pipeline and the log say, and decides nothing itself."""

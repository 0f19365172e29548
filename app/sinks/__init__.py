"""Outputs of the engine, one file each; `app.pipeline.sink` says what a sink is told."""

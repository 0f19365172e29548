"""What the window works on: open sources, the log, the networks."""

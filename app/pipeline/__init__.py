"""From sources of frames to plate events: capture, detect, track, read, vote. No Qt here."""

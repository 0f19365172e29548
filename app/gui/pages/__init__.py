"""The pages of the window: reads, search, watch lists and the batch queue."""

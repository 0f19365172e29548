"""The batch queue: recordings and folders read one after another."""

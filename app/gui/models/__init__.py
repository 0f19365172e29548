"""Table models over the log: they page from the store in workers and hold a bounded number of rows."""

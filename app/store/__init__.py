"""The plate log: what was read, kept, found again, exported and forgotten in time. No Qt and no pipeline here."""
